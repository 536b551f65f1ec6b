"""Sentences in the operator's language: reading, filling in, falling back."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from babel.messages.pofile import read_po

from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.i18n import (
    LANGUAGES,
    Translator,
    catalogue_name,
    fields_of,
    read_catalogue,
    translator,
)
from resources import path, read_bytes, read_text

ZH = Translator("zh_CN", {"Buy {what}": "买 {what}", "Sell {what}": "卖 {wrong}"})
EN = Translator("en", {"Gas (noun)": "Gas"})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_catalogue_reads_as_babel_reads_it(lang: str) -> None:
    name = catalogue_name(lang)
    ours = dict(read_catalogue(read_text(name)))
    babel = read_po(io.BytesIO(read_bytes(name)), locale=lang)
    assert ours == {str(m.id): str(m.string) for m in babel if m.id and m.string}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_stands_twice(lang: str) -> None:
    ids = [source for source, _ in read_catalogue(read_text(catalogue_name(lang)))]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_translation_has_the_fields_of_its_sentence(lang: str) -> None:
    for source, text in read_catalogue(read_text(catalogue_name(lang))):
        assert fields_of(source) == fields_of(text), source


def test_entries_of_several_lines_and_escapes_are_read() -> None:
    text = '# c\nmsgid ""\nmsgstr "head"\n\nmsgid "a "\n"\\"b\\"\\n"\nmsgstr ""\n"甲"\n"乙"\n'
    assert list(read_catalogue(text)) == [('a "b"\n', "甲乙")]


def test_an_entry_not_yet_translated_stays_english() -> None:
    assert not list(read_catalogue('msgid "a"\nmsgstr ""\n'))


def test_fields_are_filled_in() -> None:
    assert ZH("Buy {what}", what="气") == "买 气"
    assert ZH.translate("Buy {what}", what=3) == "买 3"


def test_a_translation_with_other_fields_is_not_used() -> None:
    assert ZH("Sell {what}", what="gas") == "Sell gas"
    assert not ZH.knows("Sell {what}")
    assert ZH.knows("Buy {what}")


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, "—"),
        ({"x_fen": None}, "—"),
        ({"x_fen": 100150}, "¥1,001.50"),
        ({"x_fen": "n/a"}, "n/a"),
        ({"x_fen": Money(5)}, "¥0.05"),
        ({"x_fen": True}, "True"),
    ],
)
def test_money_is_written_as_money(fields: dict[str, int | None], shown: str) -> None:
    assert EN("{x_fen}", **fields) == shown


def test_volume_is_written_as_volume() -> None:
    assert EN("{litres} {left_litres} {n}", litres=500, left_litres=35000, n=7) == "0.5 m³ 35 m³ 7"
    assert EN("{v}", v=Volume(1)) == "0.001 m³"


def test_a_value_is_never_read_as_a_field() -> None:
    assert EN("{name}", name="{lang}") == "{lang}"


def test_english_counts_one_apart_and_chinese_does_not() -> None:
    assert EN.plural("{n} card", "{n} cards", 1) == "1 card"
    assert EN.plural("{n} card", "{n} cards", 0) == "0 cards"
    assert ZH.plural("{n} card", "{n} cards", 1) == "1 cards"


def test_an_english_wording_may_differ_from_the_id() -> None:
    assert EN("Gas (noun)") == "Gas"


def test_dates() -> None:
    when = datetime(2026, 1, 3, 4, 5, 6, tzinfo=UTC)
    assert ZH.moment(when) == "2026年1月3日 04:05:06"
    assert EN.moment(when) == "3 Jan 2026 04:05:06"
    assert EN.day(date(2026, 12, 31)) == "31 Dec 2026"


def test_the_default_is_chinese() -> None:
    assert translator().lang == "zh_CN"
    assert translator("zh_CN")("Cash") == "现金"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        translator("fr")
    assert caught.value.code == "language_unknown"


def test_an_unknown_resource_names_itself() -> None:
    with pytest.raises(FileNotFoundError, match="fonts/none"):
        path("fonts/none")
