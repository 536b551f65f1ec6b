"""A bag of `净月新城` through four and eight readers of the real stack, true to chip time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import Person, counter_on, people, take_in, take_list
from tests.kit.e2e_lanes import YUAN, feed, prove_lanes
from tests.kit.repeat import times

pytestmark = pytest.mark.pcsc


def paid_bag(desk: Desk, persons: Sequence[Person]) -> str:
    take_in(desk, persons)
    batch = take_list(desk, [(one, str(YUAN)) for one in persons])
    desk.run("batch", "pay", batch, "--tender", "cash", "--yuan", YUAN * len(persons))
    return batch


def steps_of(desk: Desk, batch: str) -> list[str]:
    with closing(sqlite3.connect(f"file:{desk.home / 'station.db'}?mode=ro", uri=True)) as store:
        query = "SELECT step FROM batch_step WHERE batch_id = ? ORDER BY no"
        return [str(step) for (step,) in store.execute(query, [batch])]


@pytest.mark.parametrize(
    ("readers", "most"), [(4, times("LANE_CARDS", 12)), (8, times("LANE_CARDS", 24))]
)
def test_a_bag_goes_through_many_readers_at_once(
    desk: Desk, readers: int, most: int, record_property: Callable[[str, object], None]
) -> None:
    """`./dev soak lanes` takes all that the community's bag has."""
    told = prove_lanes(desk, readers, most)
    said = "; ".join(f"{what} {many}" for what, many in told.items())
    record_property("figures", f"{readers} readers: {said}")


def test_killed_with_four_cards_at_work_it_goes_on_where_it_was(desk: Desk) -> None:
    persons = people(12)
    batch = paid_bag(desk, persons)
    feed(desk, persons, 4)
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
