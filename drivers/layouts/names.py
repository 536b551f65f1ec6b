"""The names of a one-record card that the desk understands, and what kind of value each has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cardstation.domain.card import CardType
from cardstation.errors import ensure
from drivers.layouts.codec import Declaration
from drivers.layouts.fields import FieldValue

KINDS: Mapping[str, type] = {
    **dict.fromkeys(("maker", "card_type", "card_no", "account_no", "meter_no"), str),
    **dict.fromkeys(("generation", "quantity", "purchase_counter", "cumulative"), int),
    **dict.fromkeys(("station_no", "alarm", "hoard", "overdraft"), int),
    **dict.fromkeys(("meter_counter", "residual", "meter_total", "used", "error"), int),
    **dict.fromkeys(("loaded_at", "written_at"), datetime),
    "flags": frozenset,
}
_SAID = {str: "a text", int: "a number", datetime: "a time", frozenset: "flags"}


def ensure_known(declaration: Declaration, constants: Mapping[str, FieldValue]) -> None:
    """Every name has the kind of value that the desk reads under it.

    Raises:
        Defect: the first that has not.
    """
    types = {str(one) for one in CardType}
    for field in (field for place in declaration.places for field in place.block.fields):
        kind = KINDS.get(field.name)
        if kind is not None:
            ensure(field.kind is kind, f"{field.name} is {_SAID[kind]}")
        if field.name == "card_type":
            words = {word for _, word in field.words}
            ensure(bool(words) and words <= types, f"card_type is {' | '.join(sorted(types))}")
    for name, value in constants.items():
        kind = KINDS.get(name)
        ensure(kind is None or isinstance(value, kind), f"{name} is {_SAID.get(kind or str)}")
        known = name != "card_type" or value in types
        ensure(known, f"card_type is {' | '.join(sorted(types))}")
