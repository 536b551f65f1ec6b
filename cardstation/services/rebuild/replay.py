"""Makes the rows that an entry was once committed with, out of the entry itself.

The moves are made by the same table and the same rules as the first time; moves that are no facts
(money asked, refund asked) are made again where the next fact needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from cardstation.domain.charge import Charge, PaidOut
from cardstation.domain.household import Household
from cardstation.domain.ledger import PEOPLE, Entry, EntryKind, kept_by
from cardstation.domain.money import Money
from cardstation.domain.reissue import is_undone
from cardstation.domain.sale import counts_already
from cardstation.domain.shift import Shift, ShiftClose
from cardstation.domain.topup import TopUp, Work
from cardstation.domain.transitions import BEGINNING, TABLES, Direction, TopUpEvent
from cardstation.errors import Refusal
from cardstation.services.intent.account_changes import account_changed_again
from cardstation.services.intent.balance import paid_again
from cardstation.services.intent.charging import charge_again
from cardstation.services.intent.clerk_changes import change_again
from cardstation.services.intent.closings import closed_again
from cardstation.services.intent.facts import stamp
from cardstation.services.intent.funding import receive_again
from cardstation.services.intent.gas_dues import due_again
from cardstation.services.intent.generations import give_back_generation, take_generation
from cardstation.services.intent.giving_back import (
    after_purchase,
    before_purchase,
    with_debt,
    without_debt,
    without_purchase,
)
from cardstation.services.intent.meter_rests import rest_again
from cardstation.services.intent.owing import owing_after
from cardstation.services.intent.papers import receipt_of
from cardstation.services.intent.steps import step_again
from cardstation.services.intent.tool_book import tool_again
from cardstation.services.intent.work_records import as_written
from cardstation.services.rebuild.list_again import change_list_again
from cardstation.services.rebuild.moment import station_then
from cardstation.services.rebuild.money_again import fund_load, release_again
from cardstation.services.settle_arrears import arrears_again
from cardstation.services.station import Station
from cardstation.store import Unit
from cardstation.store.arrears import ArrearsPaid
from cardstation.store.frozen import thaw
from cardstation.store.funds import AskedPayment
from cardstation.store.journal import StoredEntry
from cardstation.store.lump_sums import GivenBack, ReleasedLine

_EVENTS = {
    EntryKind.PAID: TopUpEvent.MONEY_CERTAIN,
    EntryKind.ARMED: TopUpEvent.PLAN_STORED,
    EntryKind.SEALED: TopUpEvent.SEEN_TARGET,
    EntryKind.RETURNED: TopUpEvent.SEEN_TARGET,
    EntryKind.ELSEWHERE: TopUpEvent.SEEN_TARGET,
    EntryKind.NOT_LOADED: TopUpEvent.SEEN_BEFORE,
    EntryKind.NOT_RETURNED: TopUpEvent.SEEN_BEFORE,
    EntryKind.REFUNDED: TopUpEvent.MONEY_RETURNED,
    EntryKind.CARD_ARMED: TopUpEvent.PLAN_STORED,
    EntryKind.CARD_WRITTEN: TopUpEvent.SEEN_TARGET,
}
_SETTLED = {
    EntryKind.SEALED: TopUpEvent.PROVEN_LOADED,
    EntryKind.NOT_LOADED: TopUpEvent.PROVEN_NOT_LOADED,
    EntryKind.RETURNED: TopUpEvent.PROVEN_NOT_LOADED,
    EntryKind.NOT_RETURNED: TopUpEvent.PROVEN_LOADED,
    EntryKind.CARD_GIVEN_UP: TopUpEvent.PROVEN_NOT_LOADED,
}
"""What two persons settled."""
_ASKED_FIRST = {
    (Direction.SALE, TopUpEvent.MONEY_CERTAIN): (TopUpEvent.MONEY_ASKED,),
    (Direction.SALE, TopUpEvent.MONEY_RETURNED): (TopUpEvent.REFUND_ASKED,),
    (Direction.RETURN, TopUpEvent.MONEY_RETURNED): (TopUpEvent.PAYOUT_ASKED,),
}
_WHOLE = (EntryKind.PAID, EntryKind.ARMED, EntryKind.CARD_ARMED)
"""Entries that carry the whole intent."""
_DISPUTED_FIRST = (TopUpEvent.LINK_LOST, TopUpEvent.SEEN_FOREIGN)
_UNTOLD = (TopUpEvent.WITHDRAWN, TopUpEvent.MONEY_NOT_TAKEN, TopUpEvent.REFUND_ASKED)
"""What ends an intent without a fact, or its claim on the card."""


def replay(station: Station, unit: Unit, stored: StoredEntry) -> None:
    """Bring the records to where they were after this entry's commit.

    Args:
        station: The desk.
        unit: The unit of work in which the entry was put back into the journal.
        stored: The entry. One that nobody can read changes nothing.

    Raises:
        Refusal: `unknown_household`, `rejoin_contradicts`: what is on file went another way.
    """
    try:
        entry = stored.entry
    except (ValueError, KeyError, TypeError):
        return
    if (again := _ROW_AGAIN.get(entry.kind)) is not None:
        again(unit, entry)
        return
    then = station_then(station, entry)
    match entry.kind:
        case EntryKind.RECEIVED:
            _received(then, unit, thaw(AskedPayment, entry.detail), entry.seq)
        case EntryKind.CHARGED | EntryKind.ARREARS_PAID:
            _charged(then, unit, stored, entry)
        case EntryKind.EPOCH | EntryKind.CLOCK | EntryKind.LAYOUT:
            return
        case EntryKind.BATCH:
            change_list_again(unit, step_again(unit, entry))
        case EntryKind.ELSEWHERE if entry.corrects:
            return
        case _:
            _move(then, unit, stored, entry)


def _received(then: Station, unit: Unit, asked: AskedPayment, seq: int) -> None:
    """The money, and its acknowledgement: nobody knows whether that was printed, so it was."""
    receive_again(then, unit, asked, seq=seq)
    if asked.ack_no:
        at = then.clock.now()
        unit.lump_sums.note_paper(asked.ack_no, clerk=then.clerk, at=at)


def _released(unit: Unit, entry: Entry) -> None:
    release_again(unit, thaw(ReleasedLine, entry.detail), seq=entry.seq)


def _given_back(unit: Unit, entry: Entry) -> None:
    unit.lump_sums.give_back(thaw(GivenBack, entry.detail), seq=entry.seq)


def _charged(then: Station, unit: Unit, stored: StoredEntry, entry: Entry) -> None:
    """A charge at the counter; arrears were paid there, or out of a batch's money."""
    if entry.kind is EntryKind.ARREARS_PAID and not entry.tender:
        arrears_again(unit, thaw(ArrearsPaid, entry.detail), seq=entry.seq)
    else:
        charge_again(then, unit, thaw(Charge, entry.detail), stored)


def _paid_out(unit: Unit, entry: Entry) -> None:
    paid_again(unit, thaw(PaidOut, entry.detail), seq=entry.seq)


def _unblocked(unit: Unit, entry: Entry) -> None:
    unit.blocked.unblock(entry.subject)


def _opened(unit: Unit, entry: Entry) -> None:
    unit.shifts.open_shift(thaw(Shift, entry.detail), seq=entry.seq)


def _closed(unit: Unit, entry: Entry) -> None:
    closed = thaw(ShiftClose, entry.detail)
    if unit.shifts.counted(closed.shift_id) is None:
        unit.shifts.count(closed.shift_id, closed.counted, at=closed.closed_at)
    unit.shifts.close_shift(closed, seq=entry.seq)


_ROW_AGAIN: Mapping[EntryKind, Callable[[Unit, Entry], None]] = {
    EntryKind.RELEASED: _released,
    EntryKind.GIVEN_BACK: _given_back,
    EntryKind.PAID_OUT: _paid_out,
    EntryKind.SHIFT_OPENED: _opened,
    EntryKind.SHIFT_CLOSED: _closed,
    EntryKind.CLERK: change_again,
    EntryKind.ACCOUNT: account_changed_again,
    EntryKind.ACCOUNT_CLOSED: closed_again,
    EntryKind.GAS_DUE: due_again,
    EntryKind.TOOL_CARD: tool_again,
    EntryKind.CARRIED: rest_again,
    EntryKind.CARD_UNBLOCKED: _unblocked,
}
"""Facts with a row of their own, which they alone make."""


def _move(then: Station, unit: Unit, stored: StoredEntry, entry: Entry) -> None:
    """One fact about one intent: the move, its log row, and what came with it."""
    known = unit.topups.get(entry.subject)
    told = thaw(TopUp, entry.detail) if entry.kind in _WHOLE else known
    if told is None:
        raise Refusal("rejoin_contradicts", topup_id=entry.subject, state="")
    if known is None:
        _make_room(then, unit, told)
    if known is None and told.origin:
        unit.topups.add(told, stamp(then), seq=entry.seq, reason="adopted")
        return
    if known is None:
        known = _begun(then, unit, told, entry)
    event = _event(entry)
    ready = _asked(then, unit, known, event, entry)
    moved = unit.topups.move(
        replace(told, state=ready.state, plan=ready.plan),
        event,
        stamp(then, entry.approver or entry.clerk),
        seq=entry.seq,
        reason="elsewhere" if entry.kind is EntryKind.ELSEWHERE else entry.witness,
        plan=told.plan if entry.kind in (EntryKind.ARMED, EntryKind.CARD_ARMED) else None,
    )
    _household_then(then, unit, stored, entry, moved)


def _make_room(then: Station, unit: Unit, told: TopUp) -> None:
    """What is open on its card in an older store had ended, without a fact, when this one began."""
    before = unit.topups.open_on(told.identity)
    if before is None:
        return
    # One taken over from another desk ended there; that is a fact of that desk only.
    for event in (TopUpEvent.SEEN_TARGET,) if before.origin else _UNTOLD:
        if (before.state, event) in TABLES[before.direction]:
            reason = "elsewhere" if before.origin else "cut_short"
            unit.topups.move(before, event, stamp(then, then.clerk), reason=reason)
            return
    raise Refusal("rejoin_contradicts", topup_id=before.topup_id, state=before.state.value)


def _begun(then: Station, unit: Unit, told: TopUp, entry: Entry) -> TopUp:
    begun = replace(told, state=BEGINNING[told.direction], plan=None)
    unit.topups.add(begun, stamp(then, entry.approver))
    return begun


def _event(entry: Entry) -> TopUpEvent:
    if _by_people(entry):
        theirs = bool(entry.origin) and entry.kind is EntryKind.NOT_LOADED
        return TopUpEvent.PROVEN_NOT_OURS if theirs else _SETTLED[entry.kind]
    if entry.kind is EntryKind.NOT_LOADED and entry.corrects:
        return TopUpEvent.DISOWNED_THERE if entry.origin else TopUpEvent.DISOWNED
    return _EVENTS[entry.kind]


def _by_people(entry: Entry) -> bool:
    return entry.witness.startswith(PEOPLE) and entry.kind in _SETTLED


def _asked(then: Station, unit: Unit, known: TopUp, event: TopUpEvent, entry: Entry) -> TopUp:
    """The intent where the fact can follow; what was asked before it is asked again in the log."""
    table = TABLES[known.direction]
    for first in (
        _DISPUTED_FIRST if _by_people(entry) else _ASKED_FIRST.get((known.direction, event), ())
    ):
        if (known.state, event) not in table and (known.state, first) in table:
            known = unit.topups.move(known, first, stamp(then, entry.approver or entry.clerk))
    if (known.state, event) not in table:
        raise Refusal("rejoin_contradicts", topup_id=known.topup_id, state=known.state.value)
    return known


def _household_then(
    then: Station, unit: Unit, stored: StoredEntry, entry: Entry, intent: TopUp
) -> None:
    if not entry.account_no:
        return
    household = unit.households.get(entry.account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=entry.account_no)
    match entry.kind:
        case EntryKind.PAID:
            fund_load(then, unit, entry, intent)
            changed = with_debt(_with_balance(household, entry), intent)
            changed = _owing_then(then, household, changed)
        case EntryKind.REFUNDED:
            changed = without_debt(_with_balance(household, entry), intent)
            changed = _owing_then(then, household, changed)
        case EntryKind.SEALED:
            _sealed(then, unit, stored, entry, intent, household)
            changed = _bought_then(household, intent)
        case EntryKind.ELSEWHERE:
            changed = _bought_then(household, intent)
        case EntryKind.RETURNED:
            changed = before_purchase(household, intent)
        case EntryKind.CARD_ARMED if intent.reference == Work.REISSUE:
            take_generation(unit, intent)
            return
        case EntryKind.CARD_GIVEN_UP if is_undone(entry):
            give_back_generation(unit, intent)
            return
        case EntryKind.CARD_WRITTEN:
            changed = as_written(household, intent)
        case EntryKind.NOT_LOADED if entry.corrects:
            changed = without_purchase(household, intent)
        case _:
            return
    unit.households.update(changed)


def _bought_then(household: Household, intent: TopUp) -> Household:
    """As after a purchase; a directory that came in since may count its gas already."""
    after = after_purchase(household, intent)
    if not counts_already(household, intent.quote, intent.bought):
        return after
    return replace(after, bought_this_year=household.bought_this_year)


def _owing_then(then: Station, household: Household, changed: Household) -> Household:
    """As changed; a directory that was counted since knows of the debt already."""
    owes = owing_after(household, then.clock.now().date(), changed.arrears - household.arrears)
    return replace(changed, arrears=owes.arrears)


def _with_balance(household: Household, entry: Entry) -> Household:
    return household.with_money(balance=Money(kept_by(entry)))


def _sealed(
    then: Station,
    unit: Unit,
    stored: StoredEntry,
    entry: Entry,
    intent: TopUp,
    household: Household,
) -> None:
    """The receipt with its own number again, taken for printed, and the counter's owner."""
    _, year, number = entry.detail.rsplit("-", 2)
    receipt = receipt_of(then, intent, household, stored, year=int(year), number=int(number))
    unit.receipts.add(receipt, topup_id=intent.topup_id, year=int(year), number=int(number))
    unit.receipts.note_paper(receipt.receipt_no, clerk=then.clerk, at=then.clock.now())
    unit.topups.own_load(intent)
