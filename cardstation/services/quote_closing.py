"""Says what a household gets back when its account is closed, line by line."""

from __future__ import annotations

from cardstation.domain.closing import FinalReading, Settlement
from cardstation.services.intent.closings import closing_may_be_paid, ensure_closable, settlement_of
from cardstation.services.station import Station


def quote_closing(station: Station, account_no: str, final: FinalReading) -> Settlement:
    """Look; changes nothing.

    Raises:
        Refusal: what keeps it from being closed: `unknown_household`, `account_closed`,
            `reading_not_said`, and those of `ensure_nothing_open`.
    """
    with station.store.reading() as reading:
        household = ensure_closable(station, reading, account_no, final)
        return settlement_of(station, reading, household, final)


def closing_in_doubt(station: Station, account_no: str) -> bool:
    """Whether its money may be handed over already; then people look at slip and till first."""
    with station.store.reading() as reading:
        return closing_may_be_paid(station, reading, account_no)
