"""What verify finds in the money of a batch, and what a rebuilt store has of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.services.batch_account import batch_account
from cardstation.services.pay_batch import pay_batch
from cardstation.services.quote_batch import quote_batch
from cardstation.services.rebuild.money_again import pay_again
from cardstation.services.rebuild.replay import replay
from cardstation.services.release_line import release_line
from cardstation.services.return_remainder import return_remainder
from cardstation.services.verify import verify
from cardstation.store import Unit
from cardstation.store.lump_sums import GivenBack, ReleasedLine
from tests.kit.station import Desk, line, neighbours, open_desk, put_batch

HOMES = neighbours(3)
BATCH = "2026-11-24-01"
SECOND = Approval("supervisor")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Three rows of 100 yuan, paid with 250, one released, 30 given back of what is left."""
    desk = open_desk(tmp_path / "desk", households=HOMES)
    rows = [line(one, row) for row, one in enumerate(HOMES, start=2)]
    put_batch(desk, rows, BATCH)
    quote_batch(desk.station, BATCH)
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(15_000))
    pay_batch(desk.station, BATCH, tender=Tender.CASH, money=Money(10_000), line=3)
    release_line(desk.station, BATCH, 1, "absent")
    first = batch_account(desk.station, BATCH).payments[0].payment
    return_remainder(desk.station, BATCH, first.payment_id, Money(3_000), SECOND)
    yield desk
    desk.station.store.close()


def codes(desk: Desk) -> set[str]:
    return {one.code for one in verify(desk.station).disagreements}


def test_the_day_itself_agrees(desk: Desk) -> None:
    assert codes(desk) == set()
    terms = verify(desk.station).money_terms
    assert (terms["tenders"], terms["refunds"], terms["unallocated"]) == (25_000, 3_000, 22_000)


def more_back_than_came(desk: Desk, unit: Unit) -> None:
    payment = unit.funds.payments(BATCH)[0]
    seq = unit.journal.head().seq
    now = desk.clock.now()
    back = GivenBack("b", BATCH, payment.payment_id, payment.tender, Money(1), "two", now)
    unit.lump_sums.give_back(replace(back, money=Money(15_001)), seq=seq - 1)


def released_without_a_fact(desk: Desk, unit: Unit) -> None:
    released = ReleasedLine(BATCH, 3, "absent", Money(10_000), desk.clock.now())
    unit.lump_sums.release(released, seq=1)


def a_number_left_out(_desk: Desk, unit: Unit) -> None:
    made = next(iter(unit.lump_sums.acknowledgements().values()))
    payment = unit.funds.payments(BATCH)[0]
    again = replace(payment, payment_id="another", seq=1)
    unit.funds.receive(again)
    made = replace(made, payment_id="another", ack_no="S001-2026-A000009")
    unit.lump_sums.acknowledge(made, year=2026, number=9)


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (more_back_than_came, {"lump_sum_disagrees", "term_differs"}),
        (released_without_a_fact, {"lump_sum_disagrees"}),
        (a_number_left_out, {"receipt_numbers_gap", "acknowledgement_disagrees"}),
    ],
)
def test_what_is_wrong_is_named(
    desk: Desk, spoil: Callable[[Desk, Unit], None], found: set[str]
) -> None:
    with desk.station.store.unit() as unit:
        spoil(desk, unit)
        unit.commit()
    assert found <= codes(desk)


def test_a_store_rebuilt_from_its_entries_has_the_same_money(desk: Desk, tmp_path: Path) -> None:
    with desk.station.store.reading() as reading:
        entries = tuple(reading.journal.every())
    other = open_desk(tmp_path / "other", households=HOMES, clock=desk.clock)
    put_batch(other, [line(one, row) for row, one in enumerate(HOMES, start=2)], BATCH)
    with other.station.store.unit() as unit:
        for stored in entries:
            unit.journal.append(stored.entry)
            replay(other.station, unit, stored)
        pay_again(other.station, unit)
        unit.commit()
    try:
        assert codes(other) == set()
        ours, theirs = (batch_account(one.station, BATCH) for one in (desk, other))
        assert theirs.payments == ours.payments
        assert theirs.lines == ours.lines
        assert theirs.state.money == ours.state.money
        assert theirs.quote == ours.quote
    finally:
        other.station.store.close()
