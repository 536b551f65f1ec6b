"""Writes the smallest .xlsx a spreadsheet program would open: sheets, numbers, texts, merges."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

Cell = str | float | int | None
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def write_workbook(
    path: Path,
    sheets: dict[str, Sequence[Sequence[Cell]]],
    merged: Sequence[str] = (),
) -> Path:
    """Write sheets by name; `merged` holds ranges such as `A1:G1` of the first sheet."""
    names = list(sheets)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", _types(len(names)))
        book.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        book.writestr("xl/workbook.xml", _book(names))
        places = [("worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(names) + 1)]
        book.writestr("xl/_rels/workbook.xml.rels", _relations(places))
        for number, name in enumerate(names, start=1):
            ranges = merged if number == 1 else ()
            book.writestr(f"xl/worksheets/sheet{number}.xml", _sheet(sheets[name], ranges))
    return path


def column_name(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    head, last = divmod(index, 26)
    return (column_name(head - 1) if head else "") + chr(ord("A") + last)


def _sheet(rows: Sequence[Sequence[Cell]], merged: Sequence[str]) -> str:
    lines = "".join(
        f'<row r="{number}">{"".join(_cell(number, i, cell) for i, cell in enumerate(row))}</row>'
        for number, row in enumerate(rows, start=1)
    )
    ranges = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    merges = f'<mergeCells count="{len(merged)}">{ranges}</mergeCells>' if merged else ""
    return (
        f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData>{merges}'
        "</worksheet>"
    )


def _cell(row: int, index: int, cell: Cell) -> str:
    if cell is None or cell == "":
        return ""
    place = f"{column_name(index)}{row}"
    if isinstance(cell, str):
        text = escape(cell)
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f'<c r="{place}"><v>{cell!r}</v></c>'


def _book(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{i}" r:id="rId{i}"/>'
        for i, name in enumerate(names, start=1)
    )
    return (
        f'{_DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets>'
        "</workbook>"
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _types(sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{kind}.worksheet+xml"/>'
        for i in range(1, sheets + 1)
    )
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{parts}'
        "</Types>"
    )
