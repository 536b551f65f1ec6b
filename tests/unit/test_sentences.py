"""Every code the product raises or returns has words in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation import errors, sentences
from cardstation.domain.batch import LineKind, LineState, Verdict
from cardstation.domain.meter import MeterKind
from cardstation.domain.payment import Tender
from cardstation.errors import CardRemoved, CardStationError, Refusal
from cardstation.i18n import LANGUAGES, fields_of, translator
from cardstation.sentences import SENTENCES, brief, of_error, sentence, word
from cardstation.sentences.words import WORDS

ROOT = Path(__file__).parents[2]
SNAKE = re.compile(r"[a-z]+(_[a-z0-9]+)+")
ZH, EN = translator("zh_CN"), translator("en")
ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, CardStationError)
}


def test_a_step_that_does_not_follow_is_told_in_the_words_of_the_desk() -> None:
    told = of_error(Refusal("batch_not_so_far", stage="returned", step="counted"), ZH)
    assert told.what == "批次处于“已退卡”，不能接着做“清单已由第二人核对”。"


def raised_codes(tree: ast.AST) -> Iterator[str]:
    """Codes given to an error, or beside an error's name in a table; module constants resolved."""
    constants = {
        target.id: node.value
        for node in getattr(tree, "body", [])
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if _called(node) in ERRORS:
            given = node.args[:1] + [k.value for k in node.keywords if k.arg in ("code", "advice")]
        elif node.args and isinstance(node.args[0], ast.Name) and node.args[0].id in ERRORS:
            given = node.args[1:2]
        else:
            continue
        for value in given:
            yield from _texts(constants.get(getattr(value, "id", ""), value))


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def snake_words(tree: ast.AST) -> set[str]:
    """Every snake_case text of a module that is no docstring."""
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and SNAKE.fullmatch(text)}


def _sources() -> list[Path]:
    rooms = ("cardstation", "drivers", "ui")
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def facts_not_given(tree: ast.AST) -> Iterator[str]:
    """Errors raised without a fact that their sentence names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in ERRORS and node.args:
            given = {keyword.arg for keyword in node.keywords}
            for code in SENTENCES.keys() & set(_texts(node.args[0])):
                words = SENTENCES[code]
                named = fields_of(words.what) | fields_of(words.money) | fields_of(words.todo)
                if None not in given and named - given:
                    yield f"{code} at line {node.lineno}: {named - given}"


def test_every_raised_code_has_a_sentence_and_the_facts_it_names() -> None:
    raised, no_sentence, no_facts = set[str](), [], []
    for path in _sources():
        tree = ast.parse(path.read_text("utf-8"))
        codes = set(raised_codes(tree))
        raised |= codes
        no_sentence += [(path, code) for code in codes - SENTENCES.keys()]
        no_facts += [(path, what) for what in facts_not_given(tree)]
    assert no_sentence == []
    assert no_facts == []
    assert len(raised) > 300


def test_a_fact_that_is_not_given_is_found() -> None:
    assert [*facts_not_given(ast.parse('Refusal("cap_exceeded")'))]
    assert not [*facts_not_given(ast.parse('Refusal("cap_exceeded", left_litres=1)'))]


@pytest.mark.parametrize("name", ["admission", "matching", "preflight", "sale"])
def test_every_reason_of_a_verdict_has_a_sentence(name: str) -> None:
    source = (ROOT / "cardstation" / "domain" / f"{name}.py").read_text("utf-8")
    grounds = {word.removeprefix("ground.") for word in WORDS}
    assert not snake_words(ast.parse(source)) - SENTENCES.keys() - grounds


@pytest.mark.parametrize("module", ["services/intent/opened", "sync/failures"])
def test_every_code_of_a_table_has_a_sentence(module: str) -> None:
    source = (ROOT / "cardstation" / f"{module}.py").read_text("utf-8")
    assert not snake_words(ast.parse(source)) - SENTENCES.keys()


def test_the_walk_finds_codes() -> None:
    text = (
        'C = "f"\nraise Refusal("a" if x else "b", advice="c")\nMishap(code="d")\n'
        'errors.Defect("e")\nMishap(C)\nMeaning(CardMute, "g")\nprint("h")\n'
    )
    assert set(raised_codes(ast.parse(text))) == {"a", "b", "c", "d", "e", "f", "g"}


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_every_error_has_a_sentence_under_its_own_name(name: str) -> None:
    error = getattr(errors, name)()
    assert error.code in SENTENCES


def test_every_sentence_is_whole_in_both_languages() -> None:
    all_of = {code: (one.brief, one.what, one.money, one.todo) for code, one in SENTENCES.items()}
    told = [(code, text) for code, texts in all_of.items() for text in texts]
    assert [(code, text) for code, text in told if text.strip() != text or not text] == []
    assert [(code, text) for code, text in told if not ZH.knows(text)] == [], "not in zh_CN"
    assert [
        (code, text)
        for code, (_, *long) in all_of.items()
        for text in long
        if not fields_of(text) and not text.endswith(".")
    ] == []


def test_every_brief_is_brief() -> None:
    briefs = {code: words.brief for code, words in SENTENCES.items()}
    assert [one for one in briefs.items() if len(one[1]) > 30 or fields_of(one[1])] == []


def test_every_word_stands_in_both_languages() -> None:
    assert [code for code, text in WORDS.items() if not ZH.knows(text)] == []
    assert [code for code in WORDS if word(code, EN) == code] == []


@pytest.mark.parametrize(
    ("space", "values"),
    [
        ("line", LineState),
        ("verdict", Verdict),
        ("kind", LineKind),
        ("tender", Tender),
        ("meter", MeterKind),
    ],
)
def test_every_state_has_a_word(space: str, values: type[LineState]) -> None:
    assert {f"{space}.{value}" for value in values} <= WORDS.keys()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_pulled_card_is_told_as_a_person_would(lang: str) -> None:
    told = of_error(CardRemoved(), translator(lang))
    expected = {
        "en": "The card was pulled out half-way. It will be finished; nothing is charged twice. "
        "Put the same card back in.",
        "zh_CN": "卡在中途被拔出了。会接着做完，不会重复收费。请插回同一张卡。",
    }
    assert str(told) == expected[lang]


def test_advice_says_what_to_do() -> None:
    error = Refusal("card_mute", advice="reader_gone")
    told = of_error(error, EN)
    assert told.what == sentence("card_mute", {}, EN).what
    assert told.todo == sentence("reader_gone", {}, EN).todo


def test_a_reason_inside_a_sentence_is_told_in_words() -> None:
    assert "Name differs" in sentence("line_needs_human", {"reason": "name_differs"}, EN).what
    assert "xyz" in sentence("line_needs_human", {"reason": "xyz"}, EN).what


def test_values_are_filled_in() -> None:
    told = sentence("cap_exceeded", {"left_litres": 35500}, ZH)
    assert "35.5 m³" in told.what


def test_an_unknown_code_is_shown() -> None:
    assert "brand_new" in sentence("brand_new", {}, ZH).what
    assert brief("brand_new", ZH) == "brand_new"
    assert word("tender.shells", ZH) == "shells"
    assert sentences.brief("arrears", ZH) == "有欠费"
