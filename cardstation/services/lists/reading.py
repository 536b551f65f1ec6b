"""Reads a list file into rows, with its name, its claims and a digest of its content."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cardstation.domain.batch import ListRow
from cardstation.domain.doors import read_door
from cardstation.errors import Refusal
from cardstation.services.lists.files import Sheet, open_sheets
from cardstation.services.lists.header import (
    NOTHING_LEARNED,
    Column,
    bare_word,
    column_of,
)
from cardstation.services.lists.rows import SheetRows, rows_of
from cardstation.services.lists.sheets import Part, likely_header, parts_of, rows_above, unread_rows
from cardstation.services.lists.totals import Stated


@dataclass(frozen=True, slots=True)
class HouseholdList:
    """A list as read, not yet judged.

    Attributes:
        name: The file's name without its ending.
        hints: Texts that may name the community: file, sheets, title lines.
        digest: SHA-256 over what the rows say, whatever the file kind, order and layout.
        typed: Typed or pasted at the desk: a second person counts it before money is taken.
        unread: Sheets whose columns are not understood; their rows are for a person.
    """

    name: str
    rows: tuple[ListRow, ...]
    stated: Stated
    hints: tuple[str, ...]
    digest: str
    typed: bool = False
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a list whose headings are not understood, to be explained by a person.

    Attributes:
        word: The heading as written. bare: as it is learned.
        samples: What stands below it, the first few.
        holds: What we take it for, None = not understood.
    """

    word: str
    bare: str
    samples: tuple[str, ...]
    holds: Column | None


_SAMPLES = 3


def read_list(path: Path, learned: Mapping[str, Column] = NOTHING_LEARNED) -> HouseholdList:
    """Read every sheet; one whose columns are not understood gives rows for a person.

    Args:
        path: The file.
        learned: What this manager's own headings mean, by bare word.

    Raises:
        Refusal: `list_not_readable`, `list_without_header`, `list_empty`.
    """
    name = unicodedata.normalize("NFC", path.stem)
    parts = parts_of(open_sheets(path, learned), learned)
    if not any(part.header for part in parts):
        raise Refusal("list_without_header", file=path.name)
    read = [(part, _rows(part, learned)) for part in parts]
    counted = [(part, found) for part, found in read if part.header or found.rows]
    rows = tuple(row for _, found in counted for row in found.rows)
    if not rows:
        raise Refusal("list_empty", file=path.name)
    if len(counted) == 1:
        rows = tuple(replace(row, sheet="") for row in rows)
    stated = _stated([found.stated for part, found in counted if part.header])
    unread = tuple(part.sheet.name for part, _ in counted if not part.header)
    return HouseholdList(name, rows, stated, (name, *_hints(parts)), digest_of(rows), unread=unread)


def _rows(part: Part, learned: Mapping[str, Column]) -> SheetRows:
    if part.header is None:
        return SheetRows(unread_rows(part.sheet, learned), Stated())
    found = rows_of(part.sheet, part.header, part.sheet.name, learned)
    return SheetRows((*rows_above(part, learned), *found.rows), found.stated)


def _hints(parts: Sequence[Part]) -> list[str]:
    """Names of the sheets that are understood, then what stands above their headers."""
    understood = [part for part in parts if part.header]
    titles = [cell for part in understood for row in part.titles for cell in row]
    return [*(part.sheet.name for part in understood), *titles]


def headings_of(path: Path, learned: Mapping[str, Column] = NOTHING_LEARNED) -> tuple[Heading, ...]:
    """The columns of a list's likeliest header row, understood or not; empty when there is none.

    A sheet whose columns are not understood goes before the others.

    Raises:
        Refusal: `list_not_readable`.
    """
    parts = parts_of(open_sheets(path, learned), learned)
    asked = [part for part in parts if part.header is None and unread_rows(part.sheet, learned)]
    for sheet in (part.sheet for part in asked or parts):
        at = likely_header(sheet)
        if at >= 0:
            return tuple(
                Heading(word, bare_word(word), _below(sheet, at, place), column_of(word, learned))
                for place, word in enumerate(sheet.rows[at])
                if word
            )
    return ()


def _below(sheet: Sheet, at: int, place: int) -> tuple[str, ...]:
    cells = [row[place] for row in sheet.rows[at + 1 : at + 1 + _SAMPLES] if place < len(row)]
    return tuple(cell for cell in cells if cell)


def digest_of(rows: Sequence[ListRow]) -> str:
    """SHA-256 over the rows' content, sorted; row numbers and spellings of a door do not count."""
    return _digest(sorted(map(_said, rows)))


def order_of(rows: Sequence[ListRow]) -> str:
    """As `digest_of`, of the rows as they stand: places in another order are other places."""
    return _digest(list(map(_said, rows)))


def _digest(said: list[list[str]]) -> str:
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _said(row: ListRow) -> list[str]:
    name = row.name.replace(" ", "")
    return [row.account_no, row.card_no, name, _door(row), row.amount, row.note]


def _door(row: ListRow) -> str:
    door = read_door(row.door)
    return "-".join(door.key) if door is not None and door.key else row.door


def _stated(parts: Sequence[Stated]) -> Stated:
    """The claims of one sheet, or the sum of several that all claim something."""
    counts = [part.count for part in parts]
    totals = [part.total for part in parts]
    count = sum(n for n in counts if n is not None) if None not in counts else None
    total = totals[0]
    for more in totals[1:]:
        total = total + more if total is not None and more is not None else None
    return Stated(count, total)
