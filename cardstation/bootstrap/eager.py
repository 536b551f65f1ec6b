"""Sends what was just armed from a thread of its own: no card waits for the network."""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Self

from cardstation.errors import CardStationError
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station
from cardstation.services.work import HOWEVER_LONG

LOG = logging.getLogger(__name__)


class EagerSender:
    """A thread that tries once after each armed commit; see `services.send_eagerly`.

    Use as a context around the station's work; `ring` is the station's `armed`.
    """

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._over = False
        self._station: Station | None = None
        self._thread = threading.Thread(target=self._run, name="eager-sync", daemon=True)

    def ring(self) -> None:
        """Something was armed; returns at once."""
        self._rung.set()

    def serve(self, station: Station) -> Self:
        """Begin to send for a station."""
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
        self._over = True
        self._rung.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._rung.wait()
            self._rung.clear()
            if self._over or self._station is None:
                return
            try:
                send_eagerly(self._station, patience_s=HOWEVER_LONG)
            except CardStationError:
                LOG.warning("what was armed goes with the next sync", exc_info=True)
