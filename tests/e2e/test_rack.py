"""The rack's hands by the command line: what a trainer types before a class."""

from __future__ import annotations

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import people, take_in
from tests.kit.pcsc import until

pytestmark = pytest.mark.pcsc


def lies(desk: Desk) -> bool:
    return bool(desk.run("readers")["readers"][0]["card"])


def test_the_hands_of_the_rack(desk: Desk) -> None:
    first, second = people(2, money_meters=0)
    take_in(desk, [first, second])
    ready = desk.rack("--account", first.account_no, "--dialect", "omnikey")
    assert (ready["cards"], ready["dialect"]) == ([first.card_no], "omnikey")
    again = desk.run("training", "rack", "serve", status=3)
    assert again["error"] == "rack_already_serving"

    rack = ("training", "rack")
    assert desk.run(*rack, "make", second.account_no)["card"] == second.card_no
    desk.run(*rack, "copy", first.card_no, "twin")
    desk.run(*rack, "insert", first.card_no, "--pull-after", "2")
    assert until(lambda: lies(desk)), "the card service looks every 0.4 s"
    full = desk.run(*rack, "insert", "twin", status=3)
    assert (full["error"], full["values"]) == ("reader_not_empty", {"card": first.card_no})
    listed = desk.run(*rack, "list")
    assert listed["in_reader"] == first.card_no
    assert set(listed["cards"]) == {first.card_no, second.card_no, "twin"}

    assert desk.run("top-up", "--volume", "5", status=5)["error"] == "outcome_unknown"
    assert desk.run(*rack, "list")["in_reader"] == ""
    desk.run(*rack, "insert", "twin")
    assert desk.run(*rack, "pull")["in_reader"] == ""
    assert until(lambda: not lies(desk))
    assert desk.run("card", "read", "--wait", "0", status=4)["error"] == "no_card"

    desk.kill_rack()
    assert desk.run(*rack, "list", status=4)["error"] == "rack_not_serving"
    desk.rack("--account", first.account_no)
    desk.run(*rack, "insert", first.card_no)
    assert desk.run("card", "read")["intent"]["state"] == "outcome_unknown"
    assert desk.run(*rack, "stop") == {"stopped": True}
    assert desk.rack_ended().status == 0
