"""The station as it was when an entry was written: its clock stands, its clerk is that one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from cardstation.domain.ledger import Entry
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class StandingAt:
    """A clock that stands where an entry was written; implements `ports.clock.Clock`."""

    entry: Entry

    def now(self) -> datetime:
        """Wall time of the entry."""
        return datetime.fromisoformat(self.entry.at)

    def monotonic_ns(self) -> int:
        """Monotonic time of the entry."""
        return self.entry.monotonic_ns

    @property
    def boot_id(self) -> str:
        """The boot in which it was written."""
        return self.entry.boot_id


def station_then(station: Station, entry: Entry) -> Station:
    """The station as it was when it wrote an entry."""
    return replace(station, clock=StandingAt(entry), clerk=entry.clerk)
