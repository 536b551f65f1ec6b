"""Syncs at once when things go well, and backs off from 1 s to 5 min, with jitter, when not."""

from __future__ import annotations

import random
from collections.abc import Callable

from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.services.station import Station
from cardstation.services.sync import sync
from cardstation.services.sync_state import SyncState

LONGEST_PAUSE_S = 300.0


class PatientSync:
    """`sync`, asked as often as one likes; while it backs off it repeats the last failure.

    Args:
        station: With its line to the ledger.
        jitter: A number from 0 to 1.
    """

    def __init__(self, station: Station, jitter: Callable[[], float] = random.random) -> None:
        self._station, self._jitter = station, jitter
        self._failures = 0
        self._again_ns = 0
        self._failure: LedgerUnreachable | LedgerRefused | None = None

    def __call__(self) -> SyncState:
        """Send what is unsent.

        Raises:
            LedgerUnreachable, LedgerRefused: as `sync`.
        """
        if self._failure is not None and self._station.clock.monotonic_ns() < self._again_ns:
            raise self._failure
        try:
            state = sync(self._station)
        except (LedgerUnreachable, LedgerRefused) as failure:
            self._back_off(failure)
            raise
        self._failures, self._failure = 0, None
        self._station.synced()
        return state

    def _back_off(self, failure: LedgerUnreachable | LedgerRefused) -> None:
        longest_s = min(LONGEST_PAUSE_S, 2.0**self._failures)
        pause_s = 1.0 + self._jitter() * (longest_s - 1.0)
        self._failures, self._failure = self._failures + 1, failure
        self._again_ns = self._station.clock.monotonic_ns() + int(pause_s * 1e9)
