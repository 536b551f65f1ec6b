"""A bag of `净月新城` through four and eight readers of the real stack, true to chip time."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import Person, counter_on, people, take_in, take_list
from tests.kit.repeat import times

pytestmark = pytest.mark.pcsc

YUAN = 100
CHIPS = ("sle4442", "at88sc102")
"""Of the community's cards; the others are e-purses."""
HEARD_EVERY = 12


def paid_bag(desk: Desk, persons: Sequence[Person]) -> str:
    take_in(desk, persons)
    batch = take_list(desk, [(one, str(YUAN)) for one in persons])
    desk.run("batch", "pay", batch, "--tender", "cash", "--yuan", YUAN * len(persons))
    return batch


def feed(desk: Desk, batch: str, readers: int) -> None:
    words = ("--feed", "--pace", "0", "--readers", readers, "--true-timing")
    ready = desk.rack("--batch", batch, *words)
    found = desk.run("readers")["readers"]
    assert len(found) == readers + readers % 2
    assert ready["cards"]


def steps_of(desk: Desk, batch: str) -> list[str]:
    with closing(sqlite3.connect(f"file:{desk.home / 'station.db'}?mode=ro", uri=True)) as store:
        query = "SELECT step FROM batch_step WHERE batch_id = ? ORDER BY no"
        return [str(step) for (step,) in store.execute(query, [batch])]


@pytest.mark.parametrize(
    ("readers", "most"), [(4, times("LANE_CARDS", 12)), (8, times("LANE_CARDS", 24))]
)
def test_a_bag_goes_through_many_readers_at_once(desk: Desk, readers: int, most: int) -> None:
    """`LANE_CARDS=200`: of those, all whose rows are plain and whose chip is supported."""
    persons = people(most, most // 8, CHIPS)
    cards = len(persons)
    assert cards >= min(most, 155)
    batch = paid_bag(desk, persons)
    feed(desk, batch, readers)
    run = desk.start("batch", "run", batch, "--no-papers", "--json")
    for count in range(HEARD_EVERY, cards + 1, HEARD_EVERY):
        run.heard(f"-{count:06d}")
    answer = run.answer()
    assert answer.status == 0, str(answer)
    totals = answer.json["totals"]
    assert (totals["done"], totals["loaded_fen"]) == (cards, 100 * YUAN * cards)
    assert totals["remainder_fen"] == 0
    numbers = [line["receipt_no"] for line in answer.json["lines"]]
    assert len(set(numbers)) == cards
    for one in persons:
        assert counter_on(desk, one.card_no) == one.counter + 1
    proof = desk.run("verify")
    assert proof["ok"], proof["disagreements"]
    assert proof["loaded_fen"] == proof["taken_fen"] == 100 * YUAN * cards
    assert steps_of(desk, batch)[-2:] == ["started", "finished"]


def test_killed_with_four_cards_at_work_it_goes_on_where_it_was(desk: Desk) -> None:
    persons = people(12)
    batch = paid_bag(desk, persons)
    feed(desk, batch, 4)
    run = desk.start("batch", "run", batch, "--no-papers", "--json")
    run.heard("-000003")
    run.kill()
    desk.clear_rack()
    for _ in range(2):
        desk.rack("--batch", batch, "--feed", "--pace", "0", "--readers", 4, "--true-timing")
        answer = desk.start("batch", "run", batch, "--no-papers", "--idle", "8", "--json").answer()
        assert answer.status == 0, str(answer)
        desk.clear_rack()
        if answer.json["totals"]["done"] == len(persons):
            break
    assert answer.json["totals"]["done"] == len(persons), str(answer)
    for one in persons:
        assert counter_on(desk, one.card_no) == one.counter + 1
    proof = desk.run("verify")
    assert proof["ok"], proof["disagreements"]
    assert proof["loaded_fen"] == 100 * YUAN * len(persons)
    assert steps_of(desk, batch).count("started") == 1
    assert steps_of(desk, batch)[-1] == "finished"
