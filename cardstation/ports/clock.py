"""The clock: wall time, monotonic time and the boot they belong to."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Where every time in the product comes from."""

    def now(self) -> datetime:
        """Wall time, timezone-aware, in the desk's zone (Asia/Shanghai unless set)."""

    def monotonic_ns(self) -> int:
        """Nanoseconds that never run backwards within one boot, and run on while it sleeps."""

    @property
    def boot_id(self) -> str:
        """Names the boot `monotonic_ns` belongs to."""
