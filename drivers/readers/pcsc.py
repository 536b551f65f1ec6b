"""The PC/SC room: every reader of the system's card service; the only importer of pyscard.

pyscard is imported when a room is made, not before: it needs a library of the system, and
libpcsclite reads `PCSCLITE_CSOCK_NAME` at the first call of a process and never again (measured
with 1.9.9: set after the import it counts, set after a first call, even a failed one, it does
not). So a program that starts a private service sets the variable first, then makes the room.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from cardstation.errors import CardServiceGone
from drivers.readers.dialects import dialect_for
from drivers.readers.pcsc_calls import Calls
from drivers.readers.pcsc_errors import service_mishap
from drivers.readers.pcsc_reader import PcscReader
from drivers.readers.pcsc_watch import Watcher

WATCHDOG_S = 8.0


def system_calls() -> Calls:
    """The functions of the PC/SC library of this system.

    Raises:
        CardServiceGone: code `card_library_missing`, when pyscard or the library is not there.
    """
    try:
        from smartcard import scard
    except ImportError as error:
        raise CardServiceGone("card_library_missing", reason=str(error)) from error
    calls: Calls = scard
    return calls


class PcscRoom:
    """All readers of the card service, watched; goes on by itself when the service comes back.

    Args:
        watchdog_s: How long one call into a driver may take before the reader counts as hung.
        dialects: Reader name → name of the dialect to use instead of the one its name suggests.
        calls: The library; tests bring their own.

    Raises:
        CardServiceGone: there is no PC/SC library on this system.
    """

    def __init__(
        self,
        watchdog_s: float = WATCHDOG_S,
        dialects: Mapping[str, str] = MappingProxyType({}),
        *,
        calls: Calls | None = None,
    ) -> None:
        self._calls = system_calls() if calls is None else calls
        self._watchdog_s = watchdog_s
        self._dialects = dialects
        self._readers: dict[str, PcscReader] = {}
        self._watcher = Watcher(self._calls)

    def readers(self) -> tuple[PcscReader, ...]:
        """The readers plugged in now; the same object for the same name, always.

        Raises:
            CardServiceGone: no PC/SC service answers (the room goes on looking for one).
        """
        self._watcher.looked.wait(self._watchdog_s)
        view = self._watcher.view
        if not view.up:
            raise service_mishap(view.hresult)
        return tuple(self._reader(name) for name in view.sights)

    def wait_readers(
        self, but: Iterable[str] = (), timeout_s: float | None = None
    ) -> tuple[PcscReader, ...]:
        """Wait until the set of readers is another than `but`, or the time is up; never raises.

        A service that is down counts as no readers.
        """
        known = set(but)
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._watcher.news:
            while set(self._watcher.view.sights) == known and not self._watcher.closed:
                left = None if deadline is None else deadline - time.monotonic()
                if (left is not None and left <= 0) or not self._watcher.news.wait(left):
                    break
            return tuple(self._reader(name) for name in self._watcher.view.sights)

    @property
    def trouble(self) -> CardServiceGone | None:
        """Why there are no readers at all, or None while the service answers."""
        view = self._watcher.view
        return None if view.up else service_mishap(view.hresult)

    def close(self) -> None:
        """End the threads; waiting calls return None or False. Links are closed by their owners."""
        self._watcher.close(self._watchdog_s)
        for reader in self._readers.values():
            reader.stop()

    def _reader(self, name: str) -> PcscReader:
        if name not in self._readers:
            self._readers[name] = PcscReader(
                name, self._calls, self._watcher, self._dialect, self._watchdog_s
            )
        return self._readers[name]

    def _dialect(self, name: str) -> str:
        return dialect_for(name, self._dialects.get(name, "")).name
