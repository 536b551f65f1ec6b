"""Grants a household gas without money (补气): two people, a document, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cardstation.domain.card import Quantity
from cardstation.domain.gas_due import GasDue, amount_of
from cardstation.domain.household import Household
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.domain.payment import GIVEN, Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal, ensure
from cardstation.services.intent.account_hand import account_of
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import clerk_of
from cardstation.services.intent.gas_dues import dues_of, record_due, worth_of
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.known import ensure_active
from cardstation.services.intent.words import meant
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station
from cardstation.store import Reading

_MOST_DOCUMENT = 60


@dataclass(frozen=True, slots=True)
class EmergencyTerms:
    """How much emergency gas is, and what it makes a household owe at today's price."""

    quantity: Quantity
    owed: Money


def grant_gas(
    station: Station,
    account_no: str,
    quantity: Quantity,
    cause: Tender,
    document: str,
    approval: Approval,
    words: str,
    *,
    repeats_counter: int | None = None,
) -> GasDue:
    """Put on record that a household is due gas; `load_due` brings it onto its card.

    Args:
        station: The desk.
        account_no: Of the household.
        quantity: A volume, or for a money meter an amount.
        cause: One of `GIVEN`.
        document: Number of the work order, the fitter's reading or the photo it rests on.
        approval: Of the second person.
        words: Why.
        repeats_counter: The counter that the meter shows, where it is behind its card.

    Raises:
        Refusal: `unknown_household`, `account_stopped`, `account_closed`, `gas_due_wrong_unit`,
            `zero_amount`, `document_missing`, `proof_missing`, `gas_due_counter` (the meter's
            counter is not one behind the household's), `free_gas_limit`, `no_tariff`,
            `second_person_same`, and those of `ensure_may_sell`.
    """
    ensure(cause in GIVEN, "gas is given for a cause")
    _ensure_two(station, approval)
    due = GasDue(
        due_id=new_id(station.clock),
        account_no=account_no,
        meter_no="",
        cause=cause,
        quantity=quantity,
        document=_document(document),
        words=meant(words),
        clerk="",
        approver=approval.name,
        at=station.clock.now(),
        repeats_counter=repeats_counter,
    )
    try:
        granted = _record(station, due)
    except Refusal as refused:
        if refused.code != "free_gas_limit" or not send_eagerly(station):
            raise
        granted = _record(station, due)
    anchor_journal(station)
    return granted


def _record(station: Station, due: GasDue) -> GasDue:
    with station.store.unit() as unit:
        household = _customer(unit, due.account_no)
        _ensure_fits(household, due.quantity, due.repeats_counter)
        if due.cause is Tender.EMERGENCY:
            _ensure_no_emergency(unit, due.account_no)
        clerk, meter_no = clerk_of(station, unit), household.meter.meter_no
        granted = replace(due, clerk=clerk, meter_no=meter_no)
        record_due(station, unit, granted)
        unit.commit()
    return granted


def grant_emergency(
    station: Station, account_no: str, document: str, approval: Approval, words: str
) -> GasDue:
    """Grant a household that has run out what the utility's policy says; it is owed as arrears.

    Raises:
        Refusal: `emergency_open`: what was granted last is still to be loaded; and those of
            `grant_gas`.
    """
    _ensure_two(station, approval)
    quantity, cause = emergency_terms(station, account_no).quantity, Tender.EMERGENCY
    return grant_gas(station, account_no, quantity, cause, document, approval, words)


def emergency_terms(station: Station, account_no: str) -> EmergencyTerms:
    """What emergency gas is for a household today; nothing is recorded.

    Raises:
        Refusal: `unknown_household`, `account_stopped`, `account_closed`, `emergency_open`,
            `no_tariff`.
    """
    with station.store.reading() as reading:
        household = _customer(reading, account_no)
        _ensure_no_emergency(reading, account_no)
        owed = worth_of(station, reading, household, station.emergency)
    counts_money = household.meter.kind is MeterKind.MONEY
    return EmergencyTerms(owed if counts_money else station.emergency, owed)


def _ensure_no_emergency(reading: Reading, account_no: str) -> None:
    for one in dues_of(reading, account_no):
        if one.is_open and one.due.cause is Tender.EMERGENCY:
            raise Refusal("emergency_open", due_id=one.due.due_id)


def _ensure_two(station: Station, approval: Approval) -> None:
    ensure_may_sell(station)
    ensure_other_person(station, approval)


def _document(document: str) -> str:
    said = " ".join(document.split())
    if not said or len(said) > _MOST_DOCUMENT or not said.isprintable():
        raise Refusal("document_missing", most=_MOST_DOCUMENT)
    return said


def _customer(reading: Reading, account_no: str) -> Household:
    household = account_of(reading, account_no)
    ensure_active(household)
    return household


def _ensure_fits(household: Household, quantity: Quantity, repeats: int | None) -> None:
    unit = Money if household.meter.kind is MeterKind.MONEY else Volume
    if not isinstance(quantity, unit):
        raise Refusal("gas_due_wrong_unit", account_no=household.account_no)
    if amount_of(quantity) <= 0:
        raise Refusal("zero_amount")
    if repeats is not None and repeats != household.purchase_counter - 1:
        raise Refusal("gas_due_counter", shown=repeats, known=household.purchase_counter)
