"""The board of the teams by keyboard, the triage list behind it, and the offline quota."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cardstation.errors import Refusal
from cardstation.services.sync_state import SyncState
from tests.kit.window_stage import Stage
from tests.kit.window_team_shots import granted, offline, teams_of
from tests.kit.window_teams import BOARD
from ui.screens.teams.view import TeamsView


@pytest.fixture
def board(desk: Stage, qtbot: QtBot) -> TeamsView:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.station.teams.board = BOARD
    desk.window.go("teams")
    found = desk.window.view("teams")
    assert isinstance(found, TeamsView)
    return found


def texts(view: TeamsView, row: int) -> list[str]:
    rows = view.table.model()
    return [str(rows.index(row, at).data()) for at in range(rows.columnCount())]


def test_every_community_stands_there_with_words_and_figures(board: TeamsView) -> None:
    assert texts(board, 0) == [
        "净月服务部",
        "封控区",
        "净月新城",
        "",
        "200",
        "168",
        "120",
        "64",
        "5",
    ]
    assert texts(board, 5)[0] == "—"


def test_the_screen_says_that_it_is_one_desks_view(board: TeamsView) -> None:
    assert board.isVisible()
    said = [one.text() for one in board.findChildren(QLabel) if one.isVisible()]
    assert any("仅本站" in text for text in said)


def test_keys_open_file_and_leave(desk: Stage, board: TeamsView, qtbot: QtBot) -> None:
    model = teams_of(desk).model
    qtbot.keyClick(board.table, Qt.Key.Key_Down)
    qtbot.keyClick(board.table, Qt.Key.Key_Return)
    assert model.state.community == "伊通河畔"
    assert model.state.triage is not None
    assert board.page.table.model().rowCount() == len(model.state.triage.rows)
    assert board.page.table.row == 0
    qtbot.keyClick(desk.window, Qt.Key.Key_F7)
    assert desk.station.teams.filed == ["伊通河畔"]
    note = desk.session.tools.board.note
    assert note is not None
    assert note.tone == "ok"
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert model.state.community == ""
    qtbot.keyClick(desk.window, Qt.Key.Key_F2)
    assert model.state.community == "伊通河畔"


def test_looking_again_keeps_the_row(desk: Stage, board: TeamsView, qtbot: QtBot) -> None:
    board.table.select(3)
    looked = desk.station.calls.count("board")
    qtbot.keyClick(desk.window, Qt.Key.Key_F5)
    assert desk.station.calls.count("board") == looked + 1
    assert board.table.row == 3


def test_nothing_of_it_is_looked_up_behind_the_desks_back(desk: Stage, board: TeamsView) -> None:
    looked = desk.station.calls.count("board")
    desk.session.look_round()
    desk.window.go("counter")
    assert desk.station.calls.count("board") == looked


def test_a_community_nobody_lives_in_goes_back_to_the_board(desk: Stage, board: TeamsView) -> None:
    desk.station.fails["triage"] = Refusal("unknown_community", community="净月新城")
    model = teams_of(desk).model
    model.open("净月新城")
    assert model.state.community == ""
    assert board.isVisible()
    note = desk.session.tools.board.note
    assert note is not None
    assert note.problem is not None
    assert note.problem.code == "unknown_community"


@pytest.mark.parametrize(
    ("unsent", "spent", "age_min", "said", "tone"),
    [
        (38, 742_300, 95, "离线额度 剩 ¥12,500 · 22 小时", "warn"),
        (92, 1_999_900, 700, "离线额度 剩 ¥0 · 12 小时", "error"),
    ],
)
def test_the_offline_quota_is_seen_from_everywhere(
    desk: Stage, unsent: int, spent: int, age_min: int, said: str, tone: str
) -> None:
    desk.station.synced = offline(unsent, spent, age_min)
    desk.session.status.refresh()
    chips = desk.session.status.chips(desk.window.look.t)
    assert (said, tone) in [(chip.text, chip.tone) for chip in chips]


def test_no_quota_is_shown_while_the_ledger_has_heard_of_everything(desk: Stage) -> None:
    desk.station.synced = offline(0, 0, 0)
    desk.session.status.refresh()
    chips = desk.session.status.chips(desk.window.look.t)
    assert not any("离线额度" in chip.text for chip in chips)


@pytest.mark.parametrize(
    ("state", "said", "tone"),
    [
        (granted(20_000, 24), "离线额度 剩 ¥20,000 · 24 小时", "idle"),
        (granted(12_500, 22, unsent=38), "离线额度 剩 ¥12,500 · 22 小时", "warn"),
        (granted(12_500, 0, waits="grant_over"), "离线额度 剩 ¥0 · 0 小时", "warn"),
        (granted(12_500, 9, unsent=3, waits="grant_list_old"), "离线额度 剩 ¥0 · 0 小时", "error"),
    ],
)
def test_what_the_ledger_grants_is_seen_before_the_desk_leaves(
    desk: Stage, state: SyncState, said: str, tone: str
) -> None:
    desk.station.synced = state
    desk.session.status.refresh()
    chips = desk.session.status.chips(desk.window.look.t)
    assert (said, tone) in [(chip.text, chip.tone) for chip in chips]


def test_of_a_ceiling_and_a_grant_the_smaller_is_seen(desk: Stage) -> None:
    desk.station.synced = replace(offline(38, 742_300, 95), grant=granted(300, 23).grant)
    desk.session.status.refresh()
    chips = desk.session.status.chips(desk.window.look.t)
    assert "离线额度 剩 ¥300 · 22 小时" in [chip.text for chip in chips]
