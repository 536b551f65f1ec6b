"""Binds money of batches to rows again: first as facts say, then where no two answers are possible.

A restored station knows its lists, prices and caps as the backup had them, and not as they were
when the money came. So a load says which row was paid, a release which row held money; whatever is
left after all of them pays only where it is enough for every row that waits. Else those rows are
held until people take the list again.
"""

from __future__ import annotations

from datetime import datetime

from cardstation.domain.allocation import divide, taken_from
from cardstation.domain.batch import Batch
from cardstation.domain.batch_life import Stage, Step
from cardstation.domain.ledger import Entry
from cardstation.domain.list_steps import Decided, Revised
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import TopUp
from cardstation.domain.volume import NO_GAS
from cardstation.services.intent.funding import (
    holdings_of,
    is_for_sale,
    purses_of,
    reachable_purses,
)
from cardstation.services.lists.changing import (
    MAY_PAY,
    ROW_HELD,
    lost_places,
    pay_what_counts,
)
from cardstation.services.lists.entry import entry_state
from cardstation.services.rebuild.moment import station_then
from cardstation.services.station import Station
from cardstation.store import Unit
from cardstation.store.frozen import thaw_any
from cardstation.store.funds import BatchPayment, FundedLine
from cardstation.store.lump_sums import ReleasedLine


def fund_load(then: Station, unit: Unit, entry: Entry, intent: TopUp) -> None:
    """A row that was loaded was funded at its price, and counted: the load says so."""
    if not intent.batch_id:
        return
    _counts(unit, intent.batch_id, intent.line)
    paid = _paid_from(unit, intent.batch_id, intent.line)
    if intent.tender is not Tender.BATCH or paid is None:
        return
    received = unit.journal.at(paid.seq)
    at = then.clock.now() if received is None else station_then(then, received.entry).clock.now()
    _fund(unit, paid, intent.line, intent.quote, entry.counter_before, at)


def release_again(unit: Unit, released: ReleasedLine, *, seq: int) -> None:
    """A row that gave its money free held it; at what price is nothing that anybody asks again."""
    _counts(unit, released.batch_id, released.line)
    if (paid := _paid_from(unit, released.batch_id, released.line)) is not None:
        bare = Quote(
            tariff="",
            tier_year=released.at.year,
            money=released.money,
            total=released.money,
            remainder=NO_MONEY,
            volume=None,
            lines=(),
            year_before=NO_GAS,
        )
        _fund(unit, paid, released.line, bare, 0, released.at)
    unit.lump_sums.release(released, seq=seq)


def _counts(unit: Unit, batch_id: str, place: int) -> None:
    batch = unit.batches.get(batch_id)
    if batch is not None and 0 < place <= len(batch.lines) and batch.lines[place - 1].withdrawn:
        unit.batches.withdraw(batch_id, (place,), "")


def _paid_from(unit: Unit, batch_id: str, place: int) -> BatchPayment | None:
    """The newest sum that may have paid for a row; None where it holds its money already.

    An envelope that went back to its payer is none.
    """
    if place in unit.funds.funded(batch_id, line=place):
        return None
    stands = {
        one.payment_id: one.line
        for one in purses_of(unit, batch_id)
        if not one.line or one.money + one.debts > NO_MONEY
    }
    payments = unit.funds.payments(batch_id)
    for line in (place, 0):
        if own := [one for one in payments if stands.get(one.payment_id) == line]:
            return own[-1]
    return payments[-1] if payments else None


def _fund(
    unit: Unit, paid: BatchPayment, place: int, quote: Quote, counter: int, at: datetime
) -> None:
    unit.funds.fund(
        FundedLine(
            batch_id=paid.batch_id,
            line=place,
            payment_id=paid.payment_id,
            quote=quote,
            expected_counter=counter,
            at=at,
            drawn=_drawn(unit, paid, quote.money),
        )
    )


def _drawn(unit: Unit, paid: BatchPayment, money: Money) -> dict[str, Money]:
    """What a row draws of what its payer has not in hand, the oldest first; no entry says it."""
    holdings = holdings_of(unit, paid.batch_id)
    purses = reachable_purses(unit, paid.batch_id, holdings)
    stands = {one.payment_id: one.line for one in purses}
    own = [one for one in stands if stands[one] == stands[paid.payment_id]]
    drawn = taken_from(divide(purses, holdings).left, own, money)
    return drawn if sum(drawn.values(), NO_MONEY) == money else {}


def pay_again(station: Station, unit: Unit) -> None:
    """Once every lost fact is back: money that came with them pays for rows, or rows are held."""
    since, _ = unit.outbox.acked()
    for batch_id in unit.batches.ids():
        moved = [seq for seq in _moved(unit, batch_id) if seq > since]
        batch = unit.batches.get(batch_id)
        if not moved or batch is None or unit.steps.stage(batch_id) is Stage.CLOSED:
            continue
        if not entry_state(station, unit, batch).unchecked:
            unit.batches.withdraw(batch_id, _doubtful(unit, batch, min(moved)), ROW_HELD)
            fund_again(station, unit, batch_id)


def fund_again(station: Station, unit: Unit, batch_id: str) -> None:
    """Fund the rows of a list that is on file again, at the moment its money last moved."""
    stored = unit.journal.at(max(_moved(unit, batch_id), default=0))
    if stored is not None:
        pay_what_counts(station_then(station, stored.entry), unit, batch_id)


def _moved(unit: Unit, batch_id: str) -> list[int]:
    """Facts with which money of a batch may come to rows."""
    moved = [one.seq for one in unit.funds.payments(batch_id)]
    moved += [seq for seq, one in unit.lump_sums.every_released() if one.batch_id == batch_id]
    moved += [one.seq for one in unit.steps.of_batch(batch_id) if one.step in MAY_PAY]
    return moved


def _doubtful(unit: Unit, batch: Batch, first: int) -> list[int]:
    """Places of waiting rows of which nobody can tell whether money that lies there is theirs.

    Those whose household bought since the money came (they are bound to a counter of before), and
    those without an envelope where the lump sums reach some of them and not all.
    """
    purses = purses_of(unit, batch.batch_id)
    division = divide(purses, holdings_of(unit, batch.batch_id))
    enveloped = {purse.line for purse in purses if purse.line}
    lump = sum((division.left[one.payment_id] for one in purses if not one.line), NO_MONEY)
    funded = unit.funds.funded(batch.batch_id)
    came = unit.journal.at(first)
    bought = unit.topups.loaded_since(came.written_at) if came and came.written_at else frozenset()
    waiting = {
        place: line.money
        for place, line in enumerate(batch.lines, start=1)
        if place not in funded and is_for_sale(line) and line.money is not None
    }
    since = [place for place in waiting if batch.lines[place - 1].account_no in bought]
    asked = {place: money for place, money in waiting.items() if place not in enveloped}
    lost = lost_places(unit, batch.batch_id) - funded.keys() - _taken_off(unit, batch.batch_id)
    if not _in_doubt(lump, list(asked.values()), lost=bool(lost)):
        return since
    return sorted({*since, *asked})


def _taken_off(unit: Unit, batch_id: str) -> set[int]:
    """Places that a person took off the list, or put another row in the stead of."""
    steps = (one for one in unit.steps.of_batch(batch_id) if one.step is Step.REVISED)
    told = (thaw_any(Revised | Decided, step.detail) for step in steps)
    return {one.place for one in told if isinstance(one, Decided)}


def _in_doubt(lump: Money, asked: list[Money], *, lost: bool) -> bool:
    reaches_one = bool(asked) and lump >= min(asked)
    return reaches_one and (lost or lump < sum(asked, NO_MONEY))
