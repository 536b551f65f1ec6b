"""The station's lock: one process writes, all others only read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cardstation.errors import StationBusy


class StationLock:
    """An exclusive lock on `station.lock`, held until released or the process ends."""

    def __init__(self, home: Path) -> None:
        """Take the lock.

        Raises:
            StationBusy: another process (or another store of this one) holds it.
        """
        self._file = (home / "station.lock").open("a+b")
        try:
            _take(self._file.fileno())
        except OSError as error:
            self._file.close()
            raise StationBusy from error
        self._file.truncate(0)
        self._file.write(str(os.getpid()).encode())
        self._file.flush()

    def release(self) -> None:
        """Give the lock back; may be called twice."""
        self._file.close()


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
