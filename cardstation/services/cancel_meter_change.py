"""Takes a change of meter back (换表撤销): the old meter hangs there again, or always did.

Only while nothing was loaded for the new one. What was due for it is due no more; `change_card`
then writes the card back as it was.
"""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.account_change import AccountChange, AccountEvent, with_change
from cardstation.domain.card import Quantity
from cardstation.domain.gas_due import DueStanding
from cardstation.domain.household import Household
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.meter import MeterKind
from cardstation.domain.meter_change import Carried, FinalReading, MeterChangeSlip
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.domain.topup import ON_ITS_OWN_CARD
from cardstation.domain.transitions import TAKEN_OFF, Direction, TopUpState
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal, fail
from cardstation.services.intent.account_changes import record_account_change
from cardstation.services.intent.adopt import has_a_ledger, told_of
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.balance import free_balance
from cardstation.services.intent.change_guards import (
    ensure_no_paid_row,
    ensure_nothing_waits,
    ensure_of_no_other,
)
from cardstation.services.intent.facts import clerk_of
from cardstation.services.intent.gas_dues import record_withdrawn, standing
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.meter_changes import is_of_this_meter, last_change, order_no_of
from cardstation.services.intent.meter_rests import record_rest, rest_of
from cardstation.services.intent.meter_slips import meter_slip
from cardstation.services.intent.paying_out import on_its_way
from cardstation.services.intent.words import meant
from cardstation.services.station import Station
from cardstation.store import Reading, Unit

_LOADED = (EntryKind.ARMED, EntryKind.SEALED)
_GONE = (TopUpState.VOIDED, TopUpState.REFUNDED, TopUpState.REFUND_REQUESTED)


def cancel_meter_change(
    station: Station, account_no: str, approval: Approval, words: str
) -> MeterChangeSlip:
    """Put the old meter on file again, and take back what was due for the new one; one commit.

    Args:
        station: The desk.
        account_no: Of the household.
        approval: Of the second person.
        words: Why: what hangs there, and who saw it.

    Raises:
        Refusal: `unknown_household`, `no_meter_change`: none that was recorded here holds;
            `change_intent_open`, `change_row_paid`; `change_loaded`: something was loaded for the
            new meter; `change_cancel_needs_ledger`; `change_other_card`: a blank was issued for
            the new meter; `change_balance_spent`, `payout_in_doubt`: what became money is not
            there any more, or may be out; `meter_of_other_household`: the old meter hangs at
            another household by now; `proof_missing`, `second_person_same`, and those of
            `ensure_may_sell`.
    """
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    why = meant(words)
    with station.store.reading() as reading:
        household = _household(reading, account_no)
    with station.work.on_card(household.card_no, approval):
        _ensure_not_loaded_elsewhere(station, household)
        with station.store.unit() as unit:
            slip = _recorded(station, unit, account_no, approval, why)
            unit.commit()
    anchor_journal(station)
    return slip


def _household(reading: Reading, account_no: str) -> Household:
    household = reading.households.get(account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=account_no)
    return household


def _ensure_not_loaded_elsewhere(station: Station, household: Household) -> None:
    told = told_of(station, household.card_no)
    if told is None and has_a_ledger(station):
        raise Refusal("change_cancel_needs_ledger", account_no=household.account_no)
    meter_no = household.meter.meter_no
    with station.store.reading() as reading:
        theirs = [one for one in told or () if reading.topups.get(one.subject) is None]
    if any(one.meter_no == meter_no and one.kind in _LOADED for one in theirs):
        raise Refusal("change_loaded", meter_no=meter_no)


def _recorded(
    station: Station, unit: Unit, account_no: str, approval: Approval, why: str
) -> MeterChangeSlip:
    household = _household(unit, account_no)
    change = _standing_change(unit, household)
    entry = _entry_of(unit, change)
    _ensure_untouched(unit, household)
    carried = rest_of(unit, change)
    if carried:
        _ensure_rest_is_there(unit, account_no, carried)
    due = _due_of(unit, change)
    back = with_change(household, replace(change, before=change.after, after=change.before))
    ensure_of_no_other(unit, account_no, back.meter.meter_no)
    after = replace(back, balance=back.balance - carried)
    cancelled = record_account_change(
        station,
        unit,
        AccountEvent.METER_CHANGE_CANCELLED,
        household,
        after,
        words=why,
        approver=approval.name,
        corrects=change.change_id,
    )
    record_rest(station, unit, cancelled, -carried)
    if due is not None and due.is_open:
        withdrawn = replace(
            due.due,
            quantity=due.left,
            words=why,
            clerk=clerk_of(station, unit),
            approver=approval.name,
            at=cancelled.at,
        )
        record_withdrawn(station, unit, withdrawn)
    read = reading_of(entry, after.meter.kind)
    was = Carried(due.due.quantity if due else _nothing(household), carried, None)
    return meter_slip(station, unit, cancelled, (after, household), read, was, cancelled=True)


def _ensure_rest_is_there(reading: Reading, account_no: str, rest: Money) -> None:
    """What became money lies in the balance, and is not on its way out."""
    for begun in on_its_way(reading, account_no):
        raise begun
    free = free_balance(reading, account_no)
    if free < rest:
        raise Refusal("change_balance_spent", fen=rest.fen, left_fen=free.fen)


def reading_of(entry: Entry, kind: MeterKind) -> FinalReading:
    """What the old meter showed, as a change of meter says."""
    residual: Quantity = Volume(entry.litres)
    if kind is MeterKind.MONEY:
        residual = Money(entry.fen)
    return FinalReading(residual, entry.counter_before, order_no_of(entry))


def _standing_change(reading: Reading, household: Household) -> AccountChange:
    change = last_change(reading, household.account_no)
    holds = change is not None and change.what is AccountEvent.METER_CHANGED
    if not holds or change is None or change.after.meter_no != household.meter.meter_no:
        raise Refusal("no_meter_change", account_no=household.account_no)
    return change


def _entry_of(reading: Reading, change: AccountChange) -> Entry:
    stored = reading.journal.last_about(change.change_id, EntryKind.ACCOUNT)
    return (stored or fail("a change of an account is a fact")).entry


def _ensure_untouched(reading: Reading, household: Household) -> None:
    """Nothing was loaded for the new meter, and no other card opens it."""
    ensure_nothing_waits(reading, household.account_no)
    ensure_no_paid_row(reading, household.account_no)
    meter_no = household.meter.meter_no
    every = reading.topups.of_account(household.account_no)
    ours = [one for one in every if is_of_this_meter(reading, household, one)]
    live = [one for one in ours if one.direction is Direction.SALE and one.state not in _GONE]
    back = reading.topups.returns_of(*(one.topup_id for one in live))
    off = {one.corrects for one in back if one.state in TAKEN_OFF}
    if any(one.topup_id not in off for one in live):
        raise Refusal("change_loaded", meter_no=meter_no)
    works = [one for one in ours if one.direction is Direction.WORK]
    if any(one.reference not in ON_ITS_OWN_CARD and one.state not in _GONE for one in works):
        raise Refusal("change_other_card", account_no=household.account_no)


def _due_of(reading: Reading, change: AccountChange) -> DueStanding | None:
    found = reading.gas_dues.get(change.change_id)
    return None if found is None else standing(reading, change.change_id)


def _nothing(household: Household) -> Quantity:
    return Money(0) if household.meter.kind is MeterKind.MONEY else Volume(0)
