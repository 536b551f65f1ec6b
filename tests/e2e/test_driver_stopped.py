"""The driver of the reader stops in the middle of a write and answers again: the card is asked."""

from __future__ import annotations

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import (
    changed_bytes,
    counter_on,
    image_of,
    people,
    states_of,
    take_in,
    take_list,
)
from tests.kit.own_service import Counted, make_cards, own_lane
from tests.kit.pcsc import PLENTY_S, until

pytestmark = pytest.mark.pcsc

FEN = 10_000


def test_a_write_is_finished_when_the_driver_answers_again(desk: Desk) -> None:
    """The card service lives all the while and lists the reader."""
    idle, writing = people(2)
    take_in(desk, [idle, writing])
    batch = take_list(desk, [(one, "100") for one in (idle, writing)])
    desk.run("batch", "pay", batch, "--tender", "cash", "--fen", 2 * FEN)
    make_cards(desk, [idle, writing])
    before = image_of(desk, writing.card_no)
    with own_lane(desk) as lane:
        run = lane.run(batch)
        whole = Counted(lane.card(idle.card_no))
        lane.slot.insert(whole)
        run.heard(idle.card_no)
        lane.slot.pull()

        card = Counted(lane.card(writing.card_no), at=whole.commands // 2)
        lane.slot.insert(card)
        assert card.reached.wait(PLENTY_S)
        assert until(lambda: changed_bytes(before, image_of(desk, writing.card_no)) > 0)
        lane.service.stop_driver()
        assert until(lambda: states_of(desk, writing.card_no) == ["outcome_unknown"], 30), str(
            run.told()
        )
        lane.service.start_driver()
        assert until(lambda: states_of(desk, writing.card_no) == ["sealed"], 30), str(run.told())
        lane.slot.pull()
        answer = run.answer()

    assert answer.status == 0, str(answer)
    assert [line["state"] for line in answer.json["lines"]] == ["done"] * 2
    for one in (idle, writing):
        assert counter_on(desk, one.card_no) == one.counter + 1
    proof = desk.run("verify")
    assert proof["ok"], proof["disagreements"]
    assert proof["taken_fen"] == proof["loaded_fen"] == 2 * FEN
