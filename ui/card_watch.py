"""The threads that wait for cards: one for every reader, and one that sees readers come and go.

::

    watch-readers ── every half second ──► plugged(names) ── a reader without a watch gets one
    watch-<name>  ── wait_card ──► arrived ── wait_removed ──► gone ── … ── unplugged: it ends
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from cardstation.errors import CardStationError, ReaderGone
from cardstation.ports.reader import Presence
from ui.card_places import CardPlaces
from ui.courier import Courier
from ui.desk_services import DeskServices
from ui.lane import attempt

PAUSE_AFTER_TROUBLE_S = 1.0
LOOK_S = 0.5


class CardWatch:
    """Watches all readers and tells their places."""

    def __init__(self, services: DeskServices, places: CardPlaces, courier: Courier) -> None:
        self._services, self._places, self._courier = services, places, courier
        self._closing = threading.Event()
        self._watched: dict[str, threading.Thread] = {}
        self._thread = threading.Thread(target=self._run, name="watch-readers", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self, timeout_s: float = 2.0) -> None:
        """End the waits in hand and the threads."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        self._services.wake()
        for thread in self._watched.values():
            thread.join(timeout_s)

    def _run(self) -> None:
        while not self._closing.is_set():
            found = attempt(self._services.readers)
            if isinstance(found, CardStationError):
                self._report(found)
            else:
                names = tuple(one.name for one in found)
                self._post(partial(self._places.plugged, names))
                for name in names:
                    self._watch(name)
            self._closing.wait(LOOK_S)

    def _watch(self, reader: str) -> None:
        known = self._watched.get(reader)
        if known is None or not known.is_alive():
            made = threading.Thread(
                target=self._follow, args=(reader,), name=f"watch-{reader}", daemon=True
            )
            self._watched[reader] = made
            made.start()

    def _follow(self, reader: str) -> None:
        """Card after card, until the reader is unplugged."""
        while not self._closing.is_set():
            seen = attempt(lambda: self._services.wait_card(reader))
            if isinstance(seen, CardStationError):
                self._report(seen, reader)
                if isinstance(seen, ReaderGone):
                    return
                self._closing.wait(PAUSE_AFTER_TROUBLE_S)
            else:
                self._post(lambda: self._places.well(reader))
                if seen is not None:
                    self._stay(seen)

    def _stay(self, presence: Presence) -> None:
        """From a card's coming to its going."""
        self._post(lambda: self._places.arrived(presence))
        over: bool | CardStationError = False
        while over is False and not self._closing.is_set():
            over = attempt(lambda: self._services.wait_removed(presence))
        self._post(lambda: self._places.gone(presence.reader))

    def _report(self, error: CardStationError, reader: str = "") -> None:
        self._post(lambda: self._places.troubled(error, reader))

    def _post(self, call: Callable[[], None]) -> None:
        if not self._closing.is_set():
            self._courier.post(call)
