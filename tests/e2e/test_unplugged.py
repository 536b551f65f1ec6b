"""The reader is unplugged in the middle of a bag: said, waited for, and the card is asked."""

from __future__ import annotations

import pytest

from cardstation.i18n import translator
from cardstation.sentences import brief
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

GONE = brief("reader_gone", translator("zh_CN"))


def test_a_bag_goes_on_when_the_reader_is_plugged_in_again(desk: Desk) -> None:
    idle, writing, last = people(3)
    batch = paid_bag(desk, [idle, writing, last])
    make_cards(desk, [idle, writing, last])
    before = image_of(desk, writing.card_no)
    with own_lane(desk) as lane:
        run = lane.run(batch)
        lane.slot.insert(lane.card(idle.card_no))
        run.heard(idle.card_no)
        lane.slot.pull()
        lane.service.unplug()
        run.heard(GONE)
        lane.service.plug()

        card = MidWrite(lane.card(writing.card_no))
        lane.slot.insert(card)
        assert card.reached.wait(PLENTY_S)
        assert changed_bytes(before, image_of(desk, writing.card_no)) > 0
        said = len(run.err.lines)
        lane.service.unplug()
        card.go_on.set()
        run.heard(GONE, after=said)
        lane.service.plug()
        assert until(lambda: states_of(desk, writing.card_no) == ["sealed"], 30), str(run.told())
        lane.slot.pull()
        lane.slot.insert(lane.card(last.card_no))
        answer = run.answer()

    prove_bag(desk, [idle, writing, last], answer)
