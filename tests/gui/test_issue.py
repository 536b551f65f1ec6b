"""F9 at the counter: a blank is issued to the account that is asked for, a new card is bound."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from cardstation.domain.meter import Clearing, WaitingLoad
from cardstation.domain.shift import Approval
from cardstation.errors import OutcomeUnknown, Refusal
from tests.kit import window_samples as samples
from tests.kit.window_people import SUPERVISOR
from tests.kit.window_stage import Stage
from ui.screens.counter import issue_dialog
from ui.screens.counter.issue_dialog import IssueDialog
from ui.screens.counter.state import Phase


@pytest.fixture
def active(desk: Stage, qtbot: QtBot) -> Stage:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    return desk


def offered(desk: Stage) -> bool:
    keys = [one for one in desk.window.findChildren(QPushButton) if "发这张卡" in one.text()]
    assert len(keys) == 1
    return keys[0].isVisible()


def typed(
    monkeypatch: pytest.MonkeyPatch, account: str, maker: str, *, accept: bool = True
) -> None:
    def shown(dialog: IssueDialog) -> QDialog.DialogCode:
        assert not dialog.accept_button.isEnabled()
        dialog.account.setText(account)
        dialog.maker.setCurrentIndex(dialog.maker.findData(maker))
        assert dialog.accept_button.isEnabled()
        return QDialog.DialogCode.Accepted if accept else QDialog.DialogCode.Rejected

    monkeypatch.setattr(issue_dialog.IssueDialog, "exec", shown)


def test_a_blank_is_issued_to_the_account_that_was_typed(
    active: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, " 220104000017 ", "CS02")
    active.station.fails["insert_card"] = Refusal("blank_card")
    active.insert()
    assert offered(active)
    assert active.window.banner.state.kind == "ready", "a new card is work to do, not a fault"
    chief = [one for one in active.window.findChildren(QPushButton) if one.isVisible()]
    chief = [one for one in chief if one.property("look") == "primary"]
    assert [one.accessibleName() for one in chief] == ["发这张卡"]
    qtbot.keyClick(active.window, Qt.Key.Key_F9)
    assert active.station.issued == [("220104000017", "CS02")]
    assert active.station.calls.count("print_card_slip") == 1
    note = active.session.tools.board.note
    assert note is not None
    assert (note.tone, note.fields) == ("ok", {"file": "slip.pdf"})


def test_nothing_is_written_when_it_is_thought_better_of(
    active: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "220104000017", "CS02", accept=False)
    active.station.fails["insert_card"] = Refusal("blank_card")
    active.insert()
    qtbot.keyClick(active.window, Qt.Key.Key_F9)
    assert not active.station.issued


def test_an_opening_card_says_itself_whose_it_is(active: Stage, qtbot: QtBot) -> None:
    card = active.station.card
    card.facts = replace(card.facts, stop=Refusal("card_not_bound", account_no="220104000017"))
    active.insert()
    assert offered(active)
    qtbot.keyClick(active.window, Qt.Key.Key_F9)
    identity = card.facts.content.identity
    assert active.station.issued == [(identity.account_no, identity.maker)]


@pytest.mark.parametrize("code", ["old_card", "account_closed", "card_clearing_open"])
def test_a_dead_card_is_cleared_by_two(
    active: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    asked: list[str] = []

    def second(_view: object, _look: object, _way: object, what: str, *, note: str) -> object:
        asked.extend((what, note))
        return (Approval(SUPERVISOR), "moved out, card came back") if len(asked) > 2 else None

    monkeypatch.setattr("ui.screens.counter.view.ask_second_person", second)
    card = active.station.card
    card.facts = replace(card.facts, stop=Refusal(code, account_no="1", card_no="2"))
    active.insert()
    qtbot.keyClick(active.window, Qt.Key.Key_F10)
    assert not active.station.backs, "thought better of"
    qtbot.keyClick(active.window, Qt.Key.Key_F10)
    assert active.station.backs == [("clear", SUPERVISOR, "moved out, card came back")]
    assert active.station.calls.count("print_card_slip") == 1
    note = active.session.tools.board.note
    assert note is not None
    assert (note.tone, note.fields) == ("ok", {"file": "slip.pdf"})


@pytest.mark.parametrize(("code", "offers"), [("old_card", False), ("card_clearing_open", True)])
def test_a_card_that_is_never_blank_again_is_not_offered_to_be_cleared(
    active: Stage, code: str, offers: bool
) -> None:
    """What was begun on it is finished: a new one that is taken back is spent."""
    card = active.station.card
    rules = replace(card.facts.rules, clears=Clearing.SPENT)
    card.facts = replace(card.facts, rules=rules, stop=Refusal(code, account_no="1", card_no="2"))
    active.insert()
    assert active.counter.model.state.may_wipe is offers


def test_a_load_that_only_its_meter_takes_off_is_not_offered_to_be_taken_back(
    active: Stage,
) -> None:
    card = active.station.card
    card.facts = samples.facts(stop="load_still_on_card", taken=False)
    for waiting, offers in ((WaitingLoad.TAKEN_BACK, True), (WaitingLoad.METER_FIRST, False)):
        rules = replace(card.facts.rules, on_waiting_load=waiting)
        card.facts = replace(card.facts, rules=rules)
        active.remove()
        active.insert()
        assert active.counter.model.state.may_take_back is offers


def test_a_card_in_use_is_not_offered_to_be_cleared(active: Stage, qtbot: QtBot) -> None:
    active.insert()
    keys = [one for one in active.window.findChildren(QPushButton) if "清这张卡" in one.text()]
    assert [one.isVisible() for one in keys] == [False]
    qtbot.keyClick(active.window, Qt.Key.Key_F10)
    active.counter.model.wipe(Approval(SUPERVISOR), "moved out, card came back")
    assert not active.station.backs


def test_no_other_card_is_offered_to_be_issued(active: Stage, qtbot: QtBot) -> None:
    active.insert()
    assert not offered(active)
    qtbot.keyClick(active.window, Qt.Key.Key_F9)
    active.remove()
    active.station.fails["insert_card"] = Refusal("foreign_card")
    active.insert()
    assert not offered(active)
    qtbot.keyClick(active.window, Qt.Key.Key_F9)
    assert not active.station.issued


def test_a_card_that_was_pulled_can_be_issued_again(
    active: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "220104000017", "CS01")
    active.station.fails["insert_card"] = Refusal("blank_card")
    active.station.fails["issue_card"] = OutcomeUnknown("card_work_unknown", account_no="1")
    active.insert()
    qtbot.keyClick(active.window, Qt.Key.Key_F9)
    state = active.counter.model.state
    assert (state.phase, state.problem.code if state.problem else "") == (
        Phase.STOPPED,
        "card_work_unknown",
    )
    del active.station.fails["issue_card"]
    assert offered(active)
    qtbot.keyClick(active.window, Qt.Key.Key_F9)
    assert len(active.station.issued) == 2
