"""Tool cards against work orders: made by two on a blank, used by meters, taken back, lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.ledger import PEOPLE
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.tool_book import ToolLost, ToolStatus
from cardstation.domain.tool_card import Tool
from cardstation.domain.topup import Work
from cardstation.domain.volume import Volume
from cardstation.errors import LedgerUnreachable, Refusal
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.grant_gas import grant_gas
from cardstation.services.intent.facts import stamp
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.tool_work import begun_tool
from cardstation.services.lose_tool_card import lose_tool_card
from cardstation.services.recover import recover
from cardstation.services.settle_tool_gas import settle_tool_gas
from cardstation.services.sync import sync
from cardstation.services.tool_cards_state import tool_cards_state
from cardstation.services.verify import verify
from drivers.layouts.open4442 import OPEN4442
from drivers.layouts.records import amount
from drivers.virtual import Moment, Tear, VirtualCard
from drivers.virtual.card import new_chip
from drivers.virtual.meter_life import tampered
from tests.kit import cards
from tests.kit.issuing import issue, newcomer
from tests.kit.station import MAKERS, Desk, card_of, neighbours, open_desk
from tests.kit.tooling import (
    METER,
    NOW,
    SECOND,
    WHY,
    every,
    make,
    meter,
    order,
    shown,
    stopped_by,
    take_back,
    used,
)

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Opens desks, each in a folder of its own."""
    with ExitStack() as stack:

        def one(name: str = "here", **said: Any) -> Desk:
            desk = open_desk(tmp_path / name, **said)
            stack.callback(desk.station.store.close)
            return desk

        yield one


@pytest.fixture
def desk(opened: Callable[..., Desk]) -> Desk:
    return opened()


@pytest.mark.parametrize("tool", list(Tool))
def test_a_card_is_made_used_and_taken_back(desk: Desk, tool: Tool) -> None:
    card = VirtualCard()
    slip = make(desk, card, order(tool, uses=2))
    assert (slip.work, slip.holder, slip.approver) == (Work.TOOL, "李师傅", SECOND.name)
    assert shown(card).card == slip.content.card
    assert slip.content.card.tool_no == "T00001000001"
    assert card.chip.secret == desk.station.keys.code_for("CS01", "T00001000001", 3)
    assert [one.status for one in tool_cards_state(desk.station)] == [ToolStatus.OUT]
    used(card)
    back = take_back(desk, card)
    assert (back.work, back.content.uses[0].meter_no) == (Work.TOOL_BACK, METER)
    assert amount(back.content.uses[0].residual) == 3_500
    assert OPEN4442.is_blank(card.image)
    assert card.chip.secret == b"\xff\xff\xff"
    assert not tool_cards_state(desk.station)
    assert [one.status for one in every(desk)] == [ToolStatus.BACK]
    assert every(desk)[0].content == back.content
    assert desk.kinds() == ["tool_card", "card_armed", "card_written"] * 2
    sync(desk.station)
    proven = verify(desk.station)
    assert (proven.ok, proven.acked_seq) == (True, 6)
    assert not recover(desk.station)


def test_a_cleared_tool_card_is_issued_to_a_household(opened: Callable[..., Desk]) -> None:
    home = newcomer(MAKERS[0])
    desk, card = opened(households=[home]), VirtualCard()
    make(desk, card)
    take_back(desk, card, as_it_is=True)
    assert issue(desk, card, home).work == Work.ISSUE


def test_what_a_change_card_brought_home_is_there_for_others(desk: Desk) -> None:
    card = VirtualCard()
    make(desk, card, order(Tool.CHANGE))
    old = used(card, purchase_counter=7)
    assert (old.state.residual, old.state.account_no) == (0, "")
    home = take_back(desk, card).content.brought_home
    assert home is not None
    assert (home.meter_no, home.purchase_counter, amount(home.residual)) == (METER, 7, 3_500)


def test_what_came_home_is_an_open_case_until_it_is_given_to_the_household(desk: Desk) -> None:
    card = VirtualCard()
    make(desk, card, order(Tool.CHANGE))
    used(card, purchase_counter=7)
    assert not exceptions_state(desk.station)
    take_back(desk, card)
    [one] = exceptions_state(desk.station)
    assert (one.code, one.overdue) == ("tool_gas_to_book", False)
    assert (one.values["left"], one.values["count"]) == ("3.5 m³", 7)
    gas = Volume(3_500)
    account_no = cards.household().account_no
    grant_gas(desk.station, account_no, gas, Tender.CARRIED, "GD-1", SECOND, WHY)
    assert not exceptions_state(desk.station)


@pytest.mark.parametrize("new", [False, True], ids=["out of the old", "into the new"])
def test_pulled_early_nothing_is_granted_before_somebody_looked(desk: Desk, *, new: bool) -> None:
    """The gas may be in the meter: a case of its own, ended by two who looked."""
    card = VirtualCard()
    number = make(desk, card, order(Tool.CHANGE)).content.card.tool_no
    if new:
        used(card)
    there = {"meter_no": "QM0000000002", "account_no": "", "residual": 0} if new else {}
    take_back(desk, pulled(card, **there), as_it_is=True)
    [one] = exceptions_state(desk.station)
    assert (one.code, one.values["left"]) == ("tool_gas_in_doubt", "3.5 m³")
    settled = settle_tool_gas(desk.station, number, SECOND, "the meter shows 3.5 and gives gas")
    assert (settled.status, settled.settled) == (
        ToolStatus.BACK,
        "the meter shows 3.5 and gives gas",
    )
    assert not exceptions_state(desk.station)
    with pytest.raises(Refusal, match="tool_gas_settled"):
        settle_tool_gas(desk.station, number, SECOND, WHY)
    assert verify(desk.station).ok


def test_what_a_clear_card_made_void_is_a_case_too(desk: Desk) -> None:
    card = VirtualCard()
    make(desk, card, order(Tool.CLEAR))
    used(card)
    take_back(desk, card)
    assert [one.code for one in exceptions_state(desk.station)] == ["tool_gas_to_book"]


def test_what_went_into_the_new_meter_is_no_case(desk: Desk) -> None:
    card = VirtualCard()
    make(desk, card, order(Tool.CHANGE))
    used(card)
    assert meter(meter_no="QM0000000002", account_no="", residual=0).use(card, at=NOW).did
    take_back(desk, card)
    assert not exceptions_state(desk.station)


def test_the_entry_says_who_gave_what_to_whom(desk: Desk) -> None:
    make(desk, VirtualCard(), order(Tool.TEST, uses=3))
    with desk.station.store.reading() as reading:
        stored = reading.journal.at(1)
    assert stored is not None
    entry = stored.entry
    assert (entry.subject, entry.meter_no, entry.litres) == ("T00001000001", METER, 1_500)
    assert (entry.approver, entry.witness) == (SECOND.name, PEOPLE + WHY)
    assert "李师傅" in entry.detail
    assert entry.account_no == cards.household().account_no


def test_one_person_alone_makes_none_and_takes_none_back(desk: Desk) -> None:
    card = VirtualCard()
    alone = Approval(desk.station.clerk)
    assert stopped_by(make, desk, card, approval=alone) == "second_person_same"
    make(desk, card)
    image = card.image
    assert stopped_by(take_back, desk, card, alone) == "second_person_same"
    assert card.image == image


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"meter_no": ""}, "tool_needs_meter"),
        ({"meter_no": "QM0000000001"}, "tool_meter_not_on_file"),
        ({"work_order": ""}, "tool_order_missing"),
        ({"work_order": "工单1"}, "tool_order_missing"),
        ({"work_order": "GD-1234567890-123"}, "tool_order_missing"),
        ({"holder": " "}, "tool_holder_missing"),
        ({"test_gas": Volume(1)}, "tool_gas_wrong"),
        ({"tool": Tool.TEST}, "tool_gas_wrong"),
        ({"uses": 0}, "tool_uses_wrong"),
        ({"uses": 5}, "tool_uses_wrong"),
        ({"valid_until": NOW}, "tool_date_wrong"),
        ({"valid_until": NOW + timedelta(days=91)}, "tool_date_wrong"),
        ({"maker": "CS99"}, "maker_not_said"),
        ({"maker": ""}, "maker_not_said"),
    ],
)
def test_what_is_asked_wrong_is_refused_and_nothing_written(
    desk: Desk, said: dict[str, object], code: str
) -> None:
    card = VirtualCard()
    image = card.image
    assert stopped_by(make, desk, card, replace(order(), **said)) == code
    assert card.image == image
    assert desk.kinds() == []


def test_the_maker_is_known_from_the_card_that_was_loaded_last(desk: Desk) -> None:
    unsaid = order(maker="")
    assert stopped_by(make, desk, VirtualCard(), unsaid) == "maker_not_said"
    desk.sell(card_of(cards.household()))
    assert make(desk, VirtualCard(), unsaid).content.card.maker == "CS01"


def test_a_meter_nobody_has_yet_is_tested(desk: Desk) -> None:
    new = order(Tool.TEST, meter_no="QM0000000001")
    assert make(desk, VirtualCard(), new).account_no == ""


def test_meters_of_other_chips_have_no_tool_cards(opened: Callable[..., Desk]) -> None:
    desk = opened(households=[replace(cards.household(), chip="at24c02")])
    assert stopped_by(make, desk, VirtualCard()) == "no_tool_layout"


def test_a_large_chip_has_them(opened: Callable[..., Desk]) -> None:
    home = replace(cards.household(), chip="sle4428")
    desk, card = opened(households=[home]), VirtualCard(new_chip("sle4428"))
    large = order(maker=next(one.code for one in MAKERS if one.layout == "open4428"))
    assert make(desk, card, large).content.card == shown(card).card
    second = replace(large, work_order="GD-2")
    assert stopped_by(make, desk, VirtualCard(), second) == "card_of_other_chip"


def test_only_a_blank_becomes_a_tool_card(desk: Desk) -> None:
    tool = VirtualCard()
    make(desk, tool)
    for card in (card_of(cards.household()), tool):
        image = card.image
        assert stopped_by(make, desk, card, order(work_order="GD-2")) == "not_blank"
        assert card.image == image


def test_a_household_card_is_no_tool_card_and_the_other_way_round(desk: Desk) -> None:
    card, tool = card_of(cards.household()), VirtualCard()
    assert stopped_by(take_back, desk, card) == "not_a_tool_card"
    make(desk, tool)
    with pytest.raises(Refusal) as stop:
        desk.insert(tool)
    assert stop.value.code == "tool_card"
    assert stop.value.values["work_order"] == "GD-1"
    assert stopped_by(issue, desk, tool, cards.household()) == "not_blank"


def test_every_card_has_a_number_of_its_own(desk: Desk) -> None:
    numbers = [make(desk, VirtualCard()).content.card.tool_no for _ in range(2)]
    assert numbers == ["T00001000001", "T00001000002"]


def test_free_gas_is_money(desk: Desk) -> None:
    """Test gas counts against what a desk may give before the ledger has heard of it."""
    desk.station = replace(desk.station, free_gas=Volume(2_500))
    make(desk, VirtualCard(), order(Tool.TEST, uses=4))
    sync(desk.station)
    heard, desk.ledger.boundary = desk.ledger.boundary, _cut_off
    make(desk, VirtualCard(), order(Tool.TEST, uses=4, work_order="GD-2"))
    assert stopped_by(make, desk, VirtualCard(), order(Tool.TEST, uses=2, work_order="GD-3")) == (
        "free_gas_limit"
    )
    desk.ledger.boundary = heard
    make(desk, VirtualCard(), order(Tool.TEST, uses=2, work_order="GD-3"))


def _cut_off(_name: str) -> None:
    raise LedgerUnreachable


def test_another_desks_tool_card_stays_as_it_is(opened: Callable[..., Desk]) -> None:
    desk, other, card = opened(), opened("other"), VirtualCard()
    other.station = replace(other.station, name="S002", number=2)
    make(other, card)
    image = card.image
    assert stopped_by(take_back, desk, card) == "tool_card_not_ours"
    assert card.image == image


def pulled(card: VirtualCard, **state: Any) -> VirtualCard:
    """The same card, out of the meter right before that said it was done."""
    for step in range(200):
        tried = card.copy()
        meter(**state).use(tried, at=NOW, cut=Tear(step, Moment.BEFORE))
        if shown(tried).unfinished:
            return tried
    pytest.fail("no step leaves a use unfinished")


def test_a_use_that_no_meter_ended_is_named_first(desk: Desk) -> None:
    card = VirtualCard()
    make(desk, card, order(Tool.CLEAR))
    card = pulled(card)
    image = card.image
    assert stopped_by(take_back, desk, card) == "tool_use_unfinished"
    assert card.image == image
    back = take_back(desk, card, as_it_is=True)
    assert back.content.unfinished
    assert back.content.brought_home is None


def test_a_card_nobody_used_is_taken_back(desk: Desk) -> None:
    card = VirtualCard()
    make(desk, card)
    assert take_back(desk, card).content.uses == ()


def test_a_lost_card_is_lost_by_two_and_may_be_found(desk: Desk) -> None:
    card = VirtualCard()
    make(desk, card)
    number = shown(card).card.tool_no
    with pytest.raises(Refusal, match="second_person_same"):
        lose_tool_card(desk.station, number, Approval(desk.station.clerk), WHY)
    with pytest.raises(Refusal, match="no_tool_card"):
        lose_tool_card(desk.station, "T00001000009", SECOND, WHY)
    assert lose_tool_card(desk.station, number, SECOND, WHY).status is ToolStatus.LOST
    with pytest.raises(Refusal, match="tool_card_ended"):
        lose_tool_card(desk.station, number, SECOND, WHY)
    assert not tool_cards_state(desk.station)
    take_back(desk, card)
    assert [one.status for one in every(desk)] == [ToolStatus.BACK]


def test_a_card_is_overdue_after_its_last_day(desk: Desk) -> None:
    make(desk, VirtualCard())
    assert [one.overdue for one in every(desk)] == [False]
    desk.clock.at += timedelta(days=4)
    assert [one.overdue for one in every(desk)] == [True]


def test_an_unlocked_meter_gives_gas_again(desk: Desk) -> None:
    card, there = VirtualCard(), meter()
    there.state = tampered(there.state, "magnet")
    make(desk, card)
    assert there.consume(Volume(100)) == Volume(0)
    there.use(card, at=NOW)
    assert there.consume(Volume(100)) == Volume(100)
    assert take_back(desk, card).content.uses[0].flags == ("magnet", "valve_closed")


def test_a_neighbours_meter_takes_it_not(desk: Desk) -> None:
    card = VirtualCard()
    make(desk, card)
    assert not meter(meter_no=neighbours(1)[0].meter.meter_no).use(card, at=NOW).did


def test_another_chip_in_the_reader_is_no_tool_card(desk: Desk) -> None:
    assert stopped_by(take_back, desk, VirtualCard(new_chip("at88sc102"))) == "not_a_tool_card"


def test_a_fact_that_the_journal_does_not_know_is_found(desk: Desk) -> None:
    slip = make(desk, VirtualCard())
    number = slip.content.card.tool_no
    with desk.station.store.unit() as unit:
        unit.tool_cards.add(ToolLost(number, WHY), seq=2)
        unit.commit()
    found = {one.code for one in verify(desk.station).disagreements}
    assert "tool_card_disagrees" in found


def test_a_work_that_no_fact_names_is_found(desk: Desk) -> None:
    card = make(desk, VirtualCard()).content.card
    stray = replace(card, tool_no="T00001000009")
    work = begun_tool(desk.station, new_id(desk.clock), Work.TOOL, stray, b"")
    with desk.station.store.unit() as unit:
        unit.topups.add(work, stamp(desk.station))
        unit.commit()
    found = {one.code for one in verify(desk.station).disagreements}
    assert "tool_card_without_work" in found
