"""The page of services: a household is found, served and forgotten; the card is the key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from cardstation.domain.shift import Approval
from cardstation.errors import Mishap, Refusal
from tests.gui.test_counter import texts_of
from tests.kit import window_samples as samples
from tests.kit.window_household import NEIGHBOUR, household_state
from tests.kit.window_people import SUPERVISOR
from tests.kit.window_stage import Stage, application
from ui.lane import HeldLane
from ui.parts.second_person import SecondPerson
from ui.screens.household.model import HouseholdModel
from ui.screens.household.state import Phase, State
from ui.screens.household.view import HouseholdView

BY = Approval(SUPERVISOR)
NAME = samples.household().name


@pytest.fixture
def page(desk: Stage, qtbot: QtBot) -> HouseholdView:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.window.go("household")
    shown = desk.window.view("household")
    assert isinstance(shown, HouseholdView)
    return shown


def model_of(desk: Stage) -> HouseholdModel:
    return desk.household.model


def sure(monkeypatch: pytest.MonkeyPatch, *, agrees: bool = True) -> list[str]:
    """A second person who types their PIN, or who does not; what they were asked."""
    asked: list[str] = []

    def second(_view: object, _look: object, _way: object, what: str, whom: str) -> object:
        asked.append(f"{whom}\n{what}")
        return (BY, "") if agrees else None

    monkeypatch.setattr("ui.screens.household.view.ask_second_person", second)
    return asked


def filled(desk: Stage, code: str = "lay_aside") -> HouseholdModel:
    """The household found by its account, and the form of a service filled."""
    model = model_of(desk)
    model.find(samples.ACCOUNT_NO)
    model.choose(code)
    if code != "issue":
        model.type("why", "moved out")
    return model


def test_found_by_its_account_served_and_told_by_keys_alone(
    desk: Stage, page: HouseholdView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = sure(monkeypatch)
    assert page.person.field.hasFocus()
    qtbot.keyClicks(page.person.field, samples.ACCOUNT_NO)
    qtbot.keyClick(page.person.field, Qt.Key.Key_Return)
    assert desk.window.banner.state.title.startswith(NAME)
    qtbot.keyClick(desk.window, Qt.Key.Key_A)
    why = page.form.rows[0].inputs[0]
    assert isinstance(why, QLineEdit)
    qtbot.keyClick(why, Qt.Key.Key_Return)
    assert model_of(desk).state.doubts.keys() == {"why"}
    assert "此项必填" in texts_of(desk)
    qtbot.keyClicks(why, "card broke")
    qtbot.keyClick(why, Qt.Key.Key_Return)
    assert desk.station.backs == [("lay_aside", SUPERVISOR, f"{samples.ACCOUNT_NO} card broke")]
    assert NAME in asked[0], "they read what will happen"
    assert desk.window.banner.state.kind == "done"
    qtbot.keyClick(desk.window, Qt.Key.Key_Return)
    assert model_of(desk).state.phase is Phase.CHOOSE
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert model_of(desk).state == State()
    assert NAME not in texts_of(desk)


def test_of_several_one_is_chosen(desk: Stage, page: HouseholdView, qtbot: QtBot) -> None:
    page.person.field.setText("欧阳")
    qtbot.keyClick(page.person.field, Qt.Key.Key_Return)
    assert page.found.table.hasFocus()
    qtbot.keyClick(page.found.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.found.table, Qt.Key.Key_Return)
    assert model_of(desk).state.account_no == NEIGHBOUR.account_no


def test_nobody_is_found(desk: Stage, page: HouseholdView) -> None:
    model_of(desk).find("nobody")
    problem = model_of(desk).state.problem
    assert problem is not None
    assert problem.code == "nobody_found"
    assert desk.window.banner.state.kind == "needs_you"


def test_without_the_second_person_nothing_is_done(
    desk: Stage, page: HouseholdView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sure(monkeypatch, agrees=False)
    model = filled(desk)
    qtbot.keyClick(desk.window, Qt.Key.Key_F2)
    assert model.state.phase is Phase.FORM
    model.go()
    assert not desk.station.backs


def test_a_refusal_keeps_the_form(desk: Stage, page: HouseholdView) -> None:
    desk.station.fails["lay_aside"] = Refusal("no_card_work", account_no="1")
    model = filled(desk)
    model.go(BY)
    assert model.state.phase is Phase.REFUSED
    assert desk.window.banner.state.kind == "needs_you"
    model.back()
    assert (model.state.phase, model.state.texts["why"]) == (Phase.FORM, "moved out")
    assert model.state.may_confirm


def test_the_blank_is_waited_for_and_written(desk: Stage, page: HouseholdView) -> None:
    model = filled(desk, "issue")
    model.go()
    assert model.state.phase is Phase.PLACE
    desk.station.fails["insert_card"] = Refusal("blank_card")
    desk.insert()
    assert desk.station.issued == [(samples.ACCOUNT_NO, "")]
    assert (model.state.phase, model.state.paper) == (Phase.DONE, True)
    assert desk.station.calls.count("print_card_slip") == 1
    desk.remove()
    assert model.state == State()


def test_a_blank_that_lies_there_first_is_not_forgotten(desk: Stage, page: HouseholdView) -> None:
    desk.station.fails["insert_card"] = Refusal("blank_card")
    desk.insert()
    assert desk.window.banner.state.kind == "ready", "work to do, not a fault"
    filled(desk, "issue").go()
    assert desk.station.issued == [(samples.ACCOUNT_NO, "")]


def test_a_refused_blank_is_taken_out_and_another_tried(desk: Stage, page: HouseholdView) -> None:
    model = filled(desk, "issue")
    model.go()
    desk.station.fails["insert_card"] = Refusal("foreign_card")
    desk.station.fails["issue_card"] = Refusal("not_blank")
    desk.insert()
    assert model.state.phase is Phase.REFUSED
    desk.remove()
    assert (model.state.phase, model.state.account_no) == (Phase.FORM, samples.ACCOUNT_NO)


def test_another_households_card_is_not_written(desk: Stage, page: HouseholdView) -> None:
    model = model_of(desk)
    model.find(NEIGHBOUR.account_no)
    model.choose("issue")
    model.go()
    desk.insert()
    problem = model.state.problem
    assert problem is not None
    assert (model.state.phase, problem.code) == (Phase.PLACE, "card_of_another")
    assert NAME not in texts_of(desk)
    assert not desk.station.issued
    desk.remove()
    assert (model.state.phase, model.state.problem) == (Phase.PLACE, None)


def test_a_card_brings_its_household_and_takes_it_away(desk: Stage, page: HouseholdView) -> None:
    model = model_of(desk)
    model.find(NEIGHBOUR.account_no)
    desk.insert()
    assert (model.state.account_no, model.state.by_card) == (samples.ACCOUNT_NO, True)
    assert NEIGHBOUR.name not in texts_of(desk)
    desk.remove()
    assert model.state == State()
    assert NAME not in texts_of(desk)


@pytest.mark.parametrize("phase", [Phase.CHOOSE, Phase.FORM, Phase.DONE])
def test_nothing_stays_when_the_page_is_left(
    desk: Stage, page: HouseholdView, phase: Phase
) -> None:
    model = filled(desk)
    if phase is Phase.CHOOSE:
        model.back()
    elif phase is Phase.DONE:
        model.go(BY)
    assert model.state.phase is phase
    desk.window.go("settings")
    assert model.state == State()
    desk.window.go("household")
    for known in (NAME, "3-2-1201", "4587", "moved out"):
        assert known not in texts_of(desk)


def test_the_second_persons_sheet_goes_with_the_household(desk: Stage, page: HouseholdView) -> None:
    desk.insert()
    model = model_of(desk)
    model.choose("issue")
    sheet = SecondPerson(page, desk.window.look, desk.session.tools.approver, NAME)
    sheet.show()
    desk.remove()
    assert not sheet.isVisible()


def test_a_paper_that_jams_is_said(desk: Stage, page: HouseholdView) -> None:
    desk.station.fails["print_card_slip"] = Mishap("printer_gone")
    desk.station.fails["insert_card"] = Refusal("blank_card")
    model = filled(desk, "issue")
    desk.insert()
    model.go()
    assert (model.state.phase, model.state.paper) == (Phase.DONE, False)
    note = desk.session.tools.board.note
    assert note is not None
    assert note.problem is not None


def test_done_shows_what_holds_now(desk: Stage, page: HouseholdView) -> None:
    model = filled(desk)
    home = samples.household(balance=samples.Money(99_900))
    desk.station.households.known[samples.ACCOUNT_NO] = household_state(home)
    model.go(BY)
    of = model.state.facts.of
    assert of is not None
    assert of.household.balance.fen == 99_900


def test_what_was_done_is_shown_and_its_receipt_printed_again(
    desk: Stage, page: HouseholdView, qtbot: QtBot
) -> None:
    model = model_of(desk)
    model.find(samples.ACCOUNT_NO)
    qtbot.keyClick(desk.window, Qt.Key.Key_F7)
    assert page.history.table.hasFocus()
    assert page.history.may_print
    qtbot.keyClick(page.history.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.history.table, Qt.Key.Key_Return)
    assert model.state.phase is Phase.HISTORY, "gas that was granted has no receipt"
    qtbot.keyClick(page.history.table, Qt.Key.Key_Up)
    qtbot.keyClick(page.history.table, Qt.Key.Key_Return)
    assert (model.state.phase, model.state.texts["number"]) == (Phase.FORM, "S001-2026-000731")
    chosen = page.form.rows[0].inputs[0]
    assert isinstance(chosen, QComboBox)
    assert chosen.currentData() == "S001-2026-000731"
    qtbot.keyClick(desk.window, Qt.Key.Key_F2)
    assert desk.station.households.reprinted == [("S001-2026-000731", "lost")]
    assert (model.state.phase, model.state.paper) == (Phase.DONE, True)
    qtbot.keyClick(desk.window, Qt.Key.Key_Return)
    qtbot.keyClick(desk.window, Qt.Key.Key_F7)
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert model.state.phase is Phase.CHOOSE
    model.forget()
    assert "S001-2026" not in texts_of(desk)
    assert not page.history.may_print


def test_what_will_happen_is_asked_once_at_a_time(desk: Stage, page: HouseholdView) -> None:
    """A preview may ask the ledger: signs that are typed meanwhile wait for its answer."""
    model, lane = model_of(desk), HeldLane()
    model.find(samples.ACCOUNT_NO)
    model.tools = replace(model.tools, desk=lane)
    model.choose("lay_aside")
    for typed in ("m", "mo", "moved", "moved out"):
        model.type("why", typed)
    assert not model.state.may_confirm
    assert lane.run() == 1
    assert not model.state.may_confirm, "it was of another word"
    assert lane.run() == 1
    assert model.state.may_confirm
    model.type("why", "moved away")
    model.back()
    assert lane.run() == 1
    assert lane.run() == 0, "nobody waits for it any more"
    assert model.state.phase is Phase.CHOOSE


def test_another_language_keeps_what_was_typed(desk: Stage, page: HouseholdView) -> None:
    filled(desk)
    desk.session.tools.choices.choose_language("en")
    shown = desk.window.view("household")
    assert isinstance(shown, HouseholdView)
    assert shown is not page
    why = shown.form.rows[0].inputs[0]
    assert isinstance(why, QLineEdit)
    assert why.text() == "moved out"
    application().processEvents()
    assert why.isVisible()
    assert model_of(desk).state.may_confirm
