"""Facts as a library's arguments carry them, and back: units, texts, switches, dates.

What comes back is not believed: a text that does not end or cannot be read, a number that is none
or that no card can carry is garbage, and garbage is a failed exchange, never a fact.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from cardstation.domain.meter import MeterKind
from cardstation.errors import LinkFailed, Refusal
from drivers.bridge.description import (
    AMOUNTS,
    COUNTS,
    FLAGS,
    SWITCHES,
    TIMES,
    Argument,
    Description,
    Function,
)
from drivers.bridge.facts import Facts, fits

CHINA = timezone(timedelta(hours=8))
Wire = dict[str, Any]
Told = Mapping[str, Any]
"""Facts by name, as the station has them: litres or fen, numbers, texts, a time."""

_MOST = 10**12
_NEVER = ("", "0")


class Untold(Exception):
    """What a library gave back at one place is no such fact."""


def wire_of(argument: Argument, given: Told, encoding: str, per_unit: int) -> Wire:
    """One argument as the bridge process takes it.

    Raises:
        Refusal: `field_does_not_fit`: the fact cannot be written as the paper says.
    """
    value = given.get(argument.fact) if argument.fact else argument.constant
    if argument.type == "text":
        text = "" if argument.out else str(_numbered(argument, value, per_unit))
        content = _encoded(argument, text, encoding)
        return {"type": "bytes", "value": content.hex(), "size": argument.size}
    number = 0 if argument.out or value is None else _numbered(argument, value, per_unit)
    real = argument.type in ("float", "double")
    try:
        told = float(number) if real else int(number)
    except ValueError as error:
        raise _does_not_fit(argument) from error
    if not real and not _range_of(argument.type)[0] <= told <= _range_of(argument.type)[1]:
        raise _does_not_fit(argument)
    return {"type": argument.type, "value": told, "out": argument.out}


def told_again(at: datetime, form: str) -> datetime:
    """A time as it is after it was written and read in a library's form."""
    return datetime.strptime(at.astimezone(CHINA).strftime(form), form).replace(tzinfo=CHINA)


def _range_of(kind: str) -> tuple[int, int]:
    bits = int(kind.removeprefix("u").removeprefix("int"))
    return (0, 2**bits - 1) if kind.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _numbered(argument: Argument, value: Any, per_unit: int) -> Any:
    """A fact in the library's own unit or form."""
    if value is None:
        return ""
    if argument.fact in AMOUNTS:
        worth = argument.unit * (1000 if argument.fact == "used" else per_unit)
        number = Decimal(value) / worth
        if argument.type not in ("float", "double") and number != int(number):
            raise _does_not_fit(argument)
        return int(number) if number == int(number) else number
    if argument.fact in (*SWITCHES, *FLAGS):
        on = 1 if argument.equals is None else argument.equals
        return on if value else int(on == 0)
    if argument.fact in TIMES:
        return value.astimezone(CHINA).strftime(argument.form)
    return value


def _encoded(argument: Argument, text: str, encoding: str) -> bytes:
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError as error:
        raise _does_not_fit(argument) from error
    if len(content) >= argument.size:
        raise _does_not_fit(argument)
    return content


def _does_not_fit(argument: Argument) -> Refusal:
    return Refusal("field_does_not_fit", field=argument.fact or argument.type)


def facts_of(described: Description, function: Function, out: object, insertion: str) -> Facts:
    """The facts that a call of `read` gave back.

    Args:
        described: The library.
        function: What was called.
        out: One value per argument, as the bridge process gave them.
        insertion: Of the card, for makers that count nothing.

    Raises:
        LinkFailed: `library_garbage`.
    """
    told: dict[str, Any] = {}
    try:
        if not isinstance(out, list) or len(out) != len(function.arguments):
            raise Untold("arguments")
        for argument, value in zip(function.arguments, out, strict=True):
            if argument.out and argument.fact:
                told[argument.fact] = _told(described, argument, value)
        flags = tuple(flag for flag in FLAGS if told.pop(flag, False))
        facts = Facts(**told, flags=flags, insertion=insertion)
        if not fits(facts):
            raise Untold("texts")
    except Untold as wrong:
        raise LinkFailed("library_garbage", library=described.name, place=str(wrong)) from wrong
    return facts


def _told(described: Description, argument: Argument, value: object) -> Any:
    fact = argument.fact
    if argument.type == "text":
        value = _text(argument, value, described.encoding)
    if fact in TIMES:
        return _time(argument, value)
    if fact in AMOUNTS:
        per_unit = 1000 if fact == "used" or described.kind is MeterKind.VOLUME else 100
        return _amount(argument, value, per_unit)
    if fact in COUNTS:
        most = described.rules.counter_max if "counter" in fact else _MOST
        return _whole(argument, value, most)
    if fact in (*SWITCHES, *FLAGS):
        number = _whole(argument, value, _MOST)
        return bool(number) if argument.equals is None else number == argument.equals
    return value


def _text(argument: Argument, value: object, encoding: str) -> str:
    """A text ends within its buffer and has only characters that can be shown."""
    content = bytes.fromhex(value) if isinstance(value, str) else b"\xff"
    before, end, _ = content.partition(b"\x00")
    try:
        text = before.decode(encoding).strip()
    except UnicodeDecodeError as error:
        raise Untold(argument.fact) from error
    if not end or not text.isprintable():
        raise Untold(argument.fact)
    return text


def _decimal(argument: Argument, value: object) -> Decimal:
    if isinstance(value, float) and not math.isfinite(value):
        raise Untold(argument.fact)
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise Untold(argument.fact) from error


def _whole(argument: Argument, value: object, most: int) -> int:
    number = _decimal(argument, value)
    if number != int(number) or not 0 <= number <= most:
        raise Untold(argument.fact)
    return int(number)


def _amount(argument: Argument, value: object, per_unit: int) -> int:
    """Litres or fen; a float is taken to the nearest, if it is one to a thousandth."""
    number = _decimal(argument, value) * argument.unit * per_unit
    whole = number.to_integral_value()
    lowest = -_MOST if argument.fact == "residual" else 0
    if abs(number - whole) > Decimal("0.001") or not lowest <= whole <= _MOST:
        raise Untold(argument.fact)
    return int(whole)


def _time(argument: Argument, value: object) -> datetime | None:
    text = str(value)
    if text in _NEVER or not text.strip("0"):
        return None
    try:
        return datetime.strptime(text, argument.form).replace(tzinfo=CHINA)
    except ValueError as error:
        raise Untold(argument.fact) from error
