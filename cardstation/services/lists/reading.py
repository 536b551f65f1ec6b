"""Reads a list file into rows, with its name, its claims and a digest of its content."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    find_header,
)
from cardstation.services.lists.rows import rows_of
from cardstation.services.lists.totals import Stated


@dataclass(frozen=True, slots=True)
class HouseholdList:
    """A list as read, not yet judged.

    Attributes:
        name: The file's name without its ending.
        hints: Texts that may name the community: file, sheets, title lines.
        digest: SHA-256 over what the rows say, whatever the file kind, order and layout.
        typed: Typed or pasted at the desk: a second person counts it before money is taken.
    """

    name: str
    rows: tuple[ListRow, ...]
    stated: Stated
    hints: tuple[str, ...]
    digest: str
    typed: bool = False


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
    """Read every sheet that has a header.

    Args:
        path: The file.
        learned: What this manager's own headings mean, by bare word.

    Raises:
        Refusal: `list_not_readable`, `list_without_header`, `list_empty`.
    """
    name = unicodedata.normalize("NFC", path.stem)
    found = [
        (sheet, header)
        for sheet in open_sheets(path, learned)
        if (header := find_header(sheet.rows, learned))
    ]
    if not found:
        raise Refusal("list_without_header", file=path.name)
    read = [
        (rows_of(sheet, header, sheet.name if len(found) > 1 else "", learned), sheet, header)
        for sheet, header in found
    ]
    rows = tuple(row for part, _, _ in read for row in part.rows)
    if not rows:
        raise Refusal("list_empty", file=path.name)
    titles = [
        cell for _, sheet, header in read for row in sheet.rows[: header.first - 1] for cell in row
    ]
    hints = (name, *(sheet.name for _, sheet, _ in read), *titles)
    return HouseholdList(
        name, rows, _stated([part.stated for part, _, _ in read]), hints, digest_of(rows)
    )


def headings_of(path: Path, learned: Mapping[str, Column] = NOTHING_LEARNED) -> tuple[Heading, ...]:
    """The columns of a list's likeliest header row, understood or not; empty when there is none.

    Raises:
        Refusal: `list_not_readable`.
    """
    for sheet in open_sheets(path, learned):
        at = _likely_header(sheet)
        if at >= 0:
            return tuple(
                Heading(word, bare_word(word), _below(sheet, at, place), column_of(word, learned))
                for place, word in enumerate(sheet.rows[at])
                if word
            )
    return ()


def _likely_header(sheet: Sheet) -> int:
    """The first row of at least three words without figures, with rows below; −1 = none."""
    for index, row in enumerate(sheet.rows[:40]):
        words = [cell for cell in row if cell and not any(sign.isdecimal() for sign in cell)]
        if len(words) >= 3 and index + 1 < len(sheet.rows):
            return index
    return -1


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
