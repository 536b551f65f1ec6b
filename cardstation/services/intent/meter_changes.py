"""Which meters of a household were replaced here, and which of its cards are of the one it has."""

from __future__ import annotations

from datetime import datetime

from cardstation.domain.account_change import AccountChange, AccountEvent
from cardstation.domain.card import CardContent, CardType
from cardstation.domain.household import Household
from cardstation.domain.ledger import PEOPLE, Entry, EntryKind, Order
from cardstation.domain.topup import TopUp, Work
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.errors import fail
from cardstation.store import Reading
from cardstation.store.frozen import thaw

NOT_ENDED = (EntryKind.ARMED, EntryKind.NOT_LOADED, EntryKind.CARD_ARMED)
"""After these facts a desk still waits for the card, or for money that it bears witness to."""
OPENS_BY_NAME = (Work.CHANGE, Work.REISSUE)
"""Works that write an opening card for a meter whose number is known."""
_OF_METERS = (AccountEvent.METER_CHANGED, AccountEvent.METER_CHANGE_CANCELLED)


def last_change(reading: Reading, account_no: str) -> AccountChange | None:
    """The change of meter, or its cancelling, that was recorded last for an account."""
    every = reading.account_changes.of_account(account_no)
    return next((one for one in reversed(every) if one.what in _OF_METERS), None)


def replaced_meters(reading: Reading, household: Household) -> frozenset[str]:
    """Numbers of the meters that a household has no more, as recorded here."""
    every = reading.account_changes.of_account(household.account_no)
    gone = {
        side.meter_no for one in every if one.what in _OF_METERS for side in (one.before, one.after)
    }
    return frozenset(one for one in gone if one) - {household.meter.meter_no}


def meters_before(reading: Reading, account_no: str) -> frozenset[str]:
    """Numbers of the meters that hung there until a change that holds, as recorded here."""
    gone: list[str | None] = []
    for one in reading.account_changes.of_account(account_no):
        if one.what is AccountEvent.METER_CHANGED:
            gone.append(one.before.meter_no)
        elif one.what is AccountEvent.METER_CHANGE_CANCELLED:
            del gone[-1:]
    return frozenset(one for one in gone if one)


def meters_called_off(reading: Reading, household: Household) -> frozenset[str]:
    """Numbers of the meters that never hung there: the change that named them was cancelled."""
    every = reading.account_changes.of_account(household.account_no)
    cancelled = [one for one in every if one.what is AccountEvent.METER_CHANGE_CANCELLED]
    named = {one.before.meter_no for one in cancelled}
    return frozenset(one for one in named if one) - {household.meter.meter_no}


def is_of_this_meter(reading: Reading, household: Household, one: TopUp) -> bool:
    """Whether a load or a work belongs to the meter that a household has now.

    An opening card names no meter: it is of the meter that hung there when it was begun.
    """
    change = last_change(reading, household.account_no)
    if change is None:
        return True
    if one.identity.meter_no:
        return one.identity.meter_no == household.meter.meter_no
    return _seq(reading, one) > _changed_at(reading, change)


def is_told_of_this_meter(reading: Reading, household: Household, one: Entry) -> bool:
    """As `is_of_this_meter`, of what the ledger tells."""
    change = last_change(reading, household.account_no)
    if change is None:
        return True
    if one.meter_no:
        return one.meter_no == household.meter.meter_no
    return datetime.fromisoformat(one.at) > change.at


def stands_for_this_meter(reading: Reading, household: Household) -> bool:
    """Whether a card was made here for the meter that a household has now, since it has it."""
    change = last_change(reading, household.account_no)
    since = 0 if change is None else _changed_at(reading, change)
    return any(
        is_of_this_meter(reading, household, one) and _seq(reading, one) > since
        for one in reading.topups.of_account(household.account_no)
        if one.direction is Direction.WORK and one.state is not TopUpState.VOIDED
    )


def _changed_at(reading: Reading, change: AccountChange) -> int:
    stored = reading.journal.last_about(change.change_id, EntryKind.ACCOUNT)
    return (stored or fail("a change of an account is a fact")).seq


def _seq(reading: Reading, work: TopUp) -> int:
    armed = reading.journal.first_about(work.topup_id, EntryKind.CARD_ARMED)
    return armed.seq if armed else 0


def changes_of_card(reading: Reading, account_no: str) -> tuple[TopUp, ...]:
    """Every card of an account that was written for another meter, and not given up since."""
    done = opened_by(reading, account_no)
    return tuple(one for one in done if one.reference == Work.CHANGE)


def opened_by(reading: Reading, account_no: str) -> tuple[TopUp, ...]:
    """Every card of an account that opens a meter by its number, and was not given up since."""
    return tuple(
        one
        for one in reading.topups.of_account(account_no)
        if one.direction is Direction.WORK
        and one.reference in OPENS_BY_NAME
        and one.state is TopUpState.SEALED
    )


def is_ready_for_its_meter(reading: Reading, content: CardContent) -> bool:
    """True for a card that was written here for a new meter, and takes the first load for it.

    The meter opens with that card, whether the load is on it then or not; it takes no second load
    of it before it is bound.
    """
    credit, identity = content.credit, content.identity
    if identity.card_type is not CardType.OPENING or credit is None:
        return False
    fresh = not credit.quantity and credit.purchase_counter == 0
    changes = changes_of_card(reading, identity.account_no)
    return fresh and any(one.identity == identity for one in changes)


def before_change(reading: Reading, work: TopUp) -> bytes:
    """What a card showed before it was written for another meter."""
    first = reading.journal.first_about(work.topup_id, EntryKind.CARD_ARMED)
    return thaw(TopUp, (first or fail("a work is armed as it begins")).entry.detail).before


def is_for_old_meter(reading: Reading, household: Household, order: Order) -> bool:
    """Whether an order waits for the count of a meter that was replaced since it was paid."""
    change = last_change(reading, household.account_no)
    if change is None or order.paid_at is None or order.paid_at >= change.at:
        return False
    return order.expected_counter != household.purchase_counter


def was_moved(reading: Reading, household: Household, meter_no: str) -> bool:
    """Whether a fitter's card moved this meter, as it counted, into the one on file."""
    change = last_change(reading, household.account_no)
    if change is None or change.before.meter_no != meter_no:
        return False
    stored = reading.journal.last_about(change.change_id, EntryKind.ACCOUNT)
    return stored is not None and stored.entry.counter_after > 0


def counted_by(reading: Reading, household: Household, meter_no: str) -> int:
    """How many purchases a meter that was taken down had counted, -1 = nobody said here."""
    entry = taken_down_by(reading, household.account_no, meter_no)
    return -1 if entry is None else entry.counter_before


def taken_down_by(reading: Reading, account_no: str, meter_no: str) -> Entry | None:
    """The fact with which a meter was replaced here, and what it had counted; of the last time."""
    for one in reversed(reading.account_changes.of_account(account_no)):
        taken_down = one.what is AccountEvent.METER_CHANGED and one.before.meter_no == meter_no
        stored = reading.journal.last_about(one.change_id, EntryKind.ACCOUNT)
        if taken_down and stored is not None:
            return stored.entry
    return None


def order_no_of(entry: Entry) -> str:
    """The paper of a change of meter, as its words begin."""
    return entry.witness.removeprefix(PEOPLE).partition(": ")[0]
