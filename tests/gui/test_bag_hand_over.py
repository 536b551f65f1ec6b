"""The dialog of a hand-over: counted blind, named, signed; and the photo that follows a paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from cardstation.domain.custody import Explanation, Party, Why
from tests.gui.test_bag import LOOK, begin
from tests.kit import window_samples as samples
from tests.kit.window_bag import SEALS, FakeBag, given_back, on_its_way
from tests.kit.window_bag_shots import WAYS, open_bag, sign
from tests.kit.window_stage import Stage
from ui.screens.batch import custody_page
from ui.screens.batch.custody_explain import ExplainDialog
from ui.screens.batch.custody_hand_over import HandOverDialog
from ui.screens.batch.custody_places import typed
from ui.screens.batch.custody_timeline import event_words


def count(dialog: HandOverDialog, cards: int) -> None:
    dialog.counted.setText(str(cards))
    dialog.counted.editingFinished.emit()


def dialog_of(desk: Stage, qtbot: QtBot) -> HandOverDialog:
    standing = desk.batch.model.bag.state.standing
    assert standing is not None
    dialog = HandOverDialog(desk.window, LOOK, standing, WAYS)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_a_household_fetches_the_card_that_is_kept_and_signs(desk: Stage) -> None:
    way = FakeBag()
    on_its_way(way)
    begin(desk, way)
    desk.station.standing = samples.batch_standing(done=60)
    given_back(way, desk.station.standing)
    open_bag(desk, way)
    standing = desk.batch.model.bag.state.standing
    assert standing is not None
    ways = ((Party.DESK, Party.MANAGER), (Party.DESK, Party.RESIDENT))
    dialog = HandOverDialog(desk.window, desk.window.look, standing, ways)
    dialog.show()
    count(dialog, 1)
    assert dialog.against.text() == "应有 1 张，相符。"
    assert "用户一方没有写姓名" in dialog._doubt.text()
    dialog.taken_by.setText("赵敏")
    assert "用户一方没有签字" in dialog._doubt.text()
    assert not dialog.accept_button.isEnabled()
    dialog.on_paper.setChecked(True)
    assert dialog.accept_button.isEnabled()
    assert dialog.asked is not None
    assert (dialog.asked.taker, dialog.asked.places) == (Party.RESIDENT, standing.custody.kept)
    dialog.rows.clear()
    assert dialog._doubt.text() == "用户只领自己的卡，不领整袋。"
    dialog._choose("desk-manager")
    assert dialog.rows.text() == ""
    count(dialog, 1)
    assert dialog._doubt.text() == "按记录没有可交接的卡。"
    dialog.close()
    dialog.deleteLater()


def test_a_hand_over_is_entered_by_keys_and_a_scanner_ends_nothing(
    desk: Stage, qtbot: QtBot
) -> None:
    begin(desk)
    dialog = dialog_of(desk, qtbot)
    qtbot.keyClicks(dialog.counted, "35")
    qtbot.keyClick(dialog.counted, Qt.Key.Key_Return)
    assert dialog.focusWidget() is dialog.seal
    assert dialog.against.text() == "应有 36 张，少 1 张。"
    qtbot.keyClicks(dialog.seal, SEALS[1])
    qtbot.keyClick(dialog.seal, Qt.Key.Key_Return)
    assert dialog.isVisible()
    qtbot.keyClicks(dialog.taken_by, "Chen")
    asked = dialog.asked
    assert asked is not None
    assert (asked.arrived, asked.expected, asked.seal_no) == (35, None, SEALS[1])
    assert (asked.given_by, asked.taken_by) == ("", "Chen")
    sign(dialog.taken)
    assert dialog.accept_button.isEnabled()
    qtbot.keyClick(dialog.taken_by, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_nothing_is_recorded_that_nobody_counted(desk: Stage, qtbot: QtBot) -> None:
    begin(desk)
    dialog = dialog_of(desk, qtbot)
    for way in WAYS:
        dialog._choose(f"{way[0].value}-{way[1].value}")
        assert dialog.counted.text() == ""
        assert not dialog.accept_button.isEnabled()
        assert "清点" in dialog._doubt.text()
        qtbot.keyClick(dialog.counted, Qt.Key.Key_Return)
        assert dialog.isVisible()
        qtbot.keyClicks(dialog.counted, "0")
        assert "清点" in dialog._doubt.text(), "while it is typed nothing is compared"
        dialog.counted.editingFinished.emit()
        assert "清点" not in dialog._doubt.text()


def test_the_count_is_blind(desk: Stage, qtbot: QtBot) -> None:
    """What is expected stands nowhere in the dialog before a count does, nor while one is typed."""
    begin(desk)
    dialog = dialog_of(desk, qtbot)

    def told() -> str:
        fields = [*dialog.findChildren(QLineEdit), *dialog.findChildren(QLabel)]
        hints = [one.placeholderText() for one in dialog.findChildren(QLineEdit)]
        return " ".join([*(one.text() for one in fields if one is not dialog.counted), *hints])

    assert "36" not in told()
    qtbot.keyClicks(dialog.counted, "3")
    assert "36" not in told()
    count(dialog, 37)
    assert "应有 36 张，多 1 张。" in told()
    count(dialog, 36)
    assert "应有 36 张，相符。" in told()
    qtbot.keyClick(dialog.counted, Qt.Key.Key_Backspace)
    assert "36" not in told()
    count(dialog, 2)
    standing = desk.batch.model.bag.state.standing
    assert standing is not None
    dialog.rows.setText(typed(standing.custody.held[:2], standing))
    assert "应有 2 张，相符。" in told(), "of these rows only"


def test_what_is_typed_full_width_is_what_is_meant(desk: Stage, qtbot: QtBot) -> None:
    begin(desk)
    dialog = dialog_of(desk, qtbot)
    dialog.counted.setText("３５")
    dialog.counted.editingFinished.emit()
    assert dialog.against.text() == "应有 36 张，少 1 张。"
    dialog.said.setText("３５")
    dialog.extras.setText("４０７３\u3000４０７４")
    asked = dialog.asked
    assert asked is not None
    assert (asked.arrived, asked.expected, asked.extras) == (35, 35, ("4073", "4074"))
    told = ExplainDialog(desk.window, LOOK, dialog._standing)
    qtbot.addWidget(told)
    told.why.setCurrentIndex(told.why.findData(Why.OTHER_BATCH.value))
    told.rows.clear()
    told.extras.setText("？ ４０７３")
    assert told.told == Explanation(Why.OTHER_BATCH, (), ("", "4073"))
    told.why.setCurrentIndex(told.why.findData(Why.COUNTED_AGAIN.value))
    told.count.setText("３５")
    assert told.told == Explanation(Why.COUNTED_AGAIN, counted=35)


def test_only_who_is_not_the_desk_signs(desk: Stage, qtbot: QtBot) -> None:
    begin(desk)
    standing = desk.batch.model.bag.state.standing
    assert standing is not None
    ways = ((Party.MANAGER, Party.TEAM), (Party.MANAGER, Party.DESK), (Party.DESK, Party.MANAGER))
    dialog = HandOverDialog(desk.window, LOOK, standing, ways)
    qtbot.addWidget(dialog)
    dialog.show()
    for way, sides in zip(ways, ((True, True), (True, False), (False, True)), strict=True):
        dialog._choose(f"{way[0].value}-{way[1].value}")
        assert (dialog.given.isVisible(), dialog.taken.isVisible()) == sides
        assert (dialog.given_by.isVisible(), dialog.taken_by.isVisible()) == sides
    dialog.given_by.setText("Chen")
    count(dialog, 1)
    assert dialog.asked is not None
    assert dialog.asked.given_by == "", "the desk is its clerk on duty"


def test_the_photo_of_a_signed_paper_follows(
    desk: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    way = FakeBag()
    on_its_way(way)
    page = begin(desk, way)
    assert not page.photo.isVisible()
    desk.station.bag.photo_due = 4
    desk.batch.model.bag.look()
    state = desk.batch.model.bag.state.standing
    assert state is not None
    words = [event_words(one, LOOK.t) for one in state.timeline]
    assert words[3].signed == ("due", "duty")
    photo = tmp_path / "slip.png"
    photo.write_bytes(b"a photo")
    monkeypatch.setattr(custody_page, "ask_picture", lambda: photo)
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    assert page.photo.isVisible()
    qtbot.keyClick(desk.window, Qt.Key.Key_F12)
    desk.batch.model.bag.choose(4)
    qtbot.keyClick(desk.window, Qt.Key.Key_F12)
    monkeypatch.setattr(custody_page, "ask_picture", lambda: None)
    qtbot.keyClick(desk.window, Qt.Key.Key_F12)
    assert desk.station.bag.photos == [(0, b"a photo"), (4, b"a photo")]


def test_a_wrong_seal_is_said_before_anything_is_recorded(desk: Stage, qtbot: QtBot) -> None:
    begin(desk)
    dialog = dialog_of(desk, qtbot)
    count(dialog, 36)
    dialog.seal.setText("1234567890123456")
    assert "不是有效的封条号" in dialog._doubt.text()
    assert not dialog.accept_button.isEnabled()
    dialog.seal.clear()
    dialog.rows.setText("abc")
    assert not dialog.accept_button.isEnabled()


def test_cards_that_go_need_a_name_and_a_signature(desk: Stage, qtbot: QtBot) -> None:
    desk.station.standing = samples.batch_standing(done=60)
    way = FakeBag()
    on_its_way(way)
    desk.window.go("batch")
    desk.batch.model.open("2026-11-23-02")
    open_bag(desk, way)
    dialog = dialog_of(desk, qtbot)
    count(dialog, 60)
    dialog.taken_by.setText("陈国栋")
    assert not dialog.accept_button.isEnabled()
    dialog.on_paper.setChecked(True)
    assert dialog.accept_button.isEnabled()
