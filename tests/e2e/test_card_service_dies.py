"""pcscd is killed in the middle of a bag and comes back: said, waited for, nothing lost."""

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
from tests.kit.pcsc import until

pytestmark = pytest.mark.pcsc

GONE = brief("card_service_gone", translator("zh_CN"))


def test_the_bag_goes_on_when_the_card_service_is_back(desk: Desk) -> None:
    persons = people(5)
    take_in(desk, persons)
    batch = take_list(desk, [(one, "100") for one in persons])
    desk.run("batch", "pay", batch, "--tender", "cash", "--fen", 50_000)
    desk.rack("--batch", batch, "--feed", "--pace", "0", "--true-timing")
    idle, writing = persons[1], persons[3]
    untouched = image_of(desk, writing.card_no)

    run = desk.start("batch", "run", batch, "--json")
    run.heard(idle.card_no)
    desk.run("training", "rack", "kill-service")
    run.heard(GONE)
    assert run.alive
    desk.run("training", "rack", "restart-service")

    assert until(lambda: changed_bytes(untouched, image_of(desk, writing.card_no)) > 3, 30)
    before = len(run.err.lines)
    desk.hand("kill-service")
    run.heard(GONE, after=before)
    assert desk.run("readers", status=4)["error"] == "card_service_gone"
    desk.run("training", "rack", "restart-service")
    answer = run.answer()

    assert answer.status == 0, str(answer)
    assert [line["state"] for line in answer.json["lines"]] == ["done"] * 5, str(answer)
    for one in persons:
        assert states_of(desk, one.card_no) == ["sealed"]
        assert counter_on(desk, one.card_no) == one.counter + 1
    proof = desk.run("verify")
    assert proof["ok"]
    assert proof["taken_fen"] == proof["loaded_fen"] == 50_000
