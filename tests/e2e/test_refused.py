"""What the rules refuse at the counter: a clock that ran back, a copied card; no charge."""

from __future__ import annotations

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import counter_on, image_of, meter_takes, people, received, take_in

pytestmark = pytest.mark.pcsc


def test_nothing_is_sold_while_the_clock_runs_behind(desk: Desk) -> None:
    first, second = people(2, money_meters=0)
    take_in(desk, [first, second])
    desk.rack("--account", first.account_no, "--account", second.account_no)
    desk.insert(first.card_no)
    sold = desk.run("top-up", "--money", "50")
    desk.pull()
    desk.insert(second.card_no)

    desk.run("training", "clock", "-2d")
    refused = desk.run("top-up", "--money", "50", status=3)
    assert refused["error"] == "clock_ran_back"
    assert received(desk) == sold["paid"] == 5_000

    desk.run("training", "clock", "+0")
    desk.run("top-up", "--money", "50")
    assert received(desk) == 10_000
    assert counter_on(desk, second.card_no) == second.counter + 1


def test_a_copied_card_is_worth_nothing(desk: Desk) -> None:
    [one] = people(1, money_meters=0)
    take_in(desk, [one])
    desk.rack("--account", one.account_no)
    desk.run("training", "rack", "copy", one.card_no, "twin")
    desk.insert(one.card_no)
    desk.run("top-up", "--volume", "10")
    desk.pull()
    taken = received(desk)

    untouched = image_of(desk, "twin")
    desk.insert("twin")
    refused = desk.run("top-up", "--volume", "10", status=3)
    assert refused["error"] == "counter_below_expected", refused
    assert desk.run("card", "read")["stop"] == "counter_below_expected"
    desk.pull()
    assert image_of(desk, "twin") == untouched
    assert received(desk) == taken

    assert meter_takes(desk, one.card_no) == ("credited", "10")
    desk.insert("twin")
    assert desk.run("top-up", "--volume", "10", status=3)["error"] == "counter_below_expected"
    assert received(desk) == taken
