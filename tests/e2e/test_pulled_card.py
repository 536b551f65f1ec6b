"""A card pulled in the middle of a write: one charge, one load, proved by card and meter."""

from __future__ import annotations

import re

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import (
    Person,
    counter_on,
    meter_takes,
    people,
    states_of,
    take_in,
    take_list,
)

pytestmark = pytest.mark.pcsc


def _desk_with(desk: Desk, persons: list[Person]) -> None:
    take_in(desk, persons)
    cards = [word for one in persons for word in ("--account", one.account_no)]
    desk.rack(*cards)


@pytest.mark.parametrize("changed", [13])
def test_a_pulled_top_up_is_finished_at_the_next_insertion(desk: Desk, changed: int) -> None:
    [one] = people(1, money_meters=0)
    _desk_with(desk, [one])

    desk.insert(one.card_no, pull_after=changed)
    said = desk.run("top-up", "--volume", "12", status=5)
    assert said["error"] == "outcome_unknown"
    assert said["values"]["card_no"] == one.card_no
    assert states_of(desk, one.card_no) == ["outcome_unknown"]

    desk.insert(one.card_no)
    seen = desk.run("card", "read")
    assert seen["identity"]["card_no"] == one.card_no
    assert seen["intent"]["state"] == "outcome_unknown"
    assert seen["intent"]["volume"] == "12"
    assert [left["card_no"] for left in desk.run("recover")["open"]] == [one.card_no]

    again = desk.ask("top-up", "--volume", "12", "--json")
    assert again.status == 3, str(again)
    assert again.json["error"] == "load_still_on_card"
    assert re.search(r"S001-\d{4}-000001", again.err), str(again)
    assert states_of(desk, one.card_no) == ["sealed"]
    assert counter_on(desk, one.card_no) == one.counter + 1
    assert desk.run("card", "read")["intent"] is None

    proof = desk.run("verify")
    assert proof["ok"]
    assert proof["taken_fen"] == proof["loaded_fen"] == seen["intent"]["money"]
    assert desk.run("training", "meter", one.card_no, status=3)["error"] == "reader_not_empty"
    desk.pull()
    assert meter_takes(desk, one.card_no) == ("credited", "12")
    assert meter_takes(desk, one.card_no)[0] == "already_taken"
    assert desk.run("verify")["ok"]


def test_a_pulled_card_of_a_bag_is_done_when_it_comes_back(desk: Desk) -> None:
    persons = people(2)
    _desk_with(desk, persons)
    batch = take_list(desk, [(one, "100") for one in persons])
    desk.run("batch", "pay", batch, "--tender", "cash", "--yuan", "200")
    torn, other = persons

    run = desk.start("batch", "run", batch, "--json")
    run.heard(batch)
    desk.insert(torn.card_no, pull_after=6)
    run.heard("结果不明")
    desk.insert(other.card_no)
    run.heard(other.card_no)
    desk.pull()
    desk.insert(torn.card_no)
    answer = run.answer()

    assert answer.status == 0, str(answer)
    assert [line["state"] for line in answer.json["lines"]] == ["done", "done"]
    for one in persons:
        assert states_of(desk, one.card_no) == ["sealed"]
        assert counter_on(desk, one.card_no) == one.counter + 1
    proof = desk.run("verify")
    assert proof["ok"]
    assert proof["taken_fen"] == proof["loaded_fen"] == 20_000
