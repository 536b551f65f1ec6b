"""At the door: a sealed bag whose list lies at another desk is collected on a team's laptop."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cardstation.domain.custody import HandOver, Party, Reported
from cardstation.services.custody_state import Happened
from tests.gui.test_bag import LOOK, begin
from tests.kit.window_bag import SEALS
from tests.kit.window_bag_shots import sign
from tests.kit.window_stage import Stage
from ui.screens.batch.collect_dialog import CollectDialog
from ui.screens.batch.custody_timeline import event_words
from ui.screens.batch.custody_trace import TraceDialog


def dialog_of(desk: Stage, qtbot: QtBot, seal_no: str = "") -> CollectDialog:
    begin(desk)
    dialog = CollectDialog(desk.window, LOOK, seal_no, desk.batch.model.bag.collect)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def filled(dialog: CollectDialog, count: str = "57") -> None:
    dialog.counted.setText(count)
    dialog.given_by.setText("陈国栋")
    dialog.taken_by.setText("李建国")


def test_scanned_counted_named_and_signed_it_is_recorded(desk: Stage, qtbot: QtBot) -> None:
    dialog = dialog_of(desk, qtbot)
    assert dialog.focusWidget() is dialog.seal
    qtbot.keyClicks(dialog.seal, SEALS[0])
    qtbot.keyClick(dialog.seal, Qt.Key.Key_Return)
    assert dialog.focusWidget() is dialog.counted
    filled(dialog)
    assert not dialog.accept_button.isEnabled()
    assert "签字" in dialog.doubt.text()
    sign(dialog.given)
    sign(dialog.taken)
    dialog.said.setText("58")
    qtbot.keyClick(dialog.taken_by, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    [asked] = desk.station.bag.asked
    assert (asked.giver, asked.taker, asked.seal_no) == (Party.MANAGER, Party.TEAM, SEALS[0])
    assert (asked.arrived, asked.expected) == (57, 58)
    assert (asked.given_by, asked.taken_by) == ("陈国栋", "李建国")
    assert asked.given_picture
    assert asked.taken_picture


def test_what_would_be_refused_is_said_at_once(desk: Stage, qtbot: QtBot) -> None:
    dialog = dialog_of(desk, qtbot, SEALS[0])
    assert dialog.focusWidget() is dialog.counted
    filled(dialog)
    dialog.on_paper.setChecked(True)
    assert dialog.accept_button.isEnabled()
    for field, wrong in ((dialog.counted, "x"), (dialog.said, "x"), (dialog.seal, "12")):
        right = field.text()
        field.setText(wrong)
        assert dialog.doubt.text()
        assert not dialog.accept_button.isEnabled()
        field.setText(right)
    assert dialog.accept_button.isEnabled()


def test_a_refusal_stays_on_the_sheet(desk: Stage, qtbot: QtBot) -> None:
    dialog = dialog_of(desk, qtbot, SEALS[-1])
    filled(dialog)
    dialog.on_paper.setChecked(True)
    dialog.accept()
    assert dialog.isVisible()
    assert "08:40" in dialog.doubt.text()
    assert dialog.accept_button.isEnabled()


def test_f8_beside_the_look_up_collects_the_scanned_bag(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(desk)
    model, seen = desk.batch.model.bag, []
    dialog = TraceDialog(desk.window, LOOK, model.trace, model.collect)
    qtbot.addWidget(dialog)

    def collected(one: CollectDialog) -> int:
        seen.append(one.seal.text())
        return int(one.DialogCode.Accepted) if len(seen) > 1 else int(one.DialogCode.Rejected)

    monkeypatch.setattr(CollectDialog, "exec", collected)
    dialog.show()
    dialog.seal.setText(SEALS[0])
    assert "F8" in dialog.collected.text()
    dialog.collected.click()
    assert dialog.way.text() == ""
    dialog.collected.click()
    assert seen == [SEALS[0]] * 2
    assert dialog.way.text(), "its way is shown at once"


@pytest.mark.parametrize("beside", [False, True])
def test_the_timeline_says_where_it_was_recorded(desk: Stage, beside: bool) -> None:
    begin(desk)
    standing = desk.batch.model.bag.state.standing
    assert standing is not None
    [one] = [one for one in standing.timeline if one.step.step == "collected"]
    assert isinstance(one.moved, HandOver)
    told = replace(one.moved, expected=57, arrived=57)
    source = Reported(told, "S009", "李建国", one.step.at, "e1", beside)
    moved, ours = (None, 56) if beside else (told, None)
    words = event_words(
        Happened(one.step, moved, photo_due=beside, reported=source, ours=ours), LOOK.t
    )
    assert "S009" in words.detail
    assert ("并列" in words.detail, words.differs) == (beside, beside)
    assert words.count == "57 / 57"
    assert words.signed == (("due", "due") if beside else ("drawn", "drawn"))
