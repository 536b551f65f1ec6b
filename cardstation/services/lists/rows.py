"""Turns the cells of a sheet into list rows, by what its header says of each column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardstation.domain.amounts import read_amount
from cardstation.domain.batch import ListRow
from cardstation.domain.doors import read_door
from cardstation.domain.money import Money
from cardstation.services.lists.cells import clean_number
from cardstation.services.lists.files import Sheet
from cardstation.services.lists.header import NOTHING_LEARNED, Column, Header, is_header
from cardstation.services.lists.totals import (
    Stated,
    is_footer,
    is_grand_total,
    is_total,
    read_total,
)

_FILLED_DOWN = (Column.COMMUNITY, Column.BUILDING, Column.UNIT)
_LONG_NUMBER = re.compile(r"\d{6}")
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The rows of one sheet and what its totals row claims."""

    rows: tuple[ListRow, ...]
    stated: Stated


def rows_of(
    sheet: Sheet,
    header: Header,
    sheet_name: str,
    learned: Mapping[str, Column] = NOTHING_LEARNED,
) -> SheetRows:
    """Read every row below the header; only totals, signatures and empty forms are left out.

    Args:
        sheet: The cleaned cells.
        header: Its columns.
        sheet_name: Goes into the rows; empty when the list has one sheet.
        learned: Headings of this manager, to know a header that is repeated further down.
    """
    _fill_merged(sheet, header)
    rows: list[ListRow] = []
    stated = Stated()
    for index, cells in enumerate(sheet.rows[header.first :], start=header.first):
        if not any(cells):
            continue
        row = _row(cells, header, index + 1, sheet_name)
        if not (_LONG_NUMBER.search(row.account_no) or _LONG_NUMBER.search(row.card_no)):
            if is_total(cells) and not _has_whole_door(row):
                said = read_total(cells, row.amount)
                stated = said if is_grand_total(cells) else stated
                continue
            if is_header(cells, learned) or _is_about_the_list(cells, row):
                continue
        if row.account_no or row.card_no or row.name or row.door or row.amount:
            rows.append(row)
    return _without_bare_sum(rows, stated)


def _is_about_the_list(cells: Sequence[str], row: ListRow) -> bool:
    names_a_home = row.name and row.door
    return not names_a_home and is_footer(cells) and not isinstance(read_amount(row.amount), Money)


def _has_whole_door(row: ListRow) -> bool:
    door = read_door(row.door)
    return door is not None and door.key is not None


def _without_bare_sum(rows: list[ListRow], stated: Stated) -> SheetRows:
    """A last row with nothing but the sum of all amounts is a total without its word."""
    if len(rows) < 2:
        return SheetRows(tuple(rows), stated)
    last = rows[-1]
    if not (last.account_no or last.card_no or last.name or last.door):
        amounts = [read_amount(row.amount) for row in rows]
        fen = [amount.fen for amount in amounts if isinstance(amount, Money)]
        if isinstance(amounts[-1], Money) and sum(fen[:-1]) == fen[-1]:
            return SheetRows(tuple(rows[:-1]), Stated(stated.count, amounts[-1]))
    return SheetRows(tuple(rows), stated)


def _fill_merged(sheet: Sheet, header: Header) -> None:
    """A merged building or unit cell stands for all its rows; money and names never do."""
    places = {place for column in _FILLED_DOWN for place in header.columns.get(column, ())}
    for (top, left), (bottom, right) in sheet.merged:
        if left == right and left in places and top >= header.first:
            for index in range(top + 1, min(bottom + 1, len(sheet.rows))):
                sheet.rows[index][left] = sheet.rows[top][left]


def _row(cells: Sequence[str], header: Header, number: int, sheet_name: str) -> ListRow:
    wide = len(cells)
    said = {
        column: [cells[place] for place in places if place < wide and cells[place]]
        for column, places in header.columns.items()
    }.get
    return ListRow(
        row=number,
        account_no=_one([clean_number(text) for text in said(Column.ACCOUNT, ())]),
        name=_one(said(Column.NAME, ()))
        or "".join((*said(Column.SURNAME, ()), *said(Column.GIVEN, ()))),
        door=_door(
            said(Column.COMMUNITY, ()),
            said(Column.BUILDING, ()),
            said(Column.UNIT, ()),
            said(Column.ROOM, ()),
        ),
        card_no=_one([clean_number(text) for text in said(Column.CARD, ())]),
        amount=_amount(said(Column.AMOUNT, ())),
        note=" ".join(said(Column.NOTE, ())),
        sheet=sheet_name,
        envelope=_one(said(Column.ENVELOPE, ())),
    )


def _one(texts: Sequence[str]) -> str:
    """The one value of several columns; two different ones are shown as both."""
    return texts[0] if len(texts) == 1 else "/".join(dict.fromkeys(texts))


def _amount(texts: Sequence[str]) -> str:
    """Two columns may repeat a sum, in figures and in words; otherwise both are shown."""
    if len(texts) > 1:
        amounts = {read_amount(text) for text in texts}
        if len(amounts) == 1:
            return texts[0]
    return _one(texts)


def _door(
    community: Sequence[str], building: Sequence[str], unit: Sequence[str], room: Sequence[str]
) -> str:
    """One door text out of one column or of several."""
    places = [text for text in room if not _FIGURE.search(text)]
    where = _one(community) + "".join(places)
    door = _one([text for text in room if text not in places])
    if building or unit:
        door = _joined(_one(building), _one(unit), door)
    return f"{where} {door}".strip()


def _joined(building: str, unit: str, room: str) -> str:
    """Columns of their own before the room; a room column with the whole door must say the same."""
    whole = read_door(room)
    if whole is not None and whole.key is not None:
        said = read_door(f"{building or whole.building}-{unit or whole.unit}-{whole.room}")
        if said is not None and said.key == whole.key:
            return room
    return "-".join(part for part in (building, unit, room) if part)
