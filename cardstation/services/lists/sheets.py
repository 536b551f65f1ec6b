"""Sheets without a header beside sheets that have one: continued, or shown to a person.

No row of a household is passed over in silence: who cannot be told by columns stands in the list
as a row that a person reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cardstation.domain.batch import ListRow
from cardstation.domain.check_digit import luhn_ok
from cardstation.domain.doors import read_door
from cardstation.services.lists.cells import clean_number
from cardstation.services.lists.files import Sheet
from cardstation.services.lists.header import Column, Header, find_header, is_header
from cardstation.services.lists.totals import is_footer, is_total

CARD_FROM = 13
"""Digits from which a number is a card's: account numbers have twelve at most."""
_NUMBER = re.compile(r"(?!1[3-9]\d{9}$)\d{8,20}")
_FIGURES = re.compile(r"\d{3}")
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Part:
    """A sheet with its columns; None = they are not understood."""

    sheet: Sheet
    header: Header | None

    @property
    def titles(self) -> Sequence[Sequence[str]]:
        """The rows above the header."""
        return self.sheet.rows[: max(self.header.first - 1, 0)] if self.header else ()


def parts_of(sheets: Sequence[Sheet], learned: Mapping[str, Column]) -> list[Part]:
    """Every sheet with its own header, or with the previous one's where it certainly goes on."""
    parts: list[Part] = []
    for sheet in sheets:
        header = find_header(sheet.rows, learned)
        if header is None and parts and _goes_on(sheet, parts[-1]):
            header = Header(0, parts[-1].header.columns) if parts[-1].header else None
        parts.append(Part(sheet, header))
    return parts


def likely_header(sheet: Sheet) -> int:
    """The first row of at least three words without figures, with rows below; −1 = none."""
    for index, row in enumerate(sheet.rows[:40]):
        words = [cell for cell in row if cell and not any(sign.isdecimal() for sign in cell)]
        if len(words) >= 3 and index + 1 < len(sheet.rows):
            return index
    return -1


def unread_rows(sheet: Sheet, learned: Mapping[str, Column]) -> tuple[ListRow, ...]:
    """The rows of a sheet whose columns are not understood, none of them certain.

    Where numbers of accounts or cards stand, each row is one: its numbers in their fields, all
    else in the note. Of any other sheet one row says how many rows there are.
    """
    found = list(_households(sheet.rows, sheet.name, learned))
    if any(row.account_no or row.card_no for row in found):
        return tuple(found)
    if not found:
        return ()
    note = f"工作表 {sheet.name}:{len(found)} 行看不懂"
    return (ListRow(found[0].row, "", "", "", "", "", note, sheet.name),)


def rows_above(part: Part, learned: Mapping[str, Column]) -> tuple[ListRow, ...]:
    """Households above a header that stands too low, as on the second page of a list."""
    rows = [cells if sum(map(bool, cells)) > 2 else () for cells in part.titles]
    return tuple(
        row
        for row in _households(rows, part.sheet.name, learned)
        if row.account_no or row.card_no or _is_full(rows[row.row - 1])
    )


def _is_full(cells: Sequence[str]) -> bool:
    """As full of figures as no title is: a whole door, or its parts and an amount."""
    return _names_door(cells) or sum(map(bool, map(_FIGURE.search, cells))) > 2


def _households(
    rows: Sequence[Sequence[str]], name: str, learned: Mapping[str, Column]
) -> Iterator[ListRow]:
    for at, cells in enumerate(rows, start=1):
        filled = [cell for cell in cells if cell]
        numbers = [number for number in map(clean_number, filled) if _is_sound(number)]
        if not numbers and not _may_be_household(filled, learned):
            continue
        account = _only([one for one in numbers if len(one) < CARD_FROM])
        card = _only([one for one in numbers if len(one) >= CARD_FROM])
        note = " ".join(one for one in filled if clean_number(one) not in (account, card))
        yield ListRow(at, account, "", "", card, "", note, name)


def _only(numbers: Sequence[str]) -> str:
    """The number that stands there, where it is one: of several nobody knows whose they are."""
    return numbers[0] if len(set(numbers)) == 1 else ""


def _may_be_household(filled: Sequence[str], learned: Mapping[str, Column]) -> bool:
    """Two cells, or one with text and a figure, that are no heading, total or signature."""
    if not filled or is_header(filled, learned) or is_total(filled):
        return False
    if is_footer(filled) and not _names_door(filled):
        return False
    alone = filled[0]
    return len(filled) > 1 or bool(_FIGURES.search(alone) and not alone.isdecimal())


def _names_door(cells: Sequence[str]) -> bool:
    """A whole door stands there, and no date: `2026-11-23` looks like one."""
    doors = filter(None, map(read_door, cells))
    return any(door.key is not None and len(door.key[0]) < 4 for door in doors)


def _goes_on(sheet: Sheet, before: Part) -> bool:
    """Whether rows fit the previous columns for certain.

    No headings of its own, no wider, and in most rows the account and card columns hold nothing
    but numbers, one with a good check digit among them.
    """
    if before.header is None or likely_header(sheet) >= 0:
        return False
    places = [
        at for one in (Column.ACCOUNT, Column.CARD) for at in before.header.columns.get(one, ())
    ]
    rows = [row for row in sheet.rows if sum(map(bool, row)) > 1 and not is_total(row)]
    fitting = sum(_fits(row, places) for row in rows)
    return fitting * 2 > len(rows) and _width(sheet) <= _width(before.sheet)


def _fits(row: Sequence[str], places: Sequence[int]) -> bool:
    numbers = [clean_number(row[at]) for at in places if at < len(row) and row[at]]
    return all(map(_NUMBER.fullmatch, numbers)) and any(map(_is_sound, numbers))


def _width(sheet: Sheet) -> int:
    return max(
        (at for row in sheet.rows for at, cell in enumerate(row, start=1) if cell), default=0
    )


def _is_sound(number: str) -> bool:
    return bool(_NUMBER.fullmatch(number)) and luhn_ok(number)
