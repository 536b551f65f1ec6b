"""Notes that the money of a closing is being paid out, before anybody hands it over."""

from __future__ import annotations

from cardstation.domain.closing import FinalReading
from cardstation.services.identify import Inserted
from cardstation.services.intent.account_hand import account_in_hand
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.closings import (
    closing_may_be_paid,
    ensure_card_empty,
    ensure_closable,
    ensure_no_other_desk,
    settlement_of,
)
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.paying_out import note_begun
from cardstation.services.resolve import ensure_settled, resolve_card
from cardstation.services.station import Station
from cardstation.store.closings import note_name


@on_money
def begin_closing(
    station: Station, account_no: str, final: FinalReading, card: Inserted | None = None
) -> bool:
    """Make sure that the account may be closed, and put on record that its money is about to go.

    As `begin_pay_out`: before the clerk is told to hand it over; `close_account` comes after.

    Args:
        station: The desk.
        account_no: Whose.
        final: The fitter's reading.
        card: The household's card, in the lane; None where it is lost.

    Returns:
        Whether it may be paid out already: two persons look at slip and till first.

    Raises:
        Refusal: those of `quote_closing`, `ensure_card_empty`, `ensure_no_other_desk` and
            `ensure_may_sell`.
        OutcomeUnknown: something is open on the card; it decides at its next insertion.
    """
    ensure_may_sell(station)
    if card is not None:
        ensure_settled(resolve_card(station, card))
    with account_in_hand(station, account_no, card) as household:
        with station.store.reading() as reading:
            closable = ensure_closable(station, reading, account_no, final)
            settlement = settlement_of(station, reading, closable, final)
            doubtful = closing_may_be_paid(station, reading, account_no)
        if doubtful and settlement.total:
            return True
        ensure_card_empty(household, card)
        ensure_no_other_desk(station, household)
        if settlement.total:
            note_begun(station, note_name(account_no), settlement.total)
    return False
