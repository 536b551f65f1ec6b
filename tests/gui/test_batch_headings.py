"""Headings nobody understood: whose they are, of the first list and of a newer one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cardstation.domain.batch import Whose
from cardstation.services.import_list import import_list
from tests.kit.lists import lines_of
from tests.kit.station import Desk
from tests.kit.window_lists import list_text, lists_stage
from tests.kit.window_stage import Stage, application
from tests.kit.workbook import write_workbook
from ui.screens.batch import BatchView
from ui.screens.batch.headings_page import HeadingsPage
from ui.screens.batch.lists_state import Page

Shown = tuple[Stage, Desk]
OURS = "车位,片片,谁家,哪里,多少呀"


def _unseen(_widget: QWidget, _name: str) -> None: ...


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Shown]:
    stage, desk = lists_stage(tmp_path / "home", "zh_CN", "light", _unseen)
    stage.window.go("batch")
    yield stage, desk
    stage.window.close()
    stage.window.deleteLater()
    application().processEvents()
    desk.station.store.close()


def page_of(stage: Stage) -> HeadingsPage:
    found = stage.window.view("batch")
    assert isinstance(found, BatchView)
    return found.over.headings


def explain(stage: Stage, qtbot: QtBot) -> None:
    page = page_of(stage)
    for digit in "12345":
        page.table.select(int(digit) - 1)
        qtbot.keyClicks(page.table, digit)


def unread(folder: Path, yuan: int, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(list_text(yuan=yuan).replace("户号,卡号,户主,门牌,金额", OURS), "utf-8")
    return path


def say_manager(stage: Stage, name: str) -> None:
    page_of(stage).manager.setText(name)
    page_of(stage).manager.editingFinished.emit()


def batch_of(stage: Stage) -> tuple[str, str]:
    standing = stage.batch.lists.state.standing
    assert standing is not None
    return standing.batch.batch_id, standing.batch.manager


@pytest.mark.parametrize("way", ["taken", "left", "another"])
def test_the_next_list_is_not_the_last_managers(
    shown: Shown, tmp_path: Path, qtbot: QtBot, way: str
) -> None:
    stage, _ = shown
    stage.batch.model.take_in(unread(tmp_path, 100))
    say_manager(stage, "甲物业")
    if way == "taken":
        explain(stage, qtbot)
        qtbot.keyClick(page_of(stage).table, Qt.Key.Key_Return)
        assert batch_of(stage)[1] == "甲物业"
        stage.batch.model.leave()
    elif way == "left":
        stage.batch.lists.close()
    stage.batch.model.take_in(unread(tmp_path, 80))
    assert page_of(stage).manager.text() == ""
    explain(stage, qtbot)
    qtbot.keyClick(page_of(stage).table, Qt.Key.Key_Return)
    assert batch_of(stage)[1] == ""


def test_a_name_that_was_typed_and_left_by_esc_stays_nowhere(shown: Shown, tmp_path: Path) -> None:
    stage, _ = shown
    stage.batch.model.take_in(unread(tmp_path, 100))
    page_of(stage).manager.setText("甲物业")
    stage.batch.lists.close()
    assert page_of(stage).manager.text() == ""
    say_manager(stage, "乙物业")
    assert stage.batch.lists.state.page is Page.NONE


@pytest.mark.parametrize("manager", ["甲物业", ""])
def test_a_newer_list_in_headings_of_its_own_is_explained_and_compared(
    shown: Shown, tmp_path: Path, qtbot: QtBot, manager: str
) -> None:
    stage, desk = shown
    first = tmp_path / "first.csv"
    first.write_text(list_text(), "utf-8")
    batch_id = import_list(desk.station, first, Whose(manager=manager)).batch_id
    stage.batch.model.open(batch_id)
    lists = stage.batch.lists
    lists.newer(unread(tmp_path, 150))
    assert lists.state.page is Page.HEADINGS
    page = page_of(stage)
    assert (page.manager.text(), page.manager.isReadOnly()) == (manager, True)
    explain(stage, qtbot)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert lists.state.page is Page.COMPARE
    lists.take_revision()
    assert sum(one.withdrawn == "revised" for one in lines_of(desk.station, batch_id)) == 12
    lists.newer(unread(tmp_path, 200))
    assert lists.state.page is (Page.COMPARE if manager else Page.HEADINGS)


def test_a_sheet_of_a_newer_list_in_headings_of_its_own_is_explained(
    shown: Shown, tmp_path: Path
) -> None:
    stage, desk = shown
    first = tmp_path / "first.csv"
    first.write_text(list_text(), "utf-8")
    stage.batch.model.open(import_list(desk.station, first).batch_id)
    head, *rows = [line.split(",") for line in list_text().splitlines()]
    sheets = {"1": [head, *rows[:5]], "2": [[*head[:4], "多少呀"], *rows[5:]]}
    lists = stage.batch.lists
    lists.newer(write_workbook(tmp_path / "newer.xlsx", sheets))
    assert (lists.state.page, lists.state.headings[4].word) == (Page.HEADINGS, "多少呀")
    lists.explain("多少呀", "amount")
    lists.take_explained()
    assert lists.state.page is Page.COMPARE
    assert lists.state.comparison is not None
    assert not lists.state.comparison.says_something


def test_what_is_explained_wrong_is_said_and_stays(
    shown: Shown, tmp_path: Path, qtbot: QtBot
) -> None:
    stage, desk = shown
    first = tmp_path / "first.csv"
    first.write_text(list_text(), "utf-8")
    stage.batch.model.open(import_list(desk.station, first).batch_id)
    lists = stage.batch.lists
    lists.newer(unread(tmp_path, 150))
    qtbot.keyClicks(page_of(stage).table, "1")
    lists.take_explained()
    assert lists.state.page is Page.HEADINGS
    assert lists.state.explained == {"车位": "account"}
