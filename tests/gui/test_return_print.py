"""What the return of a bag prints, how far it is, and what is asked before all of it once more."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from cardstation.errors import Mishap
from tests.gui.test_bag import begin
from tests.kit.window_stage import Stage
from ui.lane import HeldLane
from ui.screens.batch.custody_again import AgainDialog

BATCH = "2026-11-23-02"


def held(desk: Stage) -> HeldLane:
    lane = HeldLane()
    object.__setattr__(desk.session.tools, "paper", lane)
    return lane


def test_receipts_go_on_a_strip_for_each_floor_when_asked(desk: Stage) -> None:
    page = begin(desk)
    model, printed = desk.batch.model.bag, desk.station.bag.papers
    model.print_return()
    page.receipts.click()
    assert "每层" in page.receipts.text()
    model.print_return()
    page.receipts.click()
    model.print_return()
    assert printed[-3:] == ["return", "strips", "return"]


def test_without_a_printer_the_return_is_filed_and_not_said_to_be_printed(desk: Stage) -> None:
    begin(desk)
    desk.station.bag.printer = ""
    desk.batch.model.bag.print_return()
    note = desk.session.tools.board.note
    assert note is not None
    assert (note.text, note.tone) == ("{n} papers of the return filed; no printer is set.", "warn")


def test_a_page_left_and_opened_again_shows_what_is_printing_and_starts_nothing_twice(
    desk: Stage,
) -> None:
    page = begin(desk)
    lane, model = held(desk), desk.batch.model.bag
    model.print_return()
    model.leave()
    model.open(BATCH)
    assert page._progress.isVisible()
    assert not page._buttons["print"].isEnabled()
    model.print_return()
    assert lane.run() == 1
    assert not page._progress.isVisible()
    model.print_return()
    assert lane.run() == 1


def test_a_printer_that_fails_while_another_page_is_shown_is_still_said(desk: Stage) -> None:
    begin(desk)
    lane, model = held(desk), desk.batch.model.bag
    desk.station.fails["return"] = Mishap("paper_not_printed", printer="OKI", cause="no paper")
    model.print_return()
    model.leave()
    lane.run()
    note = desk.session.tools.board.note
    assert note is not None
    assert note.problem is not None
    assert note.problem.code == "paper_not_printed"
    model.open(BATCH)
    assert desk.window.banner.state.line == "已打 40/64。看一下打印机 OKI，再按 F7 接着打。"
    desk.station.fails.clear()
    model.print_return()
    lane.run()
    assert desk.window.banner.state.title == "还有卡等待充值"


def test_the_time_left_is_told_once_two_papers_came_out(desk: Stage) -> None:
    begin(desk)
    held(desk)
    model, banner = desk.batch.model.bag, desk.window.banner
    model.print_return()
    lines = []
    for done in (20, 21, 22, 42):
        model._progressed(BATCH, done, 64)
        lines.append(banner.state.line)
    assert lines == [
        "第 20 / 64 份",
        "第 21 / 64 份",
        "第 22 / 64 份 · 还要约 55 秒",
        "第 42 / 64 份 · 还要约 4 秒",
    ]


@pytest.mark.parametrize("sure", [True, False])
def test_all_of_it_once_more_is_asked_first(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, sure: bool
) -> None:
    begin(desk)
    bag = desk.station.bag
    bag.all_out = True

    def answered(dialog: AgainDialog) -> int:
        qtbot.keyClick(dialog.why, Qt.Key.Key_Down)
        return QDialog.DialogCode.Accepted if sure else QDialog.DialogCode.Rejected

    monkeypatch.setattr(AgainDialog, "exec", answered)
    desk.batch.model.bag.print_return()
    assert bag.again == (["", "单据遗失"] if sure else [""])
    assert bag.papers == (["return"] if sure else [])
    assert desk.batch.model.bag.state.running is None


def test_nobody_is_asked_on_another_page(desk: Stage) -> None:
    begin(desk)
    lane, model = held(desk), desk.batch.model.bag
    desk.station.bag.all_out = True
    model.print_return()
    model.leave()
    lane.run()
    note = desk.session.tools.board.note
    assert note is not None
    assert note.problem is not None
    assert note.problem.code == "return_printed"
