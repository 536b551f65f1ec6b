"""The window over the real card service: a clean bag of twenty cards, two readers, one key."""

from __future__ import annotations

import json

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import counter_on, people, take_in, take_list

pytestmark = pytest.mark.pcsc

CARDS, YUAN = 20, 100


def test_a_clean_bag_through_the_real_card_service_takes_one_key(desk: Desk) -> None:
    persons = people(CARDS)
    take_in(desk, persons)
    batch = take_list(desk, [(one, str(YUAN)) for one in persons])
    desk.run("batch", "pay", batch, "--tender", "cash", "--yuan", YUAN * CARDS)
    desk.rack("--batch", batch, "--readers", 2, "--true-timing")
    answer = desk.module("tests.kit.one_key", desk.home, batch).answer()
    assert answer.status == 0, str(answer)
    told = json.loads(answer.out.splitlines()[-1])
    assert told == {
        "strokes": 1,
        "states": ["done"],
        "cards": CARDS,
        "loaded_fen": 100 * YUAN * CARDS,
    }
    for one in persons:
        assert counter_on(desk, one.card_no) == one.counter + 1
    assert desk.run("verify")["ok"]
