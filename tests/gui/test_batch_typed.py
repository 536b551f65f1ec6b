"""What is typed while nobody is on duty is refused, and stays in its field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cardstation.domain.money import NO_MONEY, Money
from cardstation.services.close_shift import close_shift
from cardstation.services.open_shift import open_shift
from tests.kit.full_desk import FIRST, OTHER_PIN, PIN
from tests.kit.lists import lines_of, list_row, taken, with_people
from tests.kit.station import Desk
from tests.kit.window_lists import CHAT, HOMES, lay, lists_stage
from tests.kit.window_stage import Stage, application
from ui.screens.batch import BatchView
from ui.screens.batch.lists_state import Page

Shown = tuple[Stage, Desk]


def _unseen(_widget: QWidget, _name: str) -> None: ...


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Shown]:
    """The batch screen; whoever was on duty handed over, and nobody is."""
    stage, desk = lists_stage(tmp_path / "home", "zh_CN", "light", _unseen)
    with_people(desk)
    close_shift(desk.station, OTHER_PIN, counted=NO_MONEY, handed_to=FIRST, handed_pin=PIN)
    stage.window.go("batch")
    yield stage, desk
    stage.window.close()
    stage.window.deleteLater()
    application().processEvents()
    desk.station.store.close()


def view_of(stage: Stage) -> BatchView:
    found = stage.window.view("batch")
    assert isinstance(found, BatchView)
    return found


def at_the_door(stage: Stage, desk: Desk) -> str:
    batch_id = taken(desk.station, [list_row(HOMES[0])]).batch_id
    stage.batch.model.open(batch_id)
    stage.batch.lists.open_door("")
    return batch_id


@pytest.mark.parametrize("newer", [False, True])
def test_pasted_text_stays_until_somebody_is_on_duty(shown: Shown, *, newer: bool) -> None:
    stage, desk = shown
    if newer:
        stage.batch.model.open(taken(desk.station, [list_row(HOMES[0])]).batch_id)
    stage.batch.lists.paste()
    page = view_of(stage).over.paste
    page.text.setPlainText(CHAT)
    stage.batch.lists.take_text(CHAT)
    assert stage.batch.lists.state.page is Page.PASTE
    assert page.text.toPlainText() == CHAT
    open_shift(desk.station, FIRST, PIN, float_money=NO_MONEY)
    stage.batch.lists.take_text(CHAT)
    assert stage.batch.lists.state.page is (Page.COMPARE if newer else Page.NONE)


def test_a_number_and_its_amount_stay_at_the_door(shown: Shown, qtbot: QtBot) -> None:
    stage, desk = shown
    batch_id = at_the_door(stage, desk)
    page = view_of(stage).over.door
    for field, typed in ((page.number, HOMES[4].account_no), (page.amount, "50")):
        qtbot.keyClicks(field, typed)
        qtbot.keyClick(field, Qt.Key.Key_Return)
    problem = stage.batch.lists.door.state.problem
    assert problem is not None
    assert problem.code == "no_shift"
    assert (page.number.text(), page.amount.text()) == (HOMES[4].account_no, "50")
    open_shift(desk.station, FIRST, PIN, float_money=NO_MONEY)
    for field in (page.number, page.amount):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert lines_of(desk.station, batch_id)[-1].money == Money(5_000)
    assert (page.number.text(), page.amount.text()) == ("", "")


def test_a_card_and_its_amount_stay_at_the_door(shown: Shown, qtbot: QtBot) -> None:
    stage, desk = shown
    batch_id = at_the_door(stage, desk)
    page = view_of(stage).over.door
    lay(stage, HOMES[4])
    qtbot.keyClicks(page.amount, "50")
    qtbot.keyClick(page.amount, Qt.Key.Key_Return)
    assert (stage.batch.lists.door.state.household, page.amount.text()) == (HOMES[4], "50")
    open_shift(desk.station, FIRST, PIN, float_money=NO_MONEY)
    qtbot.keyClick(page.amount, Qt.Key.Key_Return)
    line = lines_of(desk.station, batch_id)[-1]
    assert (line.money, line.ground) == (Money(5_000), "card_read")
