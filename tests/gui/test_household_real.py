"""The page of services over real services and a real card: keys, PINs, and what is on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cardstation.domain.household import HouseholdStatus
from cardstation.domain.money import Money
from cardstation.domain.volume import NO_GAS
from cardstation.services.household_state import household_state
from drivers.virtual import Tear
from tests.kit.household_page import CONFIRM, asked, model_of, services_page
from tests.kit.issuing import blank
from tests.kit.station import card_of, neighbours, take
from tests.kit.window_guided import GuidedDesk
from ui.screens.household.state import Phase, State

Key = Qt.Key
HOME, OTHER = neighbours(2)
NEW = replace(OTHER, purchase_counter=0, bought_this_year=NO_GAS)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[GuidedDesk]:
    with services_page(tmp_path / "home", (HOME, NEW)) as opened:
        yield opened


def test_a_household_is_served_without_its_card(page: GuidedDesk) -> None:
    model = model_of(page)
    model.find(HOME.address.door)
    asked(page, Key.Key_5, paid="cash", money="100")
    assert (model.state.phase, model.state.paper) == (Phase.DONE, True)
    assert page.desk.household(HOME.account_no).balance == Money(10_000)
    of = model.state.facts.of
    assert of is not None
    assert of.household.balance == Money(10_000), "what holds now is shown"
    QTest.keyClick(page.window, Key.Key_Return)
    asked(page, Key.Key_S, why="away for a year, form 118")
    assert page.desk.household(HOME.account_no).status is HouseholdStatus.STOPPED
    QTest.keyClick(page.window, Key.Key_Return)
    asked(page, Key.Key_N, CONFIRM, why="back home, form 119")
    history = household_state(page.desk.station, HOME.account_no).history
    done = ["account_event.restarted", "account_event.stopped", "charge.deposit"]
    assert sorted(one.what for one in history) == done
    QTest.keyClick(page.window, Key.Key_Escape)
    QTest.keyClick(page.window, Key.Key_F7)
    assert model.state.phase is Phase.HISTORY


def test_gas_is_granted_and_loaded_on_the_card_that_lies_there(page: GuidedDesk) -> None:
    model, card = model_of(page), card_of(HOME)
    page.put_in(card)
    assert (model.state.account_no, model.state.by_card) == (HOME.account_no, True)
    texts = {"volume": "20", "document": "WO-7", "why": "its meter never took the load"}
    asked(page, Key.Key_M, CONFIRM, **texts)
    QTest.keyClick(page.window, Key.Key_Return)
    assert model.state.facts.of is not None
    assert len(model.state.facts.of.dues) == 1
    asked(page, Key.Key_L)
    assert (model.state.phase, model.state.paper) == (Phase.DONE, True)
    page.take_out()
    assert model.state == State()
    take(card)
    assert household_state(page.desk.station, HOME.account_no).dues == ()


def test_emergency_gas_on_the_card_says_what_is_owed(page: GuidedDesk) -> None:
    model = model_of(page)
    page.put_in(card_of(HOME))
    asked(page, Key.Key_E, CONFIRM, document="hotline 7", why="no gas in the house tonight")
    QTest.keyClick(page.window, Key.Key_Return)
    asked(page, Key.Key_L)
    assert model.state.done is not None
    owed = page.desk.household(HOME.account_no).arrears
    assert owed
    assert model.state.done.lines[0].fields == {"money": owed}


def test_what_goes_back_for_a_load_is_said_in_figures_before(page: GuidedDesk) -> None:
    model, card = model_of(page), card_of(HOME)
    page.desk.sell(card, "100")
    page.desk.reader.pull()
    page.put_in(card)
    QTest.keyClick(page.window, Key.Key_R)
    told = model.state.preview[1].fields["money"]
    page.press(Key.Key_F2, CONFIRM)
    assert model.state.phase is Phase.REFUSED, "it was out of the reader since"
    QTest.keyClick(page.window, Key.Key_Escape)
    model.type("reading", "photo 118")
    page.press(Key.Key_F2, CONFIRM)
    assert model.state.done is not None
    assert model.state.done.figure == str(told)


def test_a_blank_is_issued_and_given_up_with_another_person(page: GuidedDesk) -> None:
    model = model_of(page)
    model.find(NEW.account_no)
    asked(page, Key.Key_I, maker="CS01")
    assert model.state.phase is Phase.PLACE
    page.put_in(blank())
    assert (model.state.phase, model.state.problem) == (Phase.DONE, None)
    page.take_out()
    model.find(NEW.account_no)
    asked(page, Key.Key_A, CONFIRM, why="it broke in two on the way")
    assert model.state.phase is Phase.DONE, model.state.problem


def test_a_wrong_pin_does_nothing(page: GuidedDesk) -> None:
    model = model_of(page)
    model.find(HOME.account_no)
    texts = {"volume": "20", "document": "WO-7", "why": "its meter never took the load"}
    asked(page, Key.Key_M, "111111\n\x1b", **texts)
    assert model.state.phase is Phase.FORM
    assert household_state(page.desk.station, HOME.account_no).dues == ()


def test_the_card_of_another_is_not_touched(page: GuidedDesk) -> None:
    model, theirs = model_of(page), card_of(HOME)
    before = theirs.image
    model.find(NEW.account_no)
    asked(page, Key.Key_I)
    page.put_in(theirs)
    assert model.state.phase is Phase.PLACE
    assert theirs.image == before


def test_a_card_pulled_in_the_middle_is_finished_when_it_comes_back(page: GuidedDesk) -> None:
    model, card = model_of(page), card_of(HOME)
    page.put_in(card)
    texts = {"volume": "20", "document": "WO-7", "why": "its meter never took the load"}
    asked(page, Key.Key_M, CONFIRM, **texts)
    QTest.keyClick(page.window, Key.Key_Return)
    card.chip.arm(Tear(12))
    asked(page, Key.Key_L)
    assert model.state.phase is Phase.PULLED
    page.take_out()
    assert model.state.phase is Phase.PULLED
    page.put_in(card)
    assert model.state.phase is Phase.DONE
    assert household_state(page.desk.station, HOME.account_no).dues == ()
