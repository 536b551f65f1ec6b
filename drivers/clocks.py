"""Clocks: the machine's own, and the same one shifted for training (`training clock`)."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cardstation.files import write_whole

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_OFFSETS = Path("/proc/self/timens_offsets")
_SHIFT_FILE = "clock.json"

if sys.platform == "win32":  # pragma: no cover
    _boot_ns = time.monotonic_ns
else:

    def _boot_ns() -> int:
        """Linux's monotonic clock stands still while the machine sleeps, and others have one."""
        return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SystemClock:
    """The machine's clock in the desk's zone, plus a shift kept in the data folder.

    Implements `cardstation.ports.clock.Clock`.
    """

    def __init__(self, zone: str, shift_s: int = 0) -> None:
        self._zone = ZoneInfo(zone)
        self._shift = timedelta(seconds=shift_s)
        self._boot_id = f"t{time.time_ns()}"
        if _BOOT_ID.exists():
            self._boot_id = _BOOT_ID.read_text().strip() + set_back(_OFFSETS)

    def now(self) -> datetime:
        """Wall time, timezone-aware."""
        return datetime.now(UTC).astimezone(self._zone) + self._shift

    def monotonic_ns(self) -> int:
        """Nanoseconds since this boot, those in which the machine slept too."""
        return _boot_ns()

    @property
    def boot_id(self) -> str:
        """The kernel's name for this boot, and where its clock is set for this program alone.

        Where there is no `/proc`, of this start of the program: each one is another boot.
        """
        return self._boot_id


def set_back(offsets: Path) -> str:
    """What a time namespace adds to the clocks of a boot, empty = nothing: no root is needed.

    Source: time_namespaces(7), `/proc/PID/timens_offsets`.
    """
    if not offsets.exists():
        return ""
    rows = [line.split() for line in offsets.read_text().splitlines()]
    shifted = [row for row in rows if any(figure.strip("0") for figure in row[1:])]
    return "".join(f"+{'.'.join(row)}" for row in shifted)


def shift_of(home: Path) -> int:
    """The wall clock's shift of a data folder in seconds, 0 by default."""
    path = home / _SHIFT_FILE
    return int(json.loads(path.read_text())["shift_s"]) if path.exists() else 0


def keep_shift(home: Path, shift_s: int) -> None:
    """Shift the wall clock of a data folder; training only."""
    write_whole(home / _SHIFT_FILE, json.dumps({"shift_s": shift_s}))
