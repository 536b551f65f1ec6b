"""Puts another meter on file for a household (换表), with what was left in the old one.

Two people sign for what the fitter read. The gas is carried over as gas that is due: `load_due`
brings it onto the card once `change_card` has written that for the new meter.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cardstation.domain.account_change import AccountChange, AccountEvent
from cardstation.domain.gas_due import GasDue, amount_of
from cardstation.domain.household import Household
from cardstation.domain.meter import Meter, MeterKind
from cardstation.domain.meter_change import (
    Carried,
    FinalReading,
    MeterChangeSlip,
    NewMeter,
    carried_over,
)
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.tariff import Standing, tariff_on
from cardstation.errors import Refusal
from cardstation.services.intent.account_changes import record_account_change
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.change_guards import (
    ensure_no_paid_row,
    ensure_none_elsewhere,
    ensure_nothing_waits,
    ensure_of_no_other,
)
from cardstation.services.intent.facts import clerk_of
from cardstation.services.intent.gas_dues import dues_of, record_due
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.known import ensure_active
from cardstation.services.intent.meter_changes import (
    last_change,
    meters_before,
)
from cardstation.services.intent.meter_rests import record_rest
from cardstation.services.intent.meter_slips import meter_slip
from cardstation.services.intent.prices import price_book
from cardstation.services.intent.tool_book import moved_by_card
from cardstation.services.intent.words import meant
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station
from cardstation.store import Reading, Unit

_MOST = 20


def reckon_change(
    station: Station, account_no: str, new: NewMeter, read: FinalReading, *, old_no: str = ""
) -> Carried:
    """What a household is due for what was left in its old meter, today; nothing is recorded.

    Args:
        station: The desk.
        account_no: Of the household.
        new: The meter that hangs there now.
        read: What the fitter read off the old one.
        old_no: Number of the old one, where the directory has brought the new one already.

    Raises:
        Refusal: `unknown_household`, `account_stopped`, `account_closed`, `no_tariff`,
            `meter_no_malformed`, `order_no_missing`, `meter_of_other_household`,
            `meter_not_changed` (it is on file already, and no old number was said),
            `old_meter_differs`, `meter_kind_differs`, `reading_wrong_unit`,
            `residual_below_zero`, `residual_moved` (it is in the new meter already).
    """
    with station.store.reading() as reading:
        before, after = _both(reading, account_no, new, read, old_no, _today(station))
        return _reckoned(station, reading, before, after, read)


def change_meter(
    station: Station,
    account_no: str,
    new: NewMeter,
    read: FinalReading,
    agreed: Carried,
    approval: Approval,
    words: str,
    *,
    old_no: str = "",
) -> MeterChangeSlip:
    """Put a change of meter on record, and what the new meter is due; in one commit.

    Args:
        station: The desk.
        account_no: Of the household.
        new: The meter that hangs there now.
        read: What the fitter read off the old one.
        agreed: The figures of `reckon_change`, which both people saw.
        approval: Of the second person.
        words: Why, and who was there.
        old_no: As for `reckon_change`.

    Raises:
        Refusal: `carried_differs`: reckoned anew it is not what was agreed; `change_intent_open`,
            `change_open_elsewhere` (something on the old card is not ended),
            `meter_known_elsewhere` (another desk carried it over), `change_needs_ledger`,
            `change_row_paid`,
            `change_due_open` (what was paid, or is due, is for the old meter),
            `meter_changed_already`, `meter_had_before`, `free_gas_limit`,
            `proof_missing`, `second_person_same`, those of `reckon_change` and `ensure_may_sell`.
    """
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    why = meant(words)
    with station.store.reading() as reading:
        household = _customer(reading, account_no)

    def record(*, heard: bool) -> MeterChangeSlip:
        with station.store.unit() as unit:
            slip = _recorded(
                station, unit, account_no, new, read, agreed, approval, why, old_no, heard=heard
            )
            unit.commit()
        return slip

    with station.work.on_card(household.card_no, approval):
        ensure_none_elsewhere(station, household, new.meter_no)
        try:
            slip = record(heard=False)
        except Refusal as stop:
            if stop.code != "free_gas_limit" or not send_eagerly(station):
                raise
            slip = record(heard=True)
    anchor_journal(station)
    return slip


def _recorded(
    station: Station,
    unit: Unit,
    account_no: str,
    new: NewMeter,
    read: FinalReading,
    agreed: Carried,
    approval: Approval,
    why: str,
    old_no: str,
    *,
    heard: bool,
) -> MeterChangeSlip:
    before, after = _both(unit, account_no, new, read, old_no, _today(station))
    _ensure_settled(unit, before, after)
    carried = _reckoned(station, unit, before, after, read)
    if (carried.quantity, carried.to_balance) != (agreed.quantity, agreed.to_balance):
        raise Refusal("carried_differs", was=_figure(agreed), now=_figure(carried))
    after = replace(after, balance=after.balance + carried.to_balance)
    money = isinstance(read.residual, Money)
    change = record_account_change(
        station,
        unit,
        AccountEvent.METER_CHANGED,
        before,
        after,
        words=f"{read.order_no}: {why}",
        approver=approval.name,
        counter_before=read.counter,
        counter_after=read.counter if new.moved else 0,
        fen=amount_of(read.residual) if money else 0,
        litres=0 if money else amount_of(read.residual),
    )
    record_rest(station, unit, change, carried.to_balance)
    due = _due(station, unit, change, after, carried, read)
    if due is not None:
        record_due(station, unit, due, heard=heard)
    due_id = due.due_id if due else ""
    return meter_slip(station, unit, change, (before, after), read, carried, due_id=due_id)


def _due(
    station: Station,
    unit: Unit,
    change: AccountChange,
    after: Household,
    carried: Carried,
    read: FinalReading,
) -> GasDue | None:
    if not carried.quantity:
        return None
    return GasDue(
        due_id=change.change_id,
        account_no=after.account_no,
        meter_no=after.meter.meter_no,
        cause=Tender.CARRIED,
        quantity=carried.quantity,
        document=read.order_no,
        words=change.words,
        clerk=clerk_of(station, unit),
        approver=change.approver,
        at=change.at,
    )


def _today(station: Station) -> date:
    return station.clock.now().date()


def _customer(reading: Reading, account_no: str) -> Household:
    household = reading.households.get(account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=account_no)
    ensure_active(household)
    return household


def _both(
    reading: Reading,
    account_no: str,
    new: NewMeter,
    read: FinalReading,
    old_no: str,
    today: date,
) -> tuple[Household, Household]:
    """The household with its old meter, and with its new one; the directory may know the new."""
    household = _customer(reading, account_no)
    _ensure_said(reading, household, new, read)
    filed = household.meter
    if not new.moved and moved_by_card(reading, old_no or filed.meter_no, new.meter_no):
        raise Refusal("residual_moved", meter_no=new.meter_no)
    kind = MeterKind.MONEY if isinstance(read.residual, Money) else MeterKind.VOLUME
    if new.meter_no == filed.meter_no:
        if old_no in ("", new.meter_no):
            raise Refusal("meter_not_changed", meter_no=new.meter_no)
        ensure_of_no_other(reading, account_no, old_no)
        if new.kind is not filed.kind:
            raise Refusal("meter_kind_differs", meter_no=new.meter_no)
        old = replace(household, meter=Meter(old_no, kind, None), purchase_counter=read.counter)
        return old, household
    if old_no not in ("", filed.meter_no):
        raise Refusal("old_meter_differs", said=old_no, filed=filed.meter_no)
    if kind is not filed.kind:
        raise Refusal("reading_wrong_unit", meter_no=filed.meter_no)
    if new.moved and new.kind is not kind:
        raise Refusal("meter_kind_differs", meter_no=new.meter_no)
    after = replace(
        household,
        meter=Meter(new.meter_no, new.kind, today),
        chip=new.chip or household.chip,
        purchase_counter=household.purchase_counter if new.moved else 0,
    )
    return household, after


def _ensure_said(reading: Reading, household: Household, new: NewMeter, read: FinalReading) -> None:
    number = new.meter_no
    if not (0 < len(number) <= _MOST and number.isascii() and number.isprintable()):
        raise Refusal("meter_no_malformed", most=_MOST)
    if not (0 < len(read.order_no) <= _MOST and read.order_no.isprintable()):
        raise Refusal("order_no_missing", most=_MOST)
    if new.moved and read.residual:
        raise Refusal("residual_moved", meter_no=number)
    if amount_of(read.residual) < 0 or read.counter < 0:
        raise Refusal("residual_below_zero", account_no=household.account_no)
    ensure_of_no_other(reading, household.account_no, number)


def _ensure_settled(reading: Reading, before: Household, after: Household) -> None:
    change = last_change(reading, before.account_no)
    now = (AccountEvent.METER_CHANGED, after.meter.meter_no)
    if change is not None and (change.what, change.after.meter_no) == now:
        raise Refusal("meter_changed_already", meter_no=after.meter.meter_no)
    if after.meter.meter_no in meters_before(reading, before.account_no):
        raise Refusal("meter_had_before", meter_no=after.meter.meter_no)
    ensure_nothing_waits(reading, before.account_no)
    ensure_no_paid_row(reading, before.account_no)
    for one in dues_of(reading, before.account_no):
        if one.is_open:
            raise Refusal("change_due_open", due_id=one.due.due_id)


def _reckoned(
    station: Station, reading: Reading, before: Household, after: Household, read: FinalReading
) -> Carried:
    day = _today(station)
    book = price_book(station, reading, account_no=before.account_no)
    terms = book.terms(before.tariff, day)
    tariff = tariff_on(reading.tariffs.every(), before.tariff, day)
    standing = Standing(day.year, before.bought_in(day.year), before.persons)
    return carried_over(read.residual, after.meter.kind, tariff, standing, terms.step)


def _figure(carried: Carried) -> str:
    return f"{carried.quantity} + {carried.to_balance}"
