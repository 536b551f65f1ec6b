"""Lists the gas that households are due at this desk, and what is left of each grant."""

from __future__ import annotations

from cardstation.domain.gas_due import DueStanding
from cardstation.services.intent.gas_dues import dues_of
from cardstation.services.station import Station


def dues_state(station: Station, account_no: str = "") -> tuple[DueStanding, ...]:
    """Every due of an account, or of all, oldest first; those with nothing left, too."""
    with station.store.reading() as reading:
        return dues_of(reading, account_no)
