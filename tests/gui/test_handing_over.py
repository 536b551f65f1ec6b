"""What the window does before it tells a clerk to hand money over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from cardstation.domain.charge import Original
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from tests.kit import window_samples as samples
from tests.kit.window_people import SUPERVISOR
from tests.kit.window_shift_shots import exceptions_of, exceptions_view
from tests.kit.window_stage import Stage
from ui.parts.paid_back import PaidBack, ask_paid_back

ASKS = "ui.screens.exceptions.view.ask_second_person"


@pytest.fixture
def said(desk: Stage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The second person says yes; returns what stands in the dialog, which comes after the note."""
    said: list[str] = []

    def ask(*given: object, note: str = "") -> tuple[Approval, str]:
        assert "begin_pay_out" in desk.station.calls
        said.append(str(given[3]))
        return Approval(SUPERVISOR), note and "slip 118"

    def ask_receipt(*given: object, note: str = "") -> tuple[Approval, str, Original]:
        return *ask(*given, note=note), Original.BACK

    monkeypatch.setattr(ASKS, ask)
    monkeypatch.setattr(ASKS.replace("second_person", "paid_back"), ask_receipt)
    return said


def press_pay_out(desk: Stage, qtbot: QtBot) -> None:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.window.go("exceptions")
    codes = [one.code for one in exceptions_of(desk).model.state.items or ()]
    exceptions_view(desk).table.select(codes.index("payout_pending"))
    qtbot.keyClick(desk.window, Qt.Key.Key_F6)


def test_it_is_on_record_before_anybody_hands_it_over(
    desk: Stage, qtbot: QtBot, said: list[str]
) -> None:
    desk.station.open = samples.open_intents()
    press_pay_out(desk, qtbot)
    assert desk.station.backs == [("pay_out", SUPERVISOR, "intent-5 back")]
    assert "paid_slip" in desk.station.calls
    assert len(said) == 1


def test_what_may_not_be_paid_out_nobody_is_told_to_hand_over(
    desk: Stage, qtbot: QtBot, said: list[str]
) -> None:
    desk.station.open = samples.open_intents()
    desk.station.fails["begin_pay_out"] = Refusal("refund_needs_ledger")
    press_pay_out(desk, qtbot)
    assert (said, desk.station.backs) == ([], [])


def test_what_is_found_out_as_it_begins_is_asked_about(
    desk: Stage, qtbot: QtBot, said: list[str]
) -> None:
    """The list is a moment old: the note, not the row, says whether slip and till are looked at."""
    desk.station.open = samples.open_intents()
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.window.go("exceptions")
    codes = [one.code for one in exceptions_of(desk).model.state.items or ()]
    exceptions_view(desk).table.select(codes.index("payout_pending"))
    waits = desk.station.open
    desk.station.open = tuple(replace(one, code="payout_in_doubt") for one in waits)
    qtbot.keyClick(desk.window, Qt.Key.Key_F6)
    assert desk.station.backs == [("pay_out", SUPERVISOR, "intent-5 slip 118 back")]
    assert said


def test_two_people_say_where_the_receipt_is(desk: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(sheet: PaidBack) -> QDialog.DialogCode:
        sheet.where.setCurrentIndex(sheet.where.findData(Original.LOST.value))
        sheet.typed.setText("slip 118")
        sheet.approval = Approval(SUPERVISOR)
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(PaidBack, "exec", lost)
    look, way = desk.window.look, desk.session.tools.approver
    said = (Approval(SUPERVISOR), "slip 118", Original.LOST)
    assert ask_paid_back(desk.window, look, way, "what", note="What slip and till say") == said
    monkeypatch.setattr(PaidBack, "exec", lambda _sheet: QDialog.DialogCode.Rejected)
    assert ask_paid_back(desk.window, look, way, "what", note="") is None
