"""F5 at the counter: any card is examined, shown in words, printed; and forgotten when it goes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cardstation.errors import CardMute, Mishap, Refusal
from tests.kit import window_samples as samples
from tests.kit.card_reports import HOME
from tests.kit.window_fakes import FakeCard
from tests.kit.window_stage import Stage
from ui.screens.counter.state import Phase, State


def texts_of(desk: Stage) -> str:
    return "\n".join(one.text() for one in desk.window.findChildren(QLabel))


def press(desk: Stage, qtbot: QtBot, key: Qt.Key) -> None:
    qtbot.keyClick(desk.window, key)


@pytest.fixture
def active(desk: Stage, qtbot: QtBot) -> Stage:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    return desk


def test_a_strangers_card_is_shown_printed_and_read_again(active: Stage, qtbot: QtBot) -> None:
    active.station.fails["insert_card"] = Refusal("foreign_card")
    active.insert()
    press(active, qtbot, Qt.Key.Key_F5)
    state = active.counter.model.state
    assert (state.phase, active.window.banner.state.kind) == (Phase.EXAMINED, "needs_you")
    assert active.window.banner.state.title == "不是本站认识的卡"
    assert "MIFARE Classic 1K" in texts_of(active)
    press(active, qtbot, Qt.Key.Key_Return)
    assert active.station.calls.count("print_examination") == 1
    note = active.session.tools.board.note
    assert note is not None
    assert (note.tone, note.fields) == ("ok", {"file": "card.pdf"})
    del active.station.fails["insert_card"]
    press(active, qtbot, Qt.Key.Key_Escape)
    assert active.counter.model.state.phase is Phase.READY


def test_a_good_card_is_let_go_before_it_is_examined(active: Stage, qtbot: QtBot) -> None:
    active.station.examined = "ours"
    card = active.station.card
    active.insert()
    press(active, qtbot, Qt.Key.Key_F5)
    assert card.closed
    assert active.window.banner.state.kind == "ready"
    assert HOME.account_no in texts_of(active)
    active.remove()
    assert active.counter.model.state == State()
    assert HOME.account_no not in texts_of(active)


def test_a_whole_card_that_is_not_sold_to_says_why_in_large_words(active: Stage) -> None:
    active.station.examined = "differs"
    active.insert()
    active.counter.model.examine()
    banner = active.window.banner.state
    assert (banner.kind, banner.title) == ("needs_you", "卡与档案不符")


def test_the_keys_of_a_sale_are_not_offered_beside_an_examined_card(active: Stage) -> None:
    sale = ("F4 元或 m³", "F2 或 Enter 确认")
    active.insert()
    assert all(one in texts_of(active) for one in sale)
    active.counter.model.examine()
    assert not any(one in texts_of(active) for one in sale)
    active.counter.model.clear()
    assert all(one in texts_of(active) for one in sale)


def test_nothing_is_examined_amid_a_sale(active: Stage, qtbot: QtBot) -> None:
    press(active, qtbot, Qt.Key.Key_F5)
    active.insert()
    active.counter.model.type_amount("300")
    press(active, qtbot, Qt.Key.Key_F5)
    active.counter.model.examine()
    assert active.counter.model.state.phase is Phase.READY
    active.counter.model.confirm()
    press(active, qtbot, Qt.Key.Key_F5)
    assert active.counter.model.state.phase is Phase.DONE
    assert "examine_card" not in active.station.calls


@pytest.mark.parametrize("error", [CardMute(), Mishap("psam_silent", reader="slot")])
def test_an_examination_that_fails_says_why(active: Stage, error: Mishap) -> None:
    active.station.card = FakeCard(samples.facts(stop="load_still_on_card"))
    active.station.fails["examine_card"] = error
    active.insert()
    active.counter.model.examine()
    state = active.counter.model.state
    assert state.phase is Phase.STOPPED
    assert state.problem is not None
    assert state.problem.code == error.code


def test_a_printer_that_is_out_of_paper_is_said(active: Stage) -> None:
    active.station.fails["print_examination"] = Mishap("paper_not_printed", printer="80 mm")
    active.insert()
    active.counter.model.examine()
    active.counter.model.confirm()
    note = active.session.tools.board.note
    assert note is not None
    assert note.problem is not None
    assert note.problem.code == "paper_not_printed"
