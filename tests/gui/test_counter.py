"""The counter: a card, an amount, one key; and nothing of the household stays."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from cardstation.domain.card import CardContent
from cardstation.domain.household import Household
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import Step
from cardstation.errors import CardMute, CardRemoved, Refusal
from cardstation.i18n import translator
from cardstation.services.resolve import Outcome, Resolution
from tests.kit import window_samples as samples
from tests.kit.window_fakes import PRESENCE, FakeCard
from tests.kit.window_stage import Stage
from ui.parts.words import OneLine
from ui.screens.counter.state import Phase, State


def amount_of(desk: Stage) -> QLineEdit:
    found = desk.window.view("counter").findChild(QLineEdit)
    assert isinstance(found, QLineEdit)
    return found


def texts_of(desk: Stage) -> str:
    labels = desk.window.findChildren(QLabel)
    fields = desk.window.findChildren(QLineEdit)
    names = [one.accessibleName() for one in (*labels, *fields, desk.window.banner)]
    return "\n".join([*(one.text() for one in labels), *(one.text() for one in fields), *names])


def test_a_sale_by_keyboard_alone(desk: Stage, qtbot: QtBot) -> None:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.insert()
    assert desk.counter.model.state.phase is Phase.READY
    assert amount_of(desk).hasFocus()
    qtbot.keyClicks(amount_of(desk), "300")
    state = desk.counter.model.state
    assert state.quote is not None
    assert str(state.quote.volume) == "95 m³"
    assert desk.window.banner.state.title == "收款 ¥300.00，然后按 Enter"
    qtbot.keyClick(amount_of(desk), Qt.Key.Key_Return)
    assert desk.counter.model.state.phase is Phase.DONE
    assert desk.window.banner.state.kind == "done"
    [request] = desk.station.requests
    assert request.money is not None
    assert request.money.fen == 30_000
    assert request.agreed == state.quote
    assert "print_receipt" in desk.station.calls


def test_f2_confirms_and_esc_only_clears(desk: Stage, qtbot: QtBot) -> None:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.insert()
    qtbot.keyClicks(amount_of(desk), "50")
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert desk.counter.model.state.text == ""
    assert amount_of(desk).text() == ""
    assert not desk.station.requests
    qtbot.keyClicks(amount_of(desk), "50")
    qtbot.keyClick(desk.window, Qt.Key.Key_F2)
    assert len(desk.station.requests) == 1


def test_every_step_is_shown_in_order(desk: Stage) -> None:
    seen: list[tuple[str, int]] = []

    def during(_step: Step) -> None:
        state = desk.window.banner.state
        seen.append((state.kind, state.step))

    desk.station.during = during
    desk.insert()
    desk.counter.model.type_amount("300")
    desk.counter.model.confirm()
    assert seen == [("writing", at) for at in range(6)]


@pytest.mark.parametrize("moment", ["read", "priced", "done", "stopped"])
def test_removal_clears_screen_and_model(desk: Stage, moment: str) -> None:
    if moment == "stopped":
        desk.station.card = FakeCard(samples.facts(stop="load_still_on_card"))
    desk.insert()
    if moment in ("priced", "done"):
        desk.counter.model.type_amount("300")
    if moment == "done":
        desk.counter.model.confirm()
    assert samples.household().name in texts_of(desk)
    desk.remove()
    assert desk.counter.model.state == State()
    blank = texts_of(desk)
    for known in (samples.household().name, "3-2-1201", "4587", "95 m³", "S001-2026"):
        assert known not in blank
    assert desk.station.card.closed


def test_nothing_reachable_in_the_model_keeps_the_household(desk: Stage) -> None:
    desk.insert()
    desk.counter.model.type_amount("300")
    desk.counter.model.confirm()
    desk.remove()
    desk.station.card = FakeCard(samples.facts())
    held = reachable(desk.counter.model) + reachable(desk.session.tools.place)
    kept = [one for one in held if isinstance(one, Household | CardContent | Quote | Receipt)]
    assert not kept


def reachable(start: Any) -> list[Any]:
    """Everything the model's own attributes lead to; services and Qt are the world, not it."""
    found: list[Any] = []
    todo = [value for name, value in vars(start).items() if name not in ("_services", "_tools")]
    seen: set[int] = set()
    while todo:
        one = todo.pop()
        if id(one) in seen or type(one).__module__.startswith(("builtins.m", "types", "tests")):
            continue
        seen.add(id(one))
        found.append(one)
        if type(one).__module__.startswith(("cardstation.domain", "ui.screens.counter.state")):
            todo += gc.get_referents(one)
    return found


def test_a_card_pulled_while_writing_names_nobody(desk: Stage) -> None:
    desk.pull_at(Step.WRITE)
    desk.insert()
    desk.counter.model.type_amount("300")
    desk.counter.model.confirm()
    state = desk.counter.model.state
    assert state.phase is Phase.PULLED
    assert state.step is Step.WRITE
    assert desk.window.banner.state.kind == "needs_you"
    assert samples.household().name not in texts_of(desk)
    desk.remove()
    assert desk.counter.model.state.phase is Phase.PULLED
    desk.station.during = lambda _step: None
    desk.insert()
    assert desk.counter.model.state.phase is Phase.READY


def test_an_unfinished_load_is_finished_at_the_next_insertion(desk: Stage) -> None:
    priced = samples.quote(samples.household(), samples.Money(30_000), None)
    desk.station.resolution = Resolution(Outcome.SEALED, None, samples.receipt(priced))
    desk.insert()
    state = desk.counter.model.state
    assert (state.phase, state.finished) == (Phase.DONE, True)
    assert desk.window.banner.state.title == "上次没写完的已写完，请取卡"
    assert "print_receipt" in desk.station.calls


@pytest.mark.parametrize("taken", [True, False])
def test_only_a_human_says_whether_money_was_taken(desk: Stage, qtbot: QtBot, taken: bool) -> None:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    [asked] = [one for one in samples.open_intents() if one.code == "payment_question"]
    desk.station.resolution = Resolution(Outcome.QUESTION, asked)
    desk.insert()
    assert desk.counter.model.state.phase is Phase.QUESTION
    qtbot.keyClick(desk.window, Qt.Key.Key_F9 if taken else Qt.Key.Key_F10)
    assert desk.station.answers == [(asked.intent_id, taken)]
    assert desk.counter.model.state.phase is Phase.READY


def test_a_card_that_is_refused_says_so_in_words(desk: Stage) -> None:
    desk.station.fails["insert_card"] = Refusal("foreign_card")
    desk.insert()
    assert desk.window.banner.state.kind == "needs_you"
    assert "异常卡" in desk.window.banner.state.line


def test_an_amount_that_is_none_is_not_sold(desk: Stage) -> None:
    desk.insert()
    for text in ("", "x", "-5", "1.234", "3e2"):
        desk.counter.model.type_amount(text)
        desk.counter.model.confirm()
    assert not desk.station.requests


def test_full_width_digits_are_digits(desk: Stage) -> None:
    desk.insert()
    desk.counter.model.type_amount("３００．５")
    quote = desk.counter.model.state.quote
    assert quote is not None
    assert quote.money.fen == 30_050


def test_a_bank_transfer_needs_its_number(desk: Stage) -> None:
    model = desk.counter.model
    desk.insert()
    model.type_amount("300")
    model.choose_tender("bank_transfer")
    model.confirm()
    assert not desk.station.requests
    model.type_reference("88230017")
    model.confirm()
    [request] = desk.station.requests
    assert (request.tender, request.reference) == (Tender.BANK_TRANSFER, "88230017")


def test_by_volume(desk: Stage) -> None:
    model = desk.counter.model
    desk.insert()
    model.choose_unit("volume")
    model.type_amount("40")
    model.confirm()
    [request] = desk.station.requests
    assert request.money is None
    assert request.volume == samples.m3("40")


def test_a_receipt_that_is_not_printed_is_said_and_the_sale_stands(desk: Stage) -> None:
    desk.station.fails["print_receipt"] = Refusal("paper_not_printed")
    desk.insert()
    desk.counter.model.type_amount("300")
    desk.counter.model.confirm()
    assert desk.counter.model.state.phase is Phase.DONE
    assert desk.counter.model.state.paper is False
    assert desk.session.tools.board.note is not None


@pytest.mark.parametrize("error", [CardRemoved(), CardMute()])
def test_a_card_that_fails_while_read_leaves_nothing(
    desk: Stage, error: CardRemoved | CardMute
) -> None:
    desk.station.fails["read_card"] = error
    desk.insert()
    assert desk.counter.model.state.household is None
    assert desk.counter.model.state.phase is Phase.STOPPED
    assert desk.session.tools.place.card is None


def test_a_new_card_after_trouble_with_the_service(desk: Stage) -> None:
    desk.session.tools.place.troubled(CardMute(), PRESENCE.reader)
    desk.session.tools.place.plugged((PRESENCE.reader,))
    assert desk.window.banner.state.kind == "needs_you"
    desk.session.tools.place.arrived(PRESENCE)
    assert desk.window.banner.state.kind == "ready"


def test_what_to_know_of_a_makers_cards_is_one_quiet_line(desk: Stage) -> None:
    facts = samples.facts()
    trap = (
        "An answer torn at the meter is written anew at the next insertion there; until then "
        "the card takes no load."
    )
    desk.station.card = FakeCard(replace(facts, rules=replace(facts.rules, traps=(trap, trap))))
    desk.insert()
    words = translator("zh_CN")(trap)
    line = next(one for one in desk.window.findChildren(OneLine) if one.toolTip())
    assert line.toolTip() == line.accessibleName() == f"{words} · {words}"
    assert line.text().endswith("…")
    assert line.height() < 2 * line.fontMetrics().height()
    desk.remove()
    assert not line.toolTip()
