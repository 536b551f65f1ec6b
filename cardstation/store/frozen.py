"""Frozen copies: values of the domain as JSON text and back, so that a reprint is identical."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from cardstation.errors import fail

_Value = TypeVar("_Value")


def freeze(value: object) -> str:
    """A value of frozen dataclasses as JSON text; bytes in hex, times in ISO 8601."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def thaw(kind: type[_Value], text: str) -> _Value:
    """Read a frozen copy back as the same type.

    Raises:
        Defect: the text is no such value.
    """
    found: _Value = _typed(kind, json.loads(text))
    return found


def thaw_any(kind: Any, text: str) -> Any:
    """Read a frozen copy of a union such as `Quantity`; told apart by their fields."""
    return _typed(kind, json.loads(text))


def _plain(value: Any) -> Any:
    plain = value
    if isinstance(value, Enum):
        plain = value.value
    elif is_dataclass(value):
        plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    elif isinstance(value, bytes):
        plain = value.hex()
    elif isinstance(value, datetime | date):
        plain = value.isoformat()
    elif isinstance(value, range):
        plain = [value.start, value.stop]
    elif isinstance(value, tuple):
        plain = [_plain(part) for part in value]
    return plain


_READERS: Mapping[Any, Callable[[Any], Any]] = {
    bytes: bytes.fromhex,
    range: lambda found: range(*found),
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


def _typed(kind: Any, found: Any) -> Any:
    origin, typed = get_origin(kind), found
    if origin in (Union, UnionType):
        typed = _one_of(get_args(kind), found)
    elif origin is tuple:
        typed = tuple(_typed(get_args(kind)[0], part) for part in found)
    elif kind in _READERS:
        typed = _READERS[kind](found)
    elif is_dataclass(kind):
        typed = _built(kind, found)
    elif isinstance(kind, type) and issubclass(kind, Enum):
        typed = kind(found)
    return typed


def _one_of(kinds: tuple[Any, ...], found: Any) -> Any:
    if found is None:
        return None
    for kind in kinds:
        if kind is NoneType:
            continue
        if not is_dataclass(kind) or set(found) == {field.name for field in fields(kind)}:
            return _typed(kind, found)
    return fail("a frozen copy fits none of its types")


def _built(kind: Any, found: dict[str, Any]) -> Any:
    hints = _hints(kind)
    return kind(**{name: _typed(hints[name], part) for name, part in found.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
