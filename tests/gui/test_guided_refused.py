"""A card its household refused, answered on the page of the exceptions with keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from cardstation.domain.custody import Explanation, Party, Where, Why
from cardstation.domain.exception_case import Act
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.services.batch_state import batch_state
from cardstation.services.custody_state import custody_state
from cardstation.services.explain_card import explain_card
from cardstation.services.pay_batch import pay_batch
from cardstation.services.verify import verify
from drivers.virtual import VirtualCard
from tests.kit.handing import hand
from tests.kit.shifts import CHIEF, PINS
from tests.kit.station import card_of, line, neighbours, put_batch
from tests.kit.window_guided import COUNTED_AND_SIGNED, GuidedDesk, guided_desk

Key = Qt.Key
HOMES = neighbours(2)
BATCH = "2026-11-24-01"
SECOND = f"{PINS[CHIEF]}\n"


@pytest.fixture
def guided(tmp_path: Path) -> Iterator[GuidedDesk]:
    with guided_desk(tmp_path / "home", HOMES) as opened:
        yield opened
        proof = verify(opened.desk.station)
        assert proof.ok, proof.disagreements


def refused(guided: GuidedDesk) -> VirtualCard:
    """Both cards went home; the second came back, as its household refused it."""
    desk, station = guided.desk, guided.desk.station
    put_batch(desk, [line(home, row) for row, home in enumerate(HOMES, 2)], BATCH)
    pay_batch(station, BATCH, tender=Tender.CASH, money=Money(20_000))
    hand(station, BATCH, Party.MANAGER, Party.DESK)
    cards = [card_of(home) for home in HOMES]
    for card in cards:
        desk.load(BATCH, card)
    desk.reader.pull()
    hand(station, BATCH, Party.DESK, Party.MANAGER)
    explain_card(station, BATCH, Explanation(Why.REFUSED, (2,)))
    return cards[1]


def test_a_refused_load_comes_off_is_paid_back_and_then_its_household_signs(
    guided: GuidedDesk,
) -> None:
    card = refused(guided)
    guided.choose("kept_refused")
    guided.press(Key.Key_F4, f"{PINS[CHIEF]}\tphoto 4711\n")
    assert guided.window.banner.state.title == f"退气：请放入尾号 {HOMES[1].card_no[-4:]} 的卡"
    guided.put_in(card)
    assert guided.window.banner.state.title == "已退气，请取卡"
    guided.take_out()
    case = guided.choose("kept_refused")
    assert (case.guide.at, case.guide.step.act) == (1, Act.PAY_OUT)
    guided.press(Key.Key_F6, SECOND)
    assert batch_state(guided.desk.station, BATCH).money.remainder == Money(9_744)
    case = guided.choose("kept_refused")
    assert case.guide.step.act is Act.HAND_BACK
    guided.press(Key.Key_F6, COUNTED_AND_SIGNED)
    codes = {one.code for one in guided.cases}
    assert codes == {"batch_money_open", "paper_to_photograph"}


def test_two_say_that_a_household_keeps_the_gas_of_the_card_it_refused(
    guided: GuidedDesk,
) -> None:
    refused(guided)
    guided.choose("kept_refused")
    guided.press(Key.Key_F7, "\n", SECOND)
    assert guided.choose("kept_refused").guide.step.act is Act.HAND_BACK


def test_a_found_card_whose_load_was_made_good_is_destroyed_by_two(guided: GuidedDesk) -> None:
    refused(guided)
    station = guided.desk.station
    for why in (Why.LOST, Why.MADE_GOOD, Why.FOUND):
        explain_card(station, BATCH, Explanation(why, (2,)), Approval(CHIEF))
    guided.choose("load_made_good")
    guided.press(Key.Key_F7, "\n", SECOND)
    assert custody_state(station, BATCH).custody.where[2] is Where.DESTROYED
    assert "load_made_good" not in {one.code for one in guided.cases}
