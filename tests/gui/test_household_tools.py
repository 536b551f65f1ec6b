"""Cards of fitters on the page of services, over real services and real cards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cardstation.domain.tool_book import ToolStatus
from cardstation.services.household_state import household_state
from cardstation.services.tool_cards_state import tool_cards_state
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit.household_page import CONFIRM, asked, model_of, services_page
from tests.kit.station import card_of, neighbours
from tests.kit.tooling import used
from tests.kit.window_guided import GuidedDesk
from tests.kit.window_stage import Stage
from tests.kit.window_torn import until
from ui.screens.exceptions import ExceptionsScreen
from ui.screens.household.state import Phase

Key = Qt.Key
[HOME] = neighbours(1)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[GuidedDesk]:
    with services_page(tmp_path / "home", (HOME,)) as opened:
        opened.desk.sell(card_of(HOME))
        opened.desk.reader.pull()
        yield opened


def made(page: GuidedDesk, tool: str) -> VirtualCard:
    """A card that the fitter took along."""
    model, card = model_of(page), VirtualCard()
    model.find(HOME.account_no)
    last_day = f"{page.desk.clock.now() + timedelta(days=3):%Y-%m-%d}"
    asked(page, Key.Key_O, CONFIRM, tool=tool, order="GD-7", holder="李师傅", until=last_day)
    assert model.state.phase is Phase.PLACE
    page.put_in(card)
    assert (model.state.phase, model.state.problem) == (Phase.DONE, None)
    page.take_out()
    return card


def status(page: GuidedDesk) -> list[ToolStatus]:
    return [one.status for one in tool_cards_state(page.desk.station, every=True)]


def taken_back(page: GuidedDesk, card: VirtualCard) -> list[str]:
    """Returns what is said of it."""
    model = model_of(page)
    asked(page, Key.Key_V, CONFIRM, why="the fitter was there and is back")
    assert model.state.phase is Phase.PLACE
    page.put_in(card)
    assert (model.state.phase, model.state.problem) == (Phase.DONE, None)
    done = model.state.done
    page.take_out()
    assert done is not None
    return [line.text for line in done.lines]


def test_a_tool_card_goes_out_and_comes_back_by_keys(page: GuidedDesk) -> None:
    card = made(page, "test 500")
    assert status(page) == [ToolStatus.OUT]
    there: VirtualMeter = used(
        card, page.desk.clock.now(), meter_no=HOME.meter.meter_no, account_no=HOME.account_no
    )
    assert there.state.used_litres == 500
    assert taken_back(page, card)[-1] == "The card is blank again."
    assert status(page) == [ToolStatus.BACK]


def test_a_lost_one_is_said_to_be_lost(page: GuidedDesk) -> None:
    made(page, "unlock")
    model = model_of(page)
    asked(page, Key.Key_J, CONFIRM, tool_no="T00001000001", why="it fell out of the pocket")
    assert model.state.phase is Phase.DONE, model.state.problem
    assert status(page) == [ToolStatus.LOST]


def test_what_came_home_is_said_with_its_figures(page: GuidedDesk) -> None:
    card = made(page, "change")
    used(card, page.desk.clock.now(), meter_no=HOME.meter.meter_no, account_no=HOME.account_no)
    assert any("figures of the old meter" in one for one in taken_back(page, card))
    page.window.go("exceptions")
    shown = page.window.session.screens["exceptions"]
    assert isinstance(shown, ExceptionsScreen)
    assert [one.code for one in shown.model.state.items or ()] == ["tool_gas_to_book"]
    page.window.go("household")
    asked(page, Key.Key_Y, CONFIRM, tool_no="T00001000001", why="the new meter shows all of it")
    assert model_of(page).state.phase is Phase.DONE, model_of(page).state.problem
    page.window.go("exceptions")
    assert not shown.model.state.items


def test_who_has_which_card_is_listed(page: GuidedDesk) -> None:
    made(page, "unlock")
    model_of(page).find(HOME.account_no)
    QTest.keyClick(page.window, Key.Key_0)
    until(lambda: len(model_of(page).state.preview) == 2)
    row = model_of(page).state.preview[1]
    assert row.text == "With the fitter: {card}"
    assert "李师傅" in str(row.fields["card"])


def test_the_overdue_come_first_and_the_rest_is_counted(desk: Stage) -> None:
    model = desk.household.model
    desk.window.go("household")
    model.choose("tool_list")
    said = model.state.preview
    assert said[0].fields == {"n": 11, "late": 1}
    assert said[1].text == "Overdue: {card}"
    assert said[-1].fields == {"n": 3}
    model.go()
    assert model.state.done is not None
    assert model.state.done.figure == "11"


def test_a_reported_card_is_used_again_by_two(page: GuidedDesk) -> None:
    station = page.desk.station
    with station.store.unit() as unit:
        unit.blocked.replace({HOME.card_no: "lost"})
        unit.commit()
    model_of(page).find(HOME.account_no)
    asked(page, Key.Key_D, CONFIRM, why="found in the drawer at home")
    assert model_of(page).state.phase is Phase.DONE, model_of(page).state.problem
    assert not household_state(station, HOME.account_no).blocked
