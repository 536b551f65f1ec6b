"""One key of the batch page holds the paid orders of a bag, and names those that are not held."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cardstation.errors import Refusal
from cardstation.services.lease_batch import RowLease
from tests.kit import window_samples as samples
from tests.kit.window_stage import Stage
from ui.screens.batch import open_page
from ui.screens.batch.not_held_dialog import NotHeldDialog

BATCH = "2026-11-23-02"
WAIT = 3
"""Rows of the made-up batch whose paid order waits."""


@pytest.fixture
def left(desk: Stage, monkeypatch: pytest.MonkeyPatch) -> list[RowLease]:
    """A batch is open; returns what the dialog is given."""
    found: list[RowLease] = []
    monkeypatch.setattr(open_page, "tell_not_held", lambda _at, _look, rows: found.extend(rows))
    desk.station.standing = samples.batch_standing()
    desk.window.go("batch")
    desk.batch.model.open(BATCH)
    return found


def press(desk: Stage, qtbot: QtBot) -> str:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    qtbot.keyClick(desk.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    note = desk.session.tools.board.note
    return "" if note is None else f"{note.tone} {note.fields}"


def test_one_key_holds_them_all(desk: Stage, qtbot: QtBot, left: list[RowLease]) -> None:
    assert press(desk, qtbot) == f"ok {{'held': {WAIT}, 'n': {WAIT}}}"
    assert desk.station.orders.done == [("lease_batch", BATCH)]
    assert not left


def test_those_that_are_not_held_are_named(desk: Stage, qtbot: QtBot, left: list[RowLease]) -> None:
    desk.station.orders.fails = Refusal("order_leased_elsewhere", order_id="WX1", station="S002")
    assert press(desk, qtbot) == f"warn {{'held': 0, 'n': {WAIT}}}"
    dialog = NotHeldDialog(desk.window, desk.window.look, left)
    qtbot.addWidget(dialog)
    rows = dialog.rows
    said = [str(rows.index(at, 4).data()) for at in range(rows.rowCount())]
    assert len(said) == WAIT
    assert all("S002" in one for one in said)


def test_not_over_a_run_and_not_where_nothing_waits(
    desk: Stage, qtbot: QtBot, left: list[RowLease]
) -> None:
    desk.batch.model.start()
    press(desk, qtbot)
    desk.batch.model.hold_orders(left.extend)
    desk.batch.model.pause()
    desk.station.standing = samples.batch_standing(5)
    desk.batch.model.look()
    found = desk.window.view("batch").findChildren(QPushButton)
    assert not [one for one in found if one.text().endswith("Ctrl+O") and one.isVisible()]
    assert (desk.station.orders.done, left) == ([], [])
