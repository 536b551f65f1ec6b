"""What must be ended before a household gets another meter, or its old one back."""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.batch import LineState
from cardstation.domain.batch_life import Stage
from cardstation.domain.gas_due import GasDue
from cardstation.domain.household import Household
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.payment import Tender
from cardstation.domain.topup import Work
from cardstation.domain.transitions import WAITS_FOR_CARD
from cardstation.errors import Refusal
from cardstation.services.custody_state import custody_in
from cardstation.services.intent.adopt import has_a_ledger, told_of
from cardstation.services.intent.meter_changes import NOT_ENDED, replaced_meters
from cardstation.services.station import Station
from cardstation.store import Reading


def ensure_nothing_waits(reading: Reading, account_no: str) -> None:
    """No load, return or work of this account waits for its card.

    Raises:
        Refusal: `change_intent_open`.
    """
    waits = [one for one in reading.topups.open_intents() if one.state in WAITS_FOR_CARD]
    if any(one.account_no == account_no for one in waits):
        raise Refusal("change_intent_open", account_no=account_no)


def ensure_no_paid_row(reading: Reading, account_no: str) -> None:
    """No row of an open batch holds money that was paid at the count of the meter on file.

    Raises:
        Refusal: `change_row_paid`.
    """
    for batch_id in sorted(reading.batches.with_accounts([account_no])):
        if reading.steps.stage(batch_id) is Stage.CLOSED:
            continue
        batch = custody_in(reading, batch_id).batch
        for place in sorted(reading.funds.funded(batch_id).keys() - batch.released):
            one = batch.outcomes[place - 1]
            if one.line.account_no == account_no and one.state is not LineState.DONE:
                row = one.line.row.row
                raise Refusal("change_row_paid", batch_id=batch_id, row=row)


def ensure_of_no_other(reading: Reading, account_no: str, meter_no: str) -> None:
    """No other household has this meter on file.

    Raises:
        Refusal: `meter_of_other_household`.
    """
    for one in reading.households.of_meter(meter_no):
        if one.account_no != account_no:
            raise Refusal("meter_of_other_household", meter_no=meter_no, account_no=one.account_no)


def ensure_none_elsewhere(station: Station, household: Household, new_no: str) -> None:
    """No other desk has begun anything on the card and not ended it, or made this very change.

    Raises:
        Refusal: `change_open_elsewhere`, `meter_known_elsewhere`, `change_needs_ledger`.
    """
    account_no = household.account_no
    told = _told(station, household.card_no, account_no)
    last = {one.subject: one for one in told if one.account_no == account_no}
    with station.store.reading() as reading:
        theirs = [one for one in last.values() if reading.topups.get(one.subject) is None]
    for one in theirs:
        if one.kind in NOT_ENDED:
            raise Refusal("change_open_elsewhere", account_no=account_no, station=one.station)
    written = [one for one in theirs if _is_written(one) and one.detail == Work.CHANGE]
    for one in (*written[-1:], *_carried(told, new_no)):
        if one.meter_no == new_no:
            raise _known_elsewhere(one)


def ensure_not_carried_elsewhere(station: Station, card_no: str, due: GasDue) -> None:
    """What was left in an old meter was not loaded by another desk that recorded its change, too.

    Raises:
        Refusal: `due_carried_elsewhere`, `change_needs_ledger`.
    """
    if due.cause is not Tender.CARRIED:
        return
    told = _told(station, card_no, due.account_no)
    with station.store.reading() as reading:
        theirs = [
            one
            for one in _carried(told, due.meter_no)
            if reading.gas_dues.get(one.order_id) is None
        ]
    if theirs:
        names = {"station": theirs[-1].station, "meter_no": due.meter_no}
        raise Refusal("due_carried_elsewhere", **names)


def ensure_same_meter(station: Station, household: Household, told: Sequence[Entry]) -> None:
    """No other desk loaded or wrote the card for a meter that is not on file here, since.

    Raises:
        Refusal: `meter_known_elsewhere`.
    """
    with station.store.reading() as reading:
        known = {household.meter.meter_no, *replaced_meters(reading, household)}
        named = [
            one
            for one in told
            if one.account_no == household.account_no and one.meter_no and _names_a_meter(one)
        ]
        theirs = bool(named) and reading.topups.get(named[-1].subject) is None
    if theirs and named[-1].meter_no not in known:
        raise _known_elsewhere(named[-1])


def _told(station: Station, card_no: str, account_no: str) -> tuple[Entry, ...]:
    told = told_of(station, card_no)
    if told is None and has_a_ledger(station):
        raise Refusal("change_needs_ledger", account_no=account_no)
    return told or ()


def _carried(told: Sequence[Entry], meter_no: str) -> list[Entry]:
    """Loads of what was left in an old meter, for this one, that nobody took back."""
    off = {one.corrects for one in told if one.kind is EntryKind.RETURNED}
    return [
        one
        for one in told
        if one.kind is EntryKind.SEALED
        and (one.tender, one.meter_no) == (Tender.CARRIED, meter_no)
        and one.entry_id not in off
    ]


def _is_written(one: Entry) -> bool:
    return one.kind is EntryKind.CARD_WRITTEN


def _names_a_meter(one: Entry) -> bool:
    written = _is_written(one) and one.detail != Work.CLEAR
    return written or one.kind is EntryKind.SEALED


def _known_elsewhere(one: Entry) -> Refusal:
    return Refusal(
        "meter_known_elsewhere",
        account_no=one.account_no,
        meter_no=one.meter_no,
        station=one.station,
    )
