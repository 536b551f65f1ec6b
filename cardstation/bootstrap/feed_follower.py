"""Follows the centre's feeds from a thread of its own: no card waits for a directory."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from cardstation.errors import CardStationError, LedgerUnreachable
from cardstation.services.follow_feed import follow_feed
from cardstation.services.station import Station

LOG = logging.getLogger(__name__)
SHORTEST_REST_S = 60.0
"""Between two looks at what the centre published: desks sync far more often."""


class FeedFollower:
    """A thread that follows after a sync that went well; see `services.follow_feed`.

    Use as a context around the station's work; `ring` is the station's `synced`.

    Args:
        rest_s: Longest rest between two looks.
    """

    def __init__(self, rest_s: float = SHORTEST_REST_S) -> None:
        self._rest_s = rest_s
        self._rung = threading.Event()
        self._over = threading.Event()
        self._station: Station | None = None
        self._thread = threading.Thread(target=self._run, name="feed-follower", daemon=True)

    def ring(self) -> None:
        """The ledger answered; returns at once."""
        self._rung.set()

    def serve(self, station: Station) -> Self:
        """Begin to follow for a station."""
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
            _follow(self._station, self._over.is_set)
            if self._over.wait(self._rest_s):
                return


def _follow(station: Station, over: Callable[[], bool]) -> None:
    try:
        follow_feed(station, over=over)
    except LedgerUnreachable as error:
        LOG.info("feeds are followed another time: %s", error)
    except CardStationError:
        LOG.warning("a feed was not taken", exc_info=True)
