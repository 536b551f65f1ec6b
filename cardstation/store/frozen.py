"""Frozen copies: values of the domain as JSON text and back, so that a reprint is identical.

How a type is written and read is found out once for each type: every card asks many times.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

from cardstation.errors import fail

_Value = TypeVar("_Value")
_Way = Callable[[Any], Any]


def freeze(value: object) -> str:
    """A value of frozen dataclasses as JSON text; bytes in hex, times in ISO 8601."""
    return _ENCODER.encode(value)


def thaw(kind: type[_Value], text: str) -> _Value:
    """Read a frozen copy back as the same type.

    Raises:
        Defect: the text is no such value.
    """
    found: _Value = thaw_any(kind, text)
    return found


def thaw_any(kind: Any, text: str) -> Any:
    """Read a frozen copy of a union such as `Quantity`; told apart by their fields."""
    return _reader(kind)(json.loads(text))


def _plainer(value: Any) -> Any:
    """What JSON does not know, one step nearer to what it knows; it asks again for the parts."""
    kind: Any = type(value)
    return _writer(kind)(value)


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_plainer
)


@cache
def _writer(kind: type[Any]) -> _Way:
    """How values of exactly this type are written."""
    way: _Way = _of_no_known_type
    if issubclass(kind, Enum):
        way = _value_of
    elif is_dataclass(kind):
        way = _writer_of_fields(kind)
    elif issubclass(kind, bytes):
        way = bytes.hex
    elif issubclass(kind, date):
        way = kind.isoformat
    elif issubclass(kind, range):
        way = _ends_of
    return way


def _writer_of_fields(kind: Any) -> _Way:
    names = tuple(field.name for field in fields(kind))
    return lambda value: {name: getattr(value, name) for name in names}


def _as_it_is(value: Any) -> Any:
    return value


def _of_no_known_type(value: Any) -> NoReturn:
    fail(f"a frozen copy cannot hold a {type(value).__name__}")


def _value_of(value: Enum) -> Any:
    return value.value


def _ends_of(value: range) -> list[int]:
    return [value.start, value.stop]


@cache
def _reader(kind: Any) -> _Way:
    """How values of a type are read."""
    origin = get_origin(kind)
    way: _Way = _as_it_is
    if origin in (Union, UnionType):
        way = _reader_of_one(get_args(kind))
    elif origin is tuple:
        way = _reader_of_parts(get_args(kind)[0])
    elif kind is bytes:
        way = bytes.fromhex
    elif kind is range:
        way = _range_of
    elif kind in (datetime, date):
        way = kind.fromisoformat
    elif is_dataclass(kind):
        way = _reader_of_fields(kind)
    elif isinstance(kind, type) and issubclass(kind, Enum):
        way = kind
    return way


def _range_of(found: list[int]) -> range:
    return range(*found)


def _reader_of_parts(kind: Any) -> _Way:
    way = _reader(kind)
    return lambda found: tuple(map(way, found))


def _reader_of_one(kinds: tuple[Any, ...]) -> _Way:
    ways = [
        (frozenset(one.name for one in fields(kind)) if is_dataclass(kind) else None, _reader(kind))
        for kind in kinds
        if kind is not NoneType
    ]

    def read(found: Any) -> Any:
        if found is None:
            return None
        for names, way in ways:
            if names is None or names == set(found):
                return way(found)
        return fail("a frozen copy fits none of its types")

    return read


def _reader_of_fields(kind: Any) -> _Way:
    ways: dict[str, _Way] = {}

    def read(found: dict[str, Any]) -> Any:
        if not ways:
            ways.update((name, _reader(hint)) for name, hint in get_type_hints(kind).items())
        return kind(**{name: ways[name](part) for name, part in found.items()})

    return read
