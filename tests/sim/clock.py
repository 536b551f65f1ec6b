"""Time in the world: one true time, and at every station a wall clock that may be wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=8))
AUTUMN = datetime(2026, 11, 24, 9, 0, tzinfo=ZONE)
NEW_YEARS_EVE = datetime(2026, 12, 31, 22, 0, tzinfo=ZONE)


@dataclass
class TrueTime:
    """What time it really is."""

    at: datetime = AUTUMN

    def pass_by(self, span: timedelta) -> None:
        self.at += span


@dataclass
class StationClock:
    """Implements `ports.clock.Clock`: true time, wrong by so much; a reboot makes a new boot."""

    true: TrueTime
    machine: str = ""
    wrong_by: timedelta = field(default_factory=timedelta)
    boots: int = 0
    _booted: datetime = AUTUMN

    def boot(self) -> None:
        self.boots += 1
        self._booted = self.true.at

    def now(self) -> datetime:
        return self.true.at + self.wrong_by

    def monotonic_ns(self) -> int:
        return int((self.true.at - self._booted).total_seconds() * 1_000_000_000)

    @property
    def boot_id(self) -> str:
        return f"boot-{self.machine}-{self.boots}"
