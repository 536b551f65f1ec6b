"""The page of services and the card: written, pulled, torn, and finished when it comes back."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cardstation.domain.money import NO_MONEY
from cardstation.domain.topup import Step
from cardstation.errors import OutcomeUnknown
from cardstation.services.resolve import Outcome, Resolution
from tests.gui.test_counter import texts_of
from tests.gui.test_household import BY, NAME, model_of, page
from tests.kit import window_samples as samples
from tests.kit.window_fakes import FakeCard
from tests.kit.window_household import NEIGHBOUR
from tests.kit.window_people import SUPERVISOR
from tests.kit.window_stage import Stage
from ui.screens.household.model import HouseholdModel
from ui.screens.household.state import Phase, State
from ui.screens.household.view import HouseholdView

__all__ = ["page"]


def with_load(desk: Stage) -> HouseholdModel:
    """The household's card in the reader, with a load on it, and its return filled in."""
    desk.station.card = FakeCard(samples.facts(taken=False))
    desk.insert()
    model = model_of(desk)
    model.choose("return")
    return model


def test_a_load_is_taken_back_with_its_steps(desk: Stage, page: HouseholdView) -> None:
    seen: list[tuple[str, int]] = []
    desk.station.during = lambda _step: seen.append(
        (desk.window.banner.state.kind, desk.window.banner.state.step)
    )
    model = with_load(desk)
    model.go(BY)
    assert seen == [("writing", at) for at in range(6)]
    assert desk.station.backs == [("take_back", SUPERVISOR, "")]
    assert "¥300.00" in desk.window.banner.state.title


def test_given_gas_that_is_taken_back_is_due_again(desk: Stage, page: HouseholdView) -> None:
    desk.station.owes = NO_MONEY
    with_load(desk).go(BY)
    assert "不退款" in desk.window.banner.state.line


def test_a_card_that_is_pulled_is_asked_for_and_names_nobody(
    desk: Stage, page: HouseholdView
) -> None:
    model = with_load(desk)
    desk.pull_at(Step.VERIFY)
    model.go(BY)
    desk.remove()
    assert model.state.phase is Phase.PULLED
    torn = desk.session.tools.unfinished.torn
    assert torn is not None
    assert torn.tail == samples.CARD_NO[-4:]
    assert NAME not in texts_of(desk)


def test_removal_in_the_middle_is_a_pulled_card(desk: Stage, page: HouseholdView) -> None:
    model = with_load(desk)
    desk.station.during = lambda step: desk.remove() if step is Step.WRITE else None
    model.go(BY)
    assert model.state.phase is Phase.PULLED


def test_an_unknown_outcome_with_the_card_there_says_so(desk: Stage, page: HouseholdView) -> None:
    desk.station.fails["take_back"] = OutcomeUnknown("outcome_unknown")
    model = with_load(desk)
    model.go(BY)
    problem = model.state.problem
    assert problem is not None
    assert (model.state.phase, problem.code) == (Phase.REFUSED, "outcome_unknown")
    assert desk.session.tools.unfinished.torn is not None


def test_what_was_open_is_finished_at_insertion(desk: Stage, page: HouseholdView) -> None:
    priced = samples.quote(samples.household(), samples.Money(30_000), None)
    desk.station.resolution = Resolution(Outcome.SEALED, receipt=samples.receipt(priced))
    desk.insert()
    state = model_of(desk).state
    assert (state.phase, state.paper) == (Phase.DONE, True)
    assert "print_receipt" in desk.station.calls


def test_a_question_of_money_is_the_counters(desk: Stage, page: HouseholdView) -> None:
    asked = samples.open_intents()[0]
    desk.station.resolution = Resolution(Outcome.QUESTION, intent=asked)
    desk.insert()
    problem = model_of(desk).state.problem
    assert problem is not None
    assert problem.code == "answer_at_counter"


def test_the_counter_takes_the_card_over_and_gives_it_back(
    desk: Stage, page: HouseholdView
) -> None:
    desk.insert()
    desk.window.go("counter")
    assert model_of(desk).state == State()
    assert desk.counter.model.state.household is not None
    desk.window.go("household")
    assert desk.counter.model.state.household is None
    assert model_of(desk).state.account_no == samples.ACCOUNT_NO


def test_a_torn_card_goes_first_and_may_be_laid_aside(
    desk: Stage, page: HouseholdView, qtbot: QtBot
) -> None:
    model = with_load(desk)
    desk.pull_at(Step.WRITE)
    model.go(BY)
    desk.remove()
    desk.station.during = lambda _step: None
    desk.station.open = (replace(samples.open_intents()[0], card_no=samples.CARD_NO),)
    other = samples.facts()
    identity = replace(other.content.identity, card_no=NEIGHBOUR.card_no)
    desk.station.card = FakeCard(
        replace(other, content=replace(other.content, identity=identity), household=NEIGHBOUR)
    )
    desk.insert()
    assert model.state.torn_first
    qtbot.keyClick(desk.window, Qt.Key.Key_F8)
    assert model.state.account_no == NEIGHBOUR.account_no


def test_a_torn_card_is_asked_for_until_it_is_laid_aside(
    desk: Stage, page: HouseholdView, qtbot: QtBot
) -> None:
    model = with_load(desk)
    desk.pull_at(Step.WRITE)
    model.go(BY)
    desk.remove()
    desk.window.go("settings")
    desk.window.go("household")
    assert "4587" in desk.window.banner.state.line, "the end of its number, and nobody's name"
    model.find(NEIGHBOUR.account_no)
    assert model.state.account_no == NEIGHBOUR.account_no, "without a card others are served"
    model.back()
    assert model.state.phase is Phase.PULLED
    qtbot.keyClick(desk.window, Qt.Key.Key_F8)
    assert model.state == State()
    note = desk.session.tools.board.note
    assert note is not None
    assert note.fields == {"tail": "4587"}
