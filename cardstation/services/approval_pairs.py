"""Lists who approved for whom and how often, month by month; changes nothing."""

from __future__ import annotations

from cardstation.services.station import Station
from cardstation.store.shifts import Pair


def approval_pairs(station: Station, month: str = "") -> tuple[Pair, ...]:
    """Approvals per month and pair, the latest month first; of one month (`2026-11`) or all."""
    with station.store.reading() as reading:
        return tuple(one for one in reading.shifts.pairs() if month in ("", one.month))
