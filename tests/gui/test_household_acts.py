"""Every service of the page, walked: offered or not, every field bad, both languages, keyboard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from cardstation.domain.meter import Clearing, Reissue, WaitingLoad
from cardstation.errors import Refusal
from cardstation.i18n import translator
from cardstation.sentences import SENTENCES, word
from tests.gui.conftest import Open
from tests.kit.window_acts import ACT_CASES, NOBODY, ActCase
from tests.kit.window_fakes import FakeStation
from tests.kit.window_stage import Stage, application
from ui.approver import Approver
from ui.look import Look, font
from ui.parts.second_person import SecondPerson
from ui.screens.household.acts import ACTS
from ui.screens.household.acts.cards import MADE_ELSEWHERE, NEVER_BLANK
from ui.screens.household.acts.kind import AS_IS, Act, Facts, Field, Form, Group, Kind, Needs, say
from ui.screens.household.choosing import ActButton
from ui.screens.household.state import State
from ui.screens.household.typed import read_form, reference_of, value_of
from ui.screens.household.view import HouseholdView

EACH = pytest.mark.parametrize("act", ACTS, ids=lambda act: act.code)
_ROOM = 431
_ROOM_OF_FORMS = _ROOM + 112
"""Pixels between banner and footer on the smallest screen; over a form the banner is one line."""
_ROOM_OF_SHEETS = 700
_BUTTON = 150
BAD = {
    Kind.WORDS: [],
    Kind.DIGITS: ["12a", "１2-3"],
    Kind.VOLUME: ["many", "0", "-5", "1.2345"],
    Kind.MONEY: ["much", "0", "-5", "1.234"],
    Kind.DAY: ["soon", "2026-13-01", "2026-02-30"],
    Kind.CHOICE: [],
    Kind.TENDER: ["qr_code"],
}


def case_of(act: Act) -> ActCase:
    assert act.code in ACT_CASES, "give it a case in tests/kit/window_acts.py"
    return ACT_CASES[act.code]


def texts_of(act: Act) -> dict[str, str]:
    """A good form: what stands in it when it is opened, and what the case types."""
    case = case_of(act)
    chosen = {
        field.name: choices[0][0]
        for field in act.asks(case.offered)
        if (choices := field.choices(FakeStation().services(), case.offered))
    }
    paid = {field.name: "cash" for field in act.fields if field.kind is Kind.TENDER}
    return {**chosen, **paid, **case.texts}


def said_by(act: Act) -> Iterator[str]:
    """Every English text that stands in its value."""
    yield from (act.title, act.about, act.card)
    for field in act.fields:
        yield from (text for text in (field.label, field.about) if text)
        choices = field.choices(FakeStation().services(), case_of(act).offered)
        yield from (said.text for _, said in choices if said.text != AS_IS)


def test_every_act_is_told_from_the_others() -> None:
    assert [key for key, n in Counter(act.key for act in ACTS).items() if n > 1] == []
    assert [code for code, n in Counter(act.code for act in ACTS).items() if n > 1] == []
    assert {act.code for act in ACTS} == ACT_CASES.keys()


@EACH
def test_it_is_offered_or_says_why_not(act: Act) -> None:
    case, chinese = case_of(act), translator("zh_CN")
    assert act.reason(case.offered) is None
    for facts in case.refused if act.alone else (NOBODY, *case.refused):
        reason = act.reason(facts)
        assert reason is not None
        assert chinese.knows(reason.text), reason.text
        assert len(reason.in_words(chinese)) <= 30, "one line"


@EACH
def test_every_text_is_in_both_languages(act: Act) -> None:
    chinese = translator("zh_CN")
    assert [text for text in said_by(act) if not chinese.knows(text)] == []
    for lang in ("zh_CN", "en"):
        wide = QFontMetricsF(font(14, bold=True)).horizontalAdvance(translator(lang)(act.title))
        assert wide <= _BUTTON, f"{lang}: too long for its button"


@EACH
def test_every_field_says_what_is_wrong_with_it(act: Act) -> None:
    case = case_of(act)
    good = texts_of(act)
    assert read_form(act, case.offered, good)[1] == {}, "the case's form is good"
    for field in act.asks(case.offered):
        wrong = [*BAD[field.kind], "x" * (field.longest + 1), *([""] if field.needed else [])]
        for text in wrong:
            texts = {**good, field.name: text, reference_of(field.name): ""}
            _, doubts = read_form(act, case.offered, texts)
            assert field.name in doubts, (field.name, text)
            assert doubts[field.name].code in SENTENCES


@EACH
def test_what_will_happen_is_said_in_both_languages(act: Act) -> None:
    case, services = case_of(act), FakeStation().services()
    form = Form(case.offered, read_form(act, case.offered, texts_of(act))[0])
    said = act.preview(services, form)
    assert said
    for lang in ("zh_CN", "en"):
        t = translator(lang)
        for one in said:
            assert "—" not in one.in_words(t), "a field without a value"
            assert lang == "en" or t.knows(one.text), one.text


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_each_is_reached_and_left_by_keys(open_desk: Open, qtbot: QtBot, language: str) -> None:
    shown = open_desk(language)
    with qtbot.waitActive(shown.window):
        shown.window.activateWindow()
    for act in ACTS:
        page = opened(shown, act)
        qtbot.keyClick(shown.window, getattr(Qt.Key, f"Key_{act.key}"))
        assert shown.household.model.state.act is act
        for name, text in case_of(act).texts.items():
            shown.household.model.type(name, text)
        application().processEvents()
        high = page.form.layout().totalHeightForWidth(page.form.width())
        assert high <= _ROOM_OF_FORMS, f"{act.code}: the window grows"
        assert [row.field for row in page.form.rows] == list(act.asks(case_of(act).offered))
        if act.fields:
            assert page.form.rows[0].inputs[0].hasFocus(), act.code
        inputs = [made for row in page.form.rows for made in row.inputs]
        assert all(one.accessibleName() or not isinstance(one, QLineEdit) for one in inputs)
        qtbot.keyClick(shown.window, Qt.Key.Key_Escape)
        assert shown.household.model.state.act is None
    assert shown.station.backs == []
    assert page.acts.minimumSizeHint().height() <= _ROOM, "the smallest screen has no room"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_second_person_reads_for_whom_and_every_line(
    open_desk: Open, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = open_desk(language)
    sheets: list[SecondPerson] = []

    def asked(parent: QWidget, look: Look, way: Approver, what: str, *, whom: str) -> None:
        sheets.append(SecondPerson(parent, look, way, what, whom=whom))

    monkeypatch.setattr("ui.screens.household.view.ask_second_person", asked)
    for act in (one for one in ACTS if one.two):
        page = opened(shown, act)
        shown.household.model.choose(act.code)
        for name, text in case_of(act).texts.items():
            shown.household.model.type(name, text)
        page._confirm()
        sheet = sheets.pop()
        sheet.show()
        application().processEvents()
        words = [one for one in sheet.findChildren(QLabel) if one.wordWrap() and one.text()]
        cut = [one.text() for one in words if one.heightForWidth(one.width()) > one.height()]
        assert (act.code, cut) == (act.code, [])
        assert sheet.height() <= _ROOM_OF_SHEETS, act.code
        of = case_of(act).offered.of
        whom = [of.household.name, of.household.address.door] if of is not None else []
        assert all(part in words[0].text() for part in whom), act.code
        assert shown.window.look.t(act.title) in words[bool(whom)].text()
        sheet.reject()


def test_one_that_is_not_offered_says_why_when_its_key_is_pressed(
    desk: Stage, qtbot: QtBot
) -> None:
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    act = next(one for one in ACTS if one.code == "give_up_clearing")
    opened(desk, act)
    desk.household.model._show(State(facts=case_of(act).refused[-1]))
    qtbot.keyClick(desk.window, getattr(Qt.Key, f"Key_{act.key}"))
    note = desk.session.tools.board.note
    assert note is not None
    assert (note.text, note.tone) == ("No card is being cleared.", "warn")
    assert desk.household.model.state.act is None


def opened(shown: Stage, act: Act) -> HouseholdView:
    """The page with the facts of the act's case."""
    shown.window.go("household")
    shown.household.model._show(State(facts=case_of(act).offered))
    page = shown.window.view("household")
    assert isinstance(page, HouseholdView)
    return page


def test_the_manual_names_every_one_with_its_key() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "manual.zh-CN.md").read_text("utf-8")
    t = translator("zh_CN")
    rows = [f"| {act.key} | {t(act.title)} | {'✓' if act.two else ''} |" for act in ACTS]
    assert [row for row in rows if row not in manual] == []


def test_groups_have_words() -> None:
    for group in Group:
        assert translator("zh_CN").knows(word(f"group.{group}", translator("en")))


def test_an_empty_field_that_may_be_is_nothing() -> None:
    assert value_of(Field("a", "A", Kind.MONEY, needed=False), {}) is None


def test_a_letter_in_the_search_field_is_a_letter(desk: Stage) -> None:
    page = opened(desk, ACTS[0])
    page.person.field.setFocus()
    QTest.keyClick(page.person.field, Qt.Key.Key_I)
    assert page.person.field.text() == "i"
    assert desk.household.model.state.act is None


def test_an_act_that_needs_a_card_says_which(desk: Stage) -> None:
    assert all(act.card for act in ACTS if act.needs is not Needs.NOTHING)
    assert all(isinstance(one, ActButton) for one in opened(desk, ACTS[0]).acts.buttons)


def kept_for_ever(**changes: object) -> Facts:
    """The card of a maker whose table says so lies in the reader."""
    case = ACT_CASES["return"].offered
    assert case.card is not None
    rules = replace(case.card.rules, **changes)  # type: ignore[arg-type]  # named as its fields
    return replace(case, card=replace(case.card, rules=rules))


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("issue", {"issues": False}),
        ("reissue", {"reissue": Reissue.ELSEWHERE}),
        ("cancel_reissue", {"clears": Clearing.NEVER}),
        ("clear", {"clears": Clearing.NEVER}),
        ("return", {"on_waiting_load": WaitingLoad.METER_FIRST}),
    ],
)
def test_what_a_makers_table_forbids_is_not_offered(code: str, changes: dict[str, object]) -> None:
    act = next(one for one in ACTS if one.code == code)
    facts = kept_for_ever(**changes)
    said = {"issue": MADE_ELSEWHERE, "reissue": MADE_ELSEWHERE, "return": None}
    home = replace(facts.home, generation=1)
    assert facts.of is not None
    assert facts.card is not None
    facts = replace(facts, of=replace(facts.of, household=home))
    if code == "clear":
        facts = replace(facts, card=replace(facts.card, stop=Refusal("old_card")))
    reason = act.reason(facts)
    assert reason is not None
    assert reason == (said.get(code, NEVER_BLANK) or reason)
    assert translator("zh_CN").knows(reason.text)


def test_a_preview_of_what_writes_a_card_says_what_to_know_of_it() -> None:
    act = next(one for one in ACTS if one.code == "return")
    facts = kept_for_ever(traps=("To know",))
    services = FakeStation().services()
    assert act.told(services, Form(facts))[-1] == say("To know")
