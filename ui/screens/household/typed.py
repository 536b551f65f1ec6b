"""Reads what was typed into a form: a value for each field, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from cardstation.domain.payment import Tender
from cardstation.errors import Refusal
from ui.messages import Problem
from ui.screens.counter.state import Unit, wish_of
from ui.screens.household.acts.kind import Act, Facts, Field, Kind, Paid

_FIGURES = str.maketrans("０１２３４５６７８９．。", "0123456789..")


def reference_of(name: str) -> str:
    """Under which name the reference of a TENDER field is typed."""
    return f"{name}.reference"


def value_of(field: Field, texts: Mapping[str, str]) -> object:
    """The value of a field; None of one that may stay empty, and is.

    Raises:
        Refusal: `field_empty`, `field_too_long`, `not_digits`, `not_a_day`, `not_an_amount`,
            `not_a_volume`, `nothing_asked`.
    """
    text = texts.get(field.name, "").strip()
    if not text and not field.needed:
        return None
    if not text:
        raise Refusal("field_empty")
    if len(text) > field.longest:
        raise Refusal("field_too_long", most=field.longest)
    return _READ[field.kind](text, texts.get(reference_of(field.name), "").strip())


def read_form(
    act: Act, facts: Facts, texts: Mapping[str, str]
) -> tuple[dict[str, object], dict[str, Problem]]:
    """The values of an act's fields, and what is wrong with the others, by name."""
    values: dict[str, object] = dict.fromkeys(one.name for one in act.fields)
    doubts: dict[str, Problem] = {}
    for field in act.asks(facts):
        try:
            values[field.name] = value_of(field, texts)
        except Refusal as refused:
            doubts[field.name] = Problem.of(refused)
    return values, doubts


def _words(text: str, _more: str) -> object:
    return text


def _digits(text: str, _more: str) -> object:
    plain = text.translate(_FIGURES)
    if not (plain.isascii() and plain.isdecimal()):
        raise Refusal("not_digits", text=text)
    return plain


def _money(text: str, _more: str) -> object:
    money, _ = wish_of(text, Unit.MONEY)
    if not money:
        raise Refusal("nothing_asked")
    return money


def _volume(text: str, _more: str) -> object:
    _, volume = wish_of(text, Unit.VOLUME)
    if not volume:
        raise Refusal("nothing_asked")
    return volume


def _day(text: str, _more: str) -> object:
    plain = text.translate(_FIGURES).replace("/", "-").replace(".", "-")
    try:
        year, month, day = (int(part) for part in plain.split("-"))
        return date(year, month, day)
    except ValueError:
        raise Refusal("not_a_day", text=text) from None


def _tender(text: str, reference: str) -> object:
    tender = Tender(text)
    if tender is not Tender.CASH and not reference:
        raise Refusal("reference_missing")
    return Paid(tender, reference)


_READ = {
    Kind.WORDS: _words,
    Kind.DIGITS: _digits,
    Kind.MONEY: _money,
    Kind.VOLUME: _volume,
    Kind.DAY: _day,
    Kind.CHOICE: _words,
    Kind.TENDER: _tender,
}
