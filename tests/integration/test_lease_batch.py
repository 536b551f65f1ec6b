"""Every paid order that waits for a row of a batch is held before a round without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch import Verdict
from cardstation.domain.batch_life import BatchStep, Stage, Step
from cardstation.domain.household import Household
from cardstation.domain.ledger import Order
from cardstation.errors import LedgerUnreachable, Refusal
from cardstation.services.lease_batch import lease_batch
from cardstation.services.sync import sync
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch

HOMES = neighbours(7)
FREE, THEIRS, PASSED, LOADED, STOPPED, ASKED, SOLD = HOMES


def order_of(home: Household) -> Order:
    counter = home.purchase_counter - (home is PASSED)
    name = f"D{HOMES.index(home) + 1}"
    return Order(name, home.account_no, 5600, 20_000, "residential@2026-01-01", counter, "")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path, households=HOMES, ledger=MemoryLedger())
    for home in HOMES[:-1]:
        leased_to = "S002" if home is THEIRS else ""
        made.ledger.centre.sell_online(replace(order_of(home), leased_to=leased_to))
    sync(made.station)
    yield made
    made.reader.pull()
    made.station.store.close()


def bag(desk: Desk) -> str:
    """A row for each; two of them are not for an order that waits."""
    rows = [line(home, row, order=order_of(home)) for row, home in enumerate(HOMES[:-1], 1)]
    rows[5] = replace(rows[5], verdict=Verdict.HUMAN, reasons=("door_differs",))
    return put_batch(desk, [*rows, line(SOLD, 7)])


def held(desk: Desk, batch_id: str) -> list[tuple[int, str]]:
    """Place of each row, and why its order is not held."""
    found = lease_batch(desk.station, batch_id)
    assert all(bool(one.until) == one.held for one in found)
    return [(one.place, one.refused.code if one.refused else "") for one in found]


def offline(_name: str) -> None:
    raise LedgerUnreachable


def test_what_waits_is_held_and_what_cannot_be_is_named(desk: Desk) -> None:
    batch_id = bag(desk)
    desk.load(batch_id, card_of(LOADED))
    wrong = replace(STOPPED, purchase_counter=STOPPED.purchase_counter - 1)
    with pytest.raises(Refusal):
        desk.load(batch_id, card_of(wrong))
    told = [(1, ""), (2, "order_leased_elsewhere"), (3, "order_passed"), (5, "")]
    assert held(desk, batch_id) == told
    desk.ledger.boundary = offline
    assert held(desk, batch_id) == told, "what is held stays held"
    desk.load(batch_id, card_of(FREE))


def test_a_ledger_that_does_not_answer_is_asked_once(desk: Desk) -> None:
    batch_id, asked = bag(desk), list[str]()

    def silent(name: str) -> None:
        asked.append(name)
        raise LedgerUnreachable

    desk.ledger.boundary = silent
    codes = dict(held(desk, batch_id))
    assert {codes[place] for place in (1, 4, 5)} == {"order_needs_ledger"}
    assert asked == ["ledger.lease"]
    desk.station = replace(desk.station, ledger=None)
    assert dict(held(desk, batch_id)) == codes


def test_of_a_closed_batch_nothing_is_held(desk: Desk) -> None:
    batch_id = bag(desk)
    desk.sell(card_of(SOLD))
    with desk.station.store.unit() as unit:
        now = desk.clock.now()
        unit.steps.add(BatchStep(batch_id, Step.CLOSED, Stage.CLOSED, "", "demo", now, 1))
        unit.commit()
    with pytest.raises(Refusal, match="batch_closed_already"):
        lease_batch(desk.station, batch_id)
