"""Closes an account (销户): the meter's last reading, the card, the money, in one fact."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.account_change import AccountEvent
from cardstation.domain.closing import Closing, FinalReading, Settlement
from cardstation.domain.household import Household
from cardstation.domain.ledger import PEOPLE
from cardstation.domain.money import Money
from cardstation.domain.payment import WITHOUT_ASKING, Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal, ensure
from cardstation.services.identify import Inserted
from cardstation.services.intent.account_changes import change_between
from cardstation.services.intent.account_hand import account_in_hand
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.closings import (
    closed,
    closing_may_be_paid,
    ensure_card_empty,
    ensure_closable,
    ensure_no_other_desk,
    record_closed,
    settlement_of,
)
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.paying_out import note_begun
from cardstation.services.intent.words import meant
from cardstation.services.resolve import ensure_settled, resolve_card
from cardstation.services.station import Station
from cardstation.store.closings import note_name


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is said when an account is closed.

    Attributes:
        final: The fitter's reading.
        why: In words: who asked for it, on what paper.
        handed: What was handed over: the sum of `quote_closing`.
        card_lost: What became of a card that is not handed in; empty where it is.
        tender: How the money was paid out. reference: Of a transfer, its number.
        found: In words, what slip and till say, where the money may be with the household already.
    """

    final: FinalReading
    why: str
    handed: Money
    card_lost: str = ""
    tender: Tender = Tender.CASH
    reference: str = ""
    found: str = ""


@on_money
def close_account(
    station: Station,
    account_no: str,
    approval: Approval,
    said: Leaving,
    card: Inserted | None = None,
) -> Closing:
    """Close an account for good, and record that its money is in the household's hands.

    The clerk pays first, as `begin_closing` and `quote_closing` say, and confirms with the second
    person. A load that lies on the card is taken off it before; money that is out already is put
    on record whatever another desk did with the card since.

    Args:
        station: The desk.
        account_no: Whose.
        approval: Of the second person.
        said: By both.
        card: The household's card, in the lane; None where it is said to be lost.

    Raises:
        Refusal: those of `begin_closing`; `card_not_said`, `closing_sum_differs`, `tender_unknown`,
            `payout_in_doubt`, `proof_missing`, `second_person_same`,
            `card_at_work`.
        OutcomeUnknown: something is open on the card; it decides at its next insertion.
    """
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    meant(said.why)
    lost = _lost(account_no, said, card)
    _ensure_tender(station, said.tender)
    if card is not None:
        ensure_settled(resolve_card(station, card))
    with account_in_hand(station, account_no, card) as household:
        settlement, witness = _agreed(station, account_no, said)
        if not witness:
            ensure_card_empty(household, card)
            ensure_no_other_desk(station, household)
        if settlement.total:
            note = note_name(account_no)
            note_begun(station, note, settlement.total, approver=approval.name)
        closing = _closing(station, household, said, settlement, approval, lost)
        _record(station, closing, witness)
    anchor_journal(station)
    station.armed()
    return closing


def _lost(account_no: str, said: Leaving, card: Inserted | None) -> str:
    if card is not None:
        return ""
    if not said.card_lost:
        raise Refusal("card_not_said", account_no=account_no)
    return meant(said.card_lost)


def _ensure_tender(station: Station, tender: Tender) -> None:
    if tender in WITHOUT_ASKING:
        raise Refusal("tender_unknown", tender=tender.value)
    station.payment_by(tender)


def _agreed(station: Station, account_no: str, said: Leaving) -> tuple[Settlement, str]:
    """What goes back, and what people say of money that may have gone back before."""
    with station.store.reading() as reading:
        household = ensure_closable(station, reading, account_no, said.final)
        settlement = settlement_of(station, reading, household, said.final)
        doubtful = closing_may_be_paid(station, reading, account_no)
    if settlement.total != said.handed:
        fen = settlement.total.fen
        raise Refusal("closing_sum_differs", fen=fen, handed_fen=said.handed.fen)
    if not (doubtful and settlement.total):
        return settlement, ""
    if not said.found:
        raise Refusal("payout_in_doubt", intent_id=account_no, fen=settlement.total.fen)
    return settlement, PEOPLE + meant(said.found)


def _closing(
    station: Station,
    household: Household,
    said: Leaving,
    settlement: Settlement,
    approval: Approval,
    lost: str,
) -> Closing:
    change = change_between(
        station,
        AccountEvent.CLOSED,
        household,
        closed(household, settlement),
        words=meant(said.why),
        approver=approval.name,
    )
    address = household.address
    return Closing(
        change=change,
        name=household.name,
        address=f"{address.community} {address.door}",
        card_no=household.card_no,
        meter_no=household.meter.meter_no,
        reading=said.final,
        settlement=settlement,
        card_lost=lost,
        tender=said.tender,
        reference=said.reference,
    )


def _record(station: Station, closing: Closing, witness: str) -> None:
    with station.store.unit() as unit:
        now = ensure_closable(station, unit, closing.change.account_no, closing.reading)
        same = settlement_of(station, unit, now, closing.reading) == closing.settlement
        ensure(same, "nothing moves of an account that is in hand")
        record_closed(station, unit, now, closing, witness)
        unit.commit()
