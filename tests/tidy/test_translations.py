"""The words of the product: every sentence shown has a translation, and none is left over."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from cardstation.i18n import catalogue_name, read_catalogue, translator
from cardstation.papers.typeface import BOLD, REGULAR, missing
from cardstation.sentences import SENTENCES
from cardstation.sentences.words import WORDS
from drivers.makers import MAKERS
from drivers.makers.purse_cards import PURSE_CARDS
from resources import read_text

ROOT = Path(__file__).parents[2]
SPOKEN = (
    "cardstation/papers",
    "cardstation/sentences",
    "cardstation/cli",
    "cardstation/central",
    "ui",
)
SOURCES = sorted(path for room in SPOKEN for path in (ROOT / room).rglob("*.py"))
TEMPLATES = sorted((ROOT / "resources" / "console").glob("*.html"))
CATALOGUE = dict(read_catalogue(read_text(catalogue_name("zh_CN"))))
TRAPS = {trap for rules in (*MAKERS, PURSE_CARDS) for trap in rules.traps}
"""Makers' sentences, shown with their cards."""
TRANSLATES = {"_", "t", "translate", "plural", "say"}


def spoken(tree: ast.AST) -> Iterator[str]:
    """Literals given to a translator: `t("…")`, `self._t("…")`, `t.plural("…", "…", n)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name.lstrip("_") in TRANSLATES or name == "_":
                for argument in node.args[: 2 if name == "plural" else 1]:
                    yield from _literals(argument)


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        raise TypeError(f"line {node.lineno}: an f-string cannot be translated")


def test_every_sentence_shown_is_in_the_catalogue() -> None:
    english = translator("en")
    said = {path: set(spoken(ast.parse(path.read_text("utf-8")))) for path in SOURCES}
    absent = [
        (str(path.relative_to(ROOT)), text)
        for path, texts in said.items()
        for text in texts
        if text and text not in CATALOGUE and not english.knows(text)
    ]
    assert not absent, f"append to {catalogue_name('zh_CN')}"
    assert len(set.union(*said.values())) > 1000


def test_every_trap_of_a_maker_is_in_the_catalogue() -> None:
    assert not TRAPS - CATALOGUE.keys()


def in_template(path: Path) -> set[str]:
    """Literals that a page of the console gives to its translator: `{{ t("…") }}`."""
    tree = Environment(autoescape=True).parse(path.read_text("utf-8"))
    found = extract_from_ast(tree, gettext_functions=("t",))
    return {text for _, _, said in found for text in (said if isinstance(said, tuple) else (said,))}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_sentence_of_a_page_is_in_the_catalogue(path: Path) -> None:
    assert not {text for text in in_template(path) if text and text not in CATALOGUE}


def test_the_walk_finds_what_is_said() -> None:
    tree = ast.parse(
        't("a"); self._t("b", x=1); t.plural("c", "d", n); t("e" if x else "f"); g("h")'
    )
    assert set(spoken(tree)) == {"a", "b", "c", "d", "e", "f"}
    with pytest.raises(TypeError, match="f-string"):
        list(spoken(ast.parse('t(f"a{b}")')))


def test_no_translation_is_left_over() -> None:
    used = {
        node.value
        for room in ("cardstation", "ui")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    used |= TRAPS
    for path in TEMPLATES:
        used |= in_template(path)
    assert not CATALOGUE.keys() - used


def test_no_sentence_stands_twice() -> None:
    """Of two entries the later one wins unseen: a better wording of the first changes nothing."""
    listed = [source for source, _ in read_catalogue(read_text(catalogue_name("zh_CN")))]
    assert not [source for source, times in Counter(listed).items() if times > 1]


def test_english_ids_are_english() -> None:
    assert not [text for text in (*CATALOGUE, *WORDS.values()) if _is_chinese(text)]


def test_chinese_reads_as_chinese() -> None:
    """A translation says the money in Chinese, not in English that slipped through."""
    for words in SENTENCES.values():
        for text in (words.what, words.money, words.todo):
            assert _is_chinese(CATALOGUE[text]), text


def test_every_character_can_be_printed_in_both_weights() -> None:
    text = "".join((*CATALOGUE, *CATALOGUE.values()))
    assert not missing(text, REGULAR)
    assert not missing(text, BOLD)


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)
