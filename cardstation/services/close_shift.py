"""Closes a shift blind: the count is on disk before anybody sees what it should be."""

from __future__ import annotations

from cardstation.domain.exception_case import UNSIGNED
from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import ShiftClose, cash_of, digest_of
from cardstation.errors import CardStationError, Refusal
from cardstation.services.approve import prove
from cardstation.services.feeds.clerks import signs_today
from cardstation.services.intent.anchoring import anchor_journal, anchor_problem
from cardstation.services.intent.facts import append
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.opened import code_of
from cardstation.services.intent.signed_over import open_items
from cardstation.services.run_batch import pause_all
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.frozen import freeze
from cardstation.store.shifts import OpenedShift

_QUESTION = "payment_question"


def close_shift(
    station: Station,
    pin: str,
    *,
    counted: Money | None,
    handed_to: str = "",
    handed_pin: str = "",
) -> ShiftClose:
    """End the open shift; what is open is listed and signed over.

    Always possible, but for a store that was restored: it rejoins the ledger first. While nobody
    knows the outcome of something, a second person signs the list, too: the next clerk, or a
    supervisor who takes it over. Where nobody else works today, the clerk signs it alone, and
    whoever opens next signs for it.

    Two commits: the count, then what it should have been with over or short. Cut between them,
    the next call goes on with the count that stands. Afterwards the anchor: an old copy of the
    records, put back to count again with the answer known, is found.

    Args:
        station: The desk.
        pin: Of the clerk on duty.
        counted: All cash in the till, the float too; None = go on with a count made before.
        handed_to: Who takes over, empty when nobody is there.
        handed_pin: Theirs.

    Raises:
        Refusal: `no_shift`, `count_missing`, `count_negative`, `count_stands` (another count was
            committed before), `second_person_same`, `unknown_not_signed` (an outcome is unknown and
            nobody takes over; nothing was committed), `cash_not_answered` (cash was asked for, and
            nobody has said whether it came: it would be in one till and expected in another's),
            `card_at_work`, `money_at_work` (a moment
            later all is on record), those of `prove`.
    """
    with station.store.reading() as reading:
        current = _current(reading)
    _ensure_countable(station, current, counted)
    clerk = current.shift.clerk
    if handed_to == clerk:
        raise Refusal("second_person_same", name=clerk)
    _ensure_not_restored(station)
    if not handed_to:
        _ensure_nothing_unknown(station, clerk)
    prove(station, clerk, pin)
    if handed_to:
        prove(station, handed_to, handed_pin)
    pause_all(station)
    with station.work.at_rest():
        if not handed_to:  # a lane was at work while the PIN was proven
            _ensure_nothing_unknown(station, clerk)
        _ensure_cash_answered(station, current)
        _commit_count(station, current, counted)
        station.store.begun.clear()  # money that this clerk began to pay out is asked about
        closed = _close(station, handed_to)
    anchor_journal(station)
    return closed


def _ensure_not_restored(station: Station) -> None:
    """A restored store gets its own entries back first: one more now would make two histories."""
    with station.store.reading() as reading:
        problem = anchor_problem(station, reading)
        verdict = reading.outbox.verdict()
    if problem is not None:
        raise problem
    if verdict in ("ledger_ahead", "rejoin_begun"):
        raise Refusal("selling_frozen", reason=verdict)


def _ensure_nothing_unknown(station: Station, clerk: str) -> None:
    with station.store.reading() as reading:
        unknown = sum(one.code in UNSIGNED for one in open_items(reading, station.clock.now()))
        others = [
            one.name
            for one in reading.shifts.clerks()
            if one.name != clerk and signs_today(station, reading, one)
        ]
    if unknown and others:
        raise Refusal("unknown_not_signed", n=unknown)


def _ensure_cash_answered(station: Station, current: OpenedShift) -> None:
    """Cash that was asked for lies in this till or nowhere: said now, it is in no other's count.

    A count that stands is gone on with; a desk that may not write cannot answer.
    """
    with station.store.reading() as reading:
        stands = reading.shifts.counted(current.shift.shift_id) is not None
        asked = [
            one.quote.money
            for one in reading.topups.open_intents()
            if code_of(one.state) == _QUESTION and one.tender is Tender.CASH
        ]
        asked += [one.money for one in reading.funds.unanswered() if one.tender is Tender.CASH]
    if asked and not stands and _may_answer(station):
        raise Refusal("cash_not_answered", n=len(asked), fen=sum(asked, NO_MONEY).fen)


def _may_answer(station: Station) -> bool:
    try:
        ensure_may_write(station)
    except CardStationError:
        return False
    return True


def _current(reading: Reading) -> OpenedShift:
    current = reading.shifts.current()
    if current is None:
        raise Refusal("no_shift")
    return current


def _ensure_countable(station: Station, current: OpenedShift, counted: Money | None) -> None:
    with station.store.reading() as reading:
        stands = reading.shifts.counted(current.shift.shift_id)
    if counted is None and stands is None:
        raise Refusal("count_missing")
    if counted is not None and counted < NO_MONEY:
        raise Refusal("count_negative")
    if None not in (counted, stands) and counted != stands:
        raise Refusal("count_stands")


def _commit_count(station: Station, current: OpenedShift, counted: Money | None) -> None:
    shift_id = current.shift.shift_id
    with station.store.unit() as unit:
        if counted is not None and unit.shifts.counted(shift_id) is None:
            unit.shifts.count(shift_id, counted, at=station.clock.now())
            unit.commit()


def _close(station: Station, handed_to: str) -> ShiftClose:
    with station.store.unit() as unit:
        closed = _compared(station, unit, _current(unit), handed_to)
        entry = append(
            station,
            unit,
            EntryKind.SHIFT_CLOSED,
            closed.shift_id,
            fen=closed.counted.fen,
            balance_fen=closed.over_short.fen,
            tender="cash",
            proof=closed.digest,
            approver=handed_to,
            detail=freeze(closed),
        )
        unit.shifts.close_shift(closed, seq=entry.seq)
        unit.commit()
    return closed


def _compared(station: Station, unit: Unit, current: OpenedShift, handed_to: str) -> ShiftClose:
    shift = current.shift
    since = unit.journal.since(current.seq, unit.journal.count_since(current.seq))
    expected = shift.float_money + cash_of(stored.entry for stored in since)
    counted = unit.shifts.counted(shift.shift_id) or NO_MONEY
    now = station.clock.now()
    items = open_items(unit, now)
    return ShiftClose(
        shift_id=shift.shift_id,
        clerk=shift.clerk,
        counted=counted,
        expected=expected,
        over_short=counted - expected,
        closed_at=now,
        open_items=items,
        digest=digest_of(items),
        handed_to=handed_to,
    )
