"""Lists the clerks of this station; changes nothing."""

from __future__ import annotations

from cardstation.domain.fed_clerk import FedClerk
from cardstation.domain.shift import Clerk
from cardstation.services.feeds.clerks import fed_clerks
from cardstation.services.station import Station


def clerks(station: Station) -> tuple[Clerk, ...]:
    """Everybody who ever had a PIN here, by name; `active` says who still has."""
    with station.store.reading() as reading:
        return reading.shifts.clerks()


def from_centre(station: Station) -> dict[str, FedClerk]:
    """Those of them whom the centre names now, by name: their numbers and days."""
    with station.store.reading() as reading:
        return fed_clerks(station, reading)
