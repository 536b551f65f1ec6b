"""How commands answer: one JSON object with `--json`, plain words otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path

from cardstation.domain.money import Money
from cardstation.domain.volume import Volume


def plain(value: object) -> object:
    """Turn a value of the domain into JSON's own types.

    Money becomes fen, volumes become text in m³, bytes become hex, times ISO 8601.
    """
    if isinstance(value, Money):
        return value.fen
    if isinstance(value, Volume):
        return value.m3
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(plain(part)) for part in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(part) for part in value]
    return value


@dataclass(frozen=True, slots=True)
class Output:
    """Where answers go."""

    as_json: bool

    def answer(self, value: object, words: Sequence[str]) -> None:
        """Print the final answer: the value as JSON, or the words."""
        if self.as_json:
            print(json.dumps(plain(value), ensure_ascii=False, indent=2))
        else:
            for line in words:
                print(line)
        sys.stdout.flush()

    def progress(self, text: str) -> None:
        """Say what is going on; never on standard output when JSON is wanted."""
        print(text, file=sys.stderr if self.as_json else sys.stdout, flush=True)


def told(answer: object) -> list[str]:
    """An answer as aligned lines of name and value, nested names joined by a dot."""
    return columns(list(_pairs("", plain(answer))))


def _pairs(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for part, inner in value.items():
            yield from _pairs(f"{name}.{part}" if name else str(part), inner)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, inner in enumerate(value, 1):
            yield from _pairs(f"{name}.{number}", inner)
    elif isinstance(value, list):
        yield name, ", ".join(str(part) for part in value)
    else:
        yield name, "" if value is None else str(value)


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align text columns, counting wide characters as two."""
    if not rows:
        return []
    widths = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(map(_padded, row, widths)).rstrip() for row in rows]


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)
