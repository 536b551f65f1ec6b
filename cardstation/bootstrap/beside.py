"""What a station does beside its cards, in threads of their own: no card waits for the network."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from cardstation.errors import CardStationError, LedgerUnreachable
from cardstation.services.follow_feed import follow_feed
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station
from cardstation.services.tell_board import tell_board
from cardstation.services.work import HOWEVER_LONG

LOG = logging.getLogger(__name__)
SHORTEST_REST_S = 60.0
"""Between two looks at what the centre published: desks sync far more often."""
TOLD_EVERY_S = 120.0
"""Between two words for the centre's board."""

Over = Callable[[], bool]


class Beside:
    """A thread that does one piece of work each time it was rung; many rings meanwhile are one.

    Use as a context around the station's work; leaving it waits for what is being done.

    Args:
        name: Of the thread.
        work: Done with the station; its second argument tells whether it should come to an end.
        rest_s: Shortest rest after it, in which rings wait.
    """

    def __init__(self, name: str, work: Callable[[Station, Over], None], rest_s: float = 0) -> None:
        self._work, self._rest_s = work, rest_s
        self._rung, self._over = threading.Event(), threading.Event()
        self._station: Station | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def ring(self) -> None:
        """There is work; returns at once."""
        self._rung.set()

    def serve(self, station: Station) -> Self:
        """Begin to work for a station."""
        self._station = station
        self._thread.start()
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._rung.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._rung.wait()
            if self._over.is_set() or self._station is None:
                return
            self._rung.clear()
            self._work(self._station, self._over.is_set)
            if self._over.wait(self._rest_s):
                return


def eager_sender() -> Beside:
    """Tries to send once after each armed commit; `ring` is the station's `armed`."""
    return Beside("eager-sync", _send)


def feed_follower(rest_s: float = SHORTEST_REST_S) -> Beside:
    """Follows the centre's feeds after a sync that went well; `ring` is the station's `synced`."""
    return Beside("feed-follower", _follow, rest_s)


def board_teller(rest_s: float = TOLD_EVERY_S) -> Beside:
    """Tells the centre what its board shows, after a sync that went well."""
    return Beside("board-teller", _tell, rest_s)


def _send(station: Station, _over: Over) -> None:
    try:
        send_eagerly(station, patience_s=HOWEVER_LONG)
    except CardStationError:
        LOG.warning("what was armed goes with the next sync", exc_info=True)


def _follow(station: Station, over: Over) -> None:
    try:
        follow_feed(station, over=over)
    except LedgerUnreachable as error:
        LOG.info("feeds are followed another time: %s", error)
    except CardStationError:
        LOG.warning("a feed was not taken", exc_info=True)


def _tell(station: Station, _over: Over) -> None:
    try:
        tell_board(station)
    except LedgerUnreachable as error:
        LOG.info("the board is told another time: %s", error)
    except CardStationError:
        LOG.warning("the centre's board was not told", exc_info=True)
