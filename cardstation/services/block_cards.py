"""Takes in the utility's list of reported cards: lost, dead, misused; it replaces the old one."""

from __future__ import annotations

from pathlib import Path

from cardstation.errors import Refusal
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.lists.cells import clean_number
from cardstation.services.lists.files import open_sheets
from cardstation.services.lists.header import Column, column_of
from cardstation.services.station import Station


def block_cards(station: Station, path: Path) -> int:
    """Read card numbers, and reasons where a note column gives them; returns how many there are.

    Rows of lists that name these cards are blocked before a card is touched; an offline meter
    hears of none of it.

    Raises:
        Refusal: `list_not_readable`, `list_without_header` (no column names cards), and those of
            `ensure_may_write`.
    """
    ensure_may_write(station)
    reasons = _read(path)
    with station.store.unit() as unit:
        unit.blocked.replace(reasons)
        unit.commit()
    return len(reasons)


def _read(path: Path) -> dict[str, str]:
    for sheet in open_sheets(path):
        for at, row in enumerate(sheet.rows):
            columns = {column_of(cell): place for place, cell in reversed(list(enumerate(row)))}
            if Column.CARD in columns:
                return _reasons(sheet.rows[at + 1 :], columns)
    raise Refusal("list_without_header", file=path.name)


def _reasons(rows: list[list[str]], columns: dict[Column | None, int]) -> dict[str, str]:
    card, note = columns[Column.CARD], columns.get(Column.NOTE, -1)
    return {
        number: row[note] if 0 <= note < len(row) else ""
        for row in rows
        if card < len(row) and (number := clean_number(row[card]))
    }
