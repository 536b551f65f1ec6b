"""The flows by which gas companies try cards, at the command line, for all four counter schools."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kit.e2e import Desk
from tests.kit.flows import SCHOOLS, Flow, FlowDesk

pytestmark = [pytest.mark.pcsc, pytest.mark.postgres]


@pytest.fixture(scope="module")
def on_duty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlowDesk]:
    """One desk for all flows: each has a household of its own."""
    with Desk(tmp_path_factory.mktemp("flows")) as desk:
        yield FlowDesk(desk)


@pytest.mark.parametrize("school", SCHOOLS)
def test_open_issue_buy_reverse_buy_reissue_buy_make_up(on_duty: FlowDesk, school: str) -> None:
    flow = Flow(on_duty, school)
    first = flow.opened()
    assert flow.read(first)["stop"] == ""
    flow.buy(first, 10)
    flow.takes(first, 10)
    counted = flow.read(first)["credit"]["purchase_counter"]
    flow.buy(first, 20)
    flow.reverse(first, 20)
    shown = flow.read(first)
    assert shown["pending"] is None
    assert shown["credit"]["purchase_counter"] == counted
    flow.takes_nothing(first)
    flow.buy(first, 30)
    flow.takes(first, 30)
    flow.buy(first, 5)
    second = flow.reissued()
    flow.takes(second, 5)
    assert not float(flow.meter(first)["credited"]), "the lost card turns up"
    flow.buy(second, 7)
    flow.takes(second, 7)
    flow.made_up(second, 3)
    flow.takes(second, 3)
    flow.proven(second, 55_000)
    flow.changed(second)
    flow.takes(second, 55)
    flow.bound(second)
    flow.made_up(second, 2)
    flow.takes(second, 2)
    flow.buy(second, 4)
    flow.reverse(second, 4)
    flow.buy(second, 6)
    flow.takes(second, 6)
    flow.proven(second, 63_000)


@pytest.mark.parametrize("school", SCHOOLS)
def test_reissue_without_a_load_then_make_up_then_buy(on_duty: FlowDesk, school: str) -> None:
    flow = Flow(on_duty, school)
    first = flow.opened()
    second = flow.reissued()
    if school == "cumulative":
        flow.takes_nothing(second)  # this desk loads such a card once it was at home
    flow.made_up(second, 3)
    flow.takes(second, 3)
    flow.buy(second, 4)
    flow.takes(second, 4)
    flow.takes_nothing(first)
    flow.proven(second, 7_000)


@pytest.mark.parametrize("school", SCHOOLS)
def test_meters_of_the_other_kind_go_on_with_what_was_left_and_take_make_up_and_sales(
    on_duty: FlowDesk, school: str
) -> None:
    flow = Flow(on_duty, school)
    card = flow.opened()
    flow.buy(card, 10)
    flow.takes(card, 10)
    there = flow.changed(card, "money")["gas"]
    assert flow.meter(card)["credited"]
    flow.bound(card)
    flow.made_up(card, 5)
    assert flow.meter(card)["credited"]
    bought = on_duty.at_reader(card, "top-up", "--money", 50)
    on_duty.sold_fen += bought["paid"]
    assert flow.meter(card)["credited"]
    flow.proven(card, there + 500 + bought["gas"])
    flow.changed(card)
    back = float(flow.meter(card)["credited"])
    assert back
    flow.bound(card)
    flow.made_up(card, 2)
    flow.takes(card, 2)
    flow.buy(card, 3)
    flow.takes(card, 3)
    flow.proven(card, round(back * 1_000) + 5_000)


@pytest.mark.parametrize("school", SCHOOLS)
def test_a_change_of_meter_is_taken_back_and_the_old_meter_goes_on(
    on_duty: FlowDesk, school: str
) -> None:
    flow = Flow(on_duty, school)
    card, meter_no = flow.opened(), flow.meter_no
    flow.buy(card, 4)
    flow.takes(card, 4)
    flow.change_recorded(card)
    on_duty.at_reader(card, "change-meter", "card", flow.account)
    flow.two("change-meter", "cancel", flow.account, "--why", "the old one goes again")
    assert on_duty.at_reader(card, "change-meter", "card", flow.account)["meter_no"] == meter_no
    flow.meter_no = flow.into = meter_no
    flow.buy(card, 3)
    flow.takes(card, 3)
    flow.proven(card, 7_000)


@pytest.mark.parametrize("school", SCHOOLS)
def test_a_reissue_is_taken_back_and_the_old_card_holds_again(
    on_duty: FlowDesk, school: str
) -> None:
    flow = Flow(on_duty, school)
    first = flow.opened()
    second = flow.reissued()
    flow.two("reissue", "cancel", "--why", "the old card was found", card=second)
    flow.buy(first, 4)
    flow.takes(first, 4)
    flow.proven(first, 4_000)
