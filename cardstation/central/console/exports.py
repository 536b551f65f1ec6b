"""Tables as files, CSV and XLSX, in which a text is never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import chain, islice

from fastapi import Response

from cardstation.central.console.audit import plain
from cardstation.central.console.visit import Cell, Export, Visit
from cardstation.errors import Refusal

MOST_ROWS = {"csv": 1_000_000, "xlsx": 50_000}
"""A day of a whole utility fits into the one; a spreadsheet of the other opens at once."""
_WIDEST, _LOOKED_AT = 60, 200
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BEGINS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def file_of(export: Export, visit: Visit) -> Response:
    """An export as the file that was asked for.

    Raises:
        Refusal: `page_unknown`, `export_too_long`: nothing is cut off in silence.
    """
    kind = visit.get("kind")
    if kind not in TYPES:
        raise Refusal("page_unknown")
    sheet = export.make(visit)
    rows = chain([sheet.headings], _whole(sheet.rows, kind))
    safe = ([guarded(cell) for cell in row] for row in rows)
    content = _csv(safe) if kind == "csv" else _xlsx(safe, visit.t(export.title))
    name = f"{export.name}-{visit.now:%Y%m%d-%H%M%S}.{kind}"
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=TYPES[kind], headers=named)


def _whole(rows: Iterable[Sequence[Cell]], kind: str) -> Iterator[Sequence[Cell]]:
    most = MOST_ROWS[kind]
    for number, row in enumerate(rows, start=1):
        if number > most:
            if isinstance(rows, Generator):
                rows.close()
            raise Refusal("export_too_long", kind=kind.upper(), most=most)
        yield row


def guarded(cell: Cell) -> Cell:
    """A cell that no spreadsheet calculates: a text that begins like a formula gets a quote.

    Source: OWASP, CSV injection. Numbers stay numbers, also negative ones.
    """
    if not isinstance(cell, str):
        return cell
    text = plain(cell)
    return f"'{text}" if text.lstrip().startswith(_BEGINS_FORMULA) else text


def _csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """With a byte order mark: spreadsheets take the file for their own code page without it."""
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_MINIMAL).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(rows: Iterator[Sequence[Cell]], title: str) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    head = list(islice(rows, _LOOKED_AT))
    widths = (max(len(str(cell)) for cell in column) for column in zip(*head, strict=True))
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = min(_WIDEST, 2 * width + 2)
    for row in chain(head, rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
