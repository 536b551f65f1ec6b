"""pcscd is killed in the middle of a bag and comes back: said, waited for, nothing lost."""

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
)
from tests.kit.pcsc import until

pytestmark = pytest.mark.pcsc

GONE = brief("card_service_gone", translator("zh_CN"))


def test_the_bag_goes_on_when_the_card_service_is_back(desk: Desk) -> None:
    persons = people(5)
    batch = paid_bag(desk, persons)
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

    prove_bag(desk, persons, answer)
