"""A station that stands still is brought back where it says so: one key, two people, two PINs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cardstation.domain.shift import Approval
from cardstation.services.sync_state import SyncState
from tests.kit.window_people import CLERKS, PIN, SUPERVISOR
from tests.kit.window_stage import Stage
from ui.parts.two_people import TwoPeople

FIRST = next(one.name for one in CLERKS if one.name != SUPERVISOR and one.active)


def stands_still(desk: Stage, code: str) -> None:
    desk.station.synced = SyncState(0, 0, 12, code, (), configured=True)
    desk.window.session.status.refresh()


def words(desk: Stage) -> str:
    return desk.window.banner.accessibleDescription()


def sheet_of(desk: Stage, qtbot: QtBot) -> TwoPeople:
    window = desk.window
    made = TwoPeople(window, window.look, window.session.tools.approver, "Back it comes.")
    qtbot.addWidget(made)
    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two people say yes at once; returns how often they were asked."""
    found: list[str] = []

    def ask(*_given: object) -> tuple[Approval, Approval]:
        found.append("asked")
        return Approval(SUPERVISOR), Approval(FIRST)

    monkeypatch.setattr("ui.desk.ask_to_bring_back", ask)
    return found


@pytest.mark.parametrize("code", ["ledger_ahead", "store_rolled_back", "rejoin_begun"])
def test_the_counter_says_the_key_and_the_key_brings_the_station_back(
    desk: Stage, qtbot: QtBot, asked: list[str], code: str
) -> None:
    desk.window.go("counter")
    stands_still(desk, code)
    assert "Ctrl+R" in words(desk)
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    qtbot.keyClick(desk.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert asked == ["asked"]
    assert desk.station.backs == [("rejoin", SUPERVISOR, FIRST)]
    assert "Ctrl+R" not in words(desk)


@pytest.mark.parametrize("code", ["", "ledger_fork", "station_suspended"])
def test_where_comparing_does_not_help_the_key_does_nothing(
    desk: Stage, qtbot: QtBot, asked: list[str], code: str
) -> None:
    desk.window.go("counter")
    stands_still(desk, code)
    assert "Ctrl+R" not in words(desk)
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    qtbot.keyClick(desk.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert (asked, desk.station.backs) == ([], [])


def test_with_nobody_on_duty_each_of_two_types_their_own_pin(desk: Stage, qtbot: QtBot) -> None:
    desk.station.people.open = None
    sheet = sheet_of(desk, qtbot)
    sheet.first.setCurrentIndex(sheet.first.findData(FIRST))
    sheet.second.setCurrentIndex(sheet.second.findData(SUPERVISOR))
    sheet.accept()
    assert sheet.both is None
    sheet.first_pin.setText(PIN)
    sheet.second_pin.setText("0000")
    sheet.accept()
    assert sheet.both is None
    assert not sheet.first_pin.text()
    sheet.second_pin.setText(PIN)
    sheet.accept()
    assert sheet.both == (Approval(SUPERVISOR), Approval(FIRST))
    assert desk.station.people.calls[0] == ("come_forward", FIRST)


def test_one_person_alone_is_refused(desk: Stage, qtbot: QtBot) -> None:
    desk.station.people.open = None
    sheet = sheet_of(desk, qtbot)
    sheet.first.setCurrentIndex(sheet.first.findData(SUPERVISOR))
    sheet.second.setCurrentIndex(sheet.second.findData(SUPERVISOR))
    sheet.first_pin.setText(PIN)
    sheet.second_pin.setText(PIN)
    sheet.accept()
    assert sheet.both is None


def test_while_a_shift_is_open_its_clerk_is_the_first_person(desk: Stage, qtbot: QtBot) -> None:
    sheet = sheet_of(desk, qtbot)
    assert not sheet.first.count()
    assert not sheet.first_pin.isVisibleTo(sheet)
    sheet.second.setCurrentIndex(sheet.second.findData(SUPERVISOR))
    sheet.second_pin.setText(PIN)
    sheet.accept()
    assert sheet.both == (Approval(SUPERVISOR), None)
