"""At the door: a sealed bag whose list lies at another desk is collected on a team's laptop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cardstation.domain.custody import HandOver, Party, Recounted, Reported
from cardstation.domain.seal_number import QR_PREFIX
from cardstation.errors import Refusal
from cardstation.services.custody_state import Happened
from cardstation.services.hand_over import HandOverRequest
from tests.gui.test_bag import LOOK, begin
from tests.kit.window_bag import SEALS
from tests.kit.window_bag_shots import sign
from tests.kit.window_stage import Stage
from ui.screens.batch import custody_trace
from ui.screens.batch.collect_dialog import CollectDialog
from ui.screens.batch.custody_timeline import event_words
from ui.screens.batch.custody_trace import TraceDialog
from ui.screens.batch.recount_dialog import RecountDialog


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
    dialog.said.setText("５８")
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
    dialog = TraceDialog(desk.window, LOOK, model)
    qtbot.addWidget(dialog)

    def collected(one: CollectDialog) -> int:
        seen.append(one.seal.text())
        return int(one.DialogCode.Accepted) if len(seen) > 1 else int(one.DialogCode.Rejected)

    monkeypatch.setattr(CollectDialog, "exec", collected)
    dialog.show()
    dialog.seal.setText(SEALS[0])
    assert "F8" in dialog.collected.text()
    dialog.collected.click()
    qtbot.waitUntil(lambda: len(seen) == 1)
    assert dialog.way.text() == ""
    dialog.collected.click()
    qtbot.waitUntil(lambda: bool(dialog.way.text()))
    assert seen == [SEALS[0]] * 2
    dialog.seal.clear()
    dialog.collected.click()
    assert seen[-1] == ""


def test_f8_on_a_collected_bag_offers_to_put_its_count_right(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(desk)
    way, said = desk.station.bag, []
    way.asked.append(HandOverRequest(Party.MANAGER, Party.TEAM, 57, seal_no=SEALS[0]))
    dialog = TraceDialog(desk.window, LOOK, desk.batch.model.bag)
    qtbot.addWidget(dialog)

    def again(one: RecountDialog) -> int:
        said.append(" ".join(text.text() for text in one.findChildren(QLabel)))
        assert not one.accept_button.isEnabled(), "no count is there yet"
        one.counted.setText("61")
        one.accept()
        qtbot.waitUntil(lambda: bool(one.doubt.text()))
        one.counted.setText("５６")
        one.said.setText("58")
        one.reason.setCurrentIndex(1)
        assert one.accept_button.isEnabled()
        one.accept()
        qtbot.waitUntil(lambda: bool(way.recounts))
        return one.result()

    monkeypatch.setattr(RecountDialog, "exec", again)
    dialog.show()
    dialog.seal.setText(SEALS[0])
    dialog.collected.click()
    qtbot.waitUntil(lambda: bool(dialog.way.text()))
    assert "57" in said[0]
    assert way.recounts == [(SEALS[0], 56, "miscounted", 58)]
    qtbot.waitUntil(lambda: way.papers == [f"slip 0 {SEALS[0]}"])


def test_once_it_is_recorded_the_slip_comes_out_and_the_photo_is_asked_for(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begin(desk)
    way, picture = desk.station.bag, tmp_path / "slip.jpg"
    picture.write_bytes(b"a photo")
    dialog = TraceDialog(desk.window, LOOK, desk.batch.model.bag)
    qtbot.addWidget(dialog)
    dialog.show()
    on_paper: list[bool] = []

    def collected(one: CollectDialog) -> int:
        one.on_paper.setChecked(on_paper[-1])
        return int(one.DialogCode.Accepted)

    monkeypatch.setattr(CollectDialog, "exec", collected)
    for signed_there in (False, True):
        on_paper.append(signed_there)
        dialog.seal.setText(f"{QR_PREFIX}{SEALS[0]}")
        assert dialog.photo.isHidden()
        dialog.collected.click()
        qtbot.waitUntil(lambda: len(way.papers) == len(on_paper))
        assert dialog.photo.isHidden() is not signed_there
    assert way.papers == [f"slip 0 {SEALS[0]}"] * 2
    monkeypatch.setattr(custody_trace, "ask_picture", lambda: picture)
    dialog.photo.click()
    qtbot.waitUntil(dialog.photo.isHidden)
    assert way.photos == [(0, b"a photo")]


def test_f9_gives_the_bag_back(desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(desk)
    way = desk.station.bag
    dialog = TraceDialog(desk.window, LOOK, desk.batch.model.bag)
    qtbot.addWidget(dialog)

    def given_back(one: CollectDialog) -> int:
        filled(one)
        one.on_paper.setChecked(True)
        one.accept()
        qtbot.waitUntil(lambda: bool(one.result()))
        return one.result()

    monkeypatch.setattr(CollectDialog, "exec", given_back)
    dialog.show()
    dialog.seal.setText(SEALS[0])
    assert "F9" in dialog.returned.text()
    dialog.returned.click()
    [asked] = way.asked
    assert (asked.giver, asked.taker, asked.seal_no) == (Party.TEAM, Party.MANAGER, SEALS[0])
    assert not dialog.photo.isHidden()


def test_a_photo_that_is_refused_is_asked_for_again(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begin(desk)
    picture = tmp_path / "slip.jpg"
    picture.write_bytes(b"a photo")
    dialog = TraceDialog(desk.window, LOOK, desk.batch.model.bag)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.photo.show()
    chosen = [picture, None]
    monkeypatch.setattr(custody_trace, "ask_picture", chosen.pop)
    desk.station.fails["photograph"] = Refusal("photo_used", batch_id=SEALS[0], number=1)
    dialog.photo.click()
    assert (dialog.doubt.text(), chosen) == ("", [picture]), "thought better of it"
    dialog.photo.click()
    qtbot.waitUntil(lambda: bool(dialog.doubt.text()))
    assert not dialog.photo.isHidden()


def test_the_timeline_tells_of_a_count_put_right(desk: Stage) -> None:
    begin(desk)
    standing = desk.batch.model.bag.state.standing
    assert standing is not None
    told = Recounted(3, 57, 56, 56, "mistyped", "S009", "李建国", "e2", beside=True)
    words = event_words(Happened(standing.timeline[-1].step, None, again=told), LOOK.t)
    assert ("57 → 56" in words.detail, "S009" in words.detail, words.count) == (True, True, "56")


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
