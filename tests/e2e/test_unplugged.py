"""The reader is unplugged in the middle of a bag: said, waited for, and the card is asked."""

from __future__ import annotations

import pytest

from cardstation.i18n import translator
from cardstation.sentences import brief
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

GONE = brief("reader_gone", translator("zh_CN"))
FEN = 10_000


def test_a_bag_goes_on_when_the_reader_is_plugged_in_again(desk: Desk) -> None:
    idle, writing, last = people(3)
    take_in(desk, [idle, writing, last])
    batch = take_list(desk, [(one, "100") for one in (idle, writing, last)])
    desk.run("batch", "pay", batch, "--tender", "cash", "--fen", 3 * FEN)
    make_cards(desk, [idle, writing, last])
    before = image_of(desk, writing.card_no)
    with own_lane(desk) as lane:
        run = lane.run(batch)
        whole = Counted(lane.card(idle.card_no))
        lane.slot.insert(whole)
        run.heard(idle.card_no)
        lane.slot.pull()
        lane.service.unplug()
        run.heard(GONE)
        lane.service.plug()

        card = Counted(lane.card(writing.card_no), at=whole.commands // 2)
        lane.slot.insert(card)
        assert card.reached.wait(PLENTY_S)
        assert until(lambda: changed_bytes(before, image_of(desk, writing.card_no)) > 0)
        said = len(run.err.lines)
        lane.service.unplug()
        run.heard(GONE, after=said)
        lane.service.plug()
        assert until(lambda: states_of(desk, writing.card_no) == ["sealed"], 30), str(run.told())
        lane.slot.pull()
        lane.slot.insert(lane.card(last.card_no))
        answer = run.answer()

    assert answer.status == 0, str(answer)
    assert [line["state"] for line in answer.json["lines"]] == ["done"] * 3
    for one in (idle, writing, last):
        assert counter_on(desk, one.card_no) == one.counter + 1
    proof = desk.run("verify")
    assert proof["ok"], proof["disagreements"]
    assert proof["taken_fen"] == proof["loaded_fen"] == 3 * FEN
