"""Lists the clerks of this station; changes nothing."""

from __future__ import annotations

from cardstation.domain.shift import Clerk
from cardstation.services.station import Station


def clerks(station: Station) -> tuple[Clerk, ...]:
    """Everybody who ever had a PIN here, by name; `active` says who still has."""
    with station.store.reading() as reading:
        return reading.shifts.clerks()
