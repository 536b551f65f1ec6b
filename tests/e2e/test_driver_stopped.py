"""The driver of the reader stops in the middle of a write and answers again: the card is asked."""

from __future__ import annotations

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import (
    changed_bytes,
    image_of,
    paid_bag,
    people,
    prove_bag,
    states_of,
)
from tests.kit.own_service import MidWrite, make_cards, own_lane
from tests.kit.pcsc import PLENTY_S, until

pytestmark = pytest.mark.pcsc


def test_a_write_is_finished_when_the_driver_answers_again(desk: Desk) -> None:
    """The card service lives all the while and lists the reader."""
    idle, writing = people(2)
    batch = paid_bag(desk, [idle, writing])
    make_cards(desk, [idle, writing])
    before = image_of(desk, writing.card_no)
    with own_lane(desk) as lane:
        run = lane.run(batch)
        lane.slot.insert(lane.card(idle.card_no))
        run.heard(idle.card_no)
        lane.slot.pull()

        card = MidWrite(lane.card(writing.card_no))
        lane.slot.insert(card)
        assert card.reached.wait(PLENTY_S)
        assert changed_bytes(before, image_of(desk, writing.card_no)) > 0
        lane.service.stop_driver()
        card.go_on.set()
        assert until(lambda: states_of(desk, writing.card_no) == ["outcome_unknown"], 30), str(
            run.told()
        )
        lane.service.start_driver()
        assert until(lambda: states_of(desk, writing.card_no) == ["sealed"], 30), str(run.told())
        lane.slot.pull()
        answer = run.answer()

    prove_bag(desk, [idle, writing], answer)
