"""Opens list files of any kind people send: workbooks, texts, tables of a page; by content.

The only place that knows python-calamine.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import python_calamine

from cardstation.errors import Refusal
from cardstation.services.lists.cells import clean
from cardstation.services.lists.header import NOTHING_LEARNED, Column, find_header
from cardstation.services.lists.page import tables_of
from cardstation.services.lists.split import split

LARGEST_FILE = 20_000_000
"""Bytes; a list of 3 000 rows has about 200 000."""

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OTHERS = (b"%PDF", b"{\\rtf", b"MIME-Version")
_WORD = (b"word/document.xml", "WordDocument".encode("utf-16-le"))
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ",;\t|，；"
_HEAD_LINES = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of cleaned text cells; the first row is row 1 of the sheet.

    Attributes:
        merged: Merged ranges as ((first row, first column), (last row, last column)), from 0.
    """

    name: str
    rows: list[list[str]]
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


def open_sheets(path: Path, learned: Mapping[str, Column] = NOTHING_LEARNED) -> tuple[Sheet, ...]:
    """Read every sheet of a list file; `learned` headings help to find a text file's delimiter.

    Raises:
        Refusal: `list_not_readable`, `list_is_a_document` (Word, PDF, a page without a table).
    """
    raw = _read(path)
    if raw.startswith(_WORKBOOKS):
        return _workbook(raw, path.name)
    if raw.startswith(_OTHERS):
        raise Refusal("list_is_a_document", file=path.name)
    text = _decode(raw, path.name)
    if text.lstrip().startswith("<"):
        return _page(text, path.name)
    return (_text(text, path.name, learned),)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Refusal("list_not_readable", file=path.name)
        return path.read_bytes()
    except OSError as error:
        raise Refusal("list_not_readable", file=path.name) from error


def _workbook(raw: bytes, name: str) -> tuple[Sheet, ...]:
    try:
        with python_calamine.load_workbook(io.BytesIO(raw)) as book:
            return tuple(_sheet(book, title) for title in book.sheet_names)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        code = "list_is_a_document" if any(map(raw.count, _WORD)) else "list_not_readable"
        raise Refusal(code, file=name) from error


def _page(text: str, name: str) -> tuple[Sheet, ...]:
    tables = tables_of(text)
    if not tables:
        raise Refusal("list_is_a_document", file=name)
    return tuple(
        Sheet(str(number), [[clean(cell) for cell in row] for row in table.rows], (*table.merged,))
        for number, table in enumerate(tables, start=1)
    )


def _sheet(book: python_calamine.CalamineWorkbook, title: str) -> Sheet:
    found = book.get_sheet_by_name(title)
    if found.start is None:
        return Sheet(title, [])
    rows = [[clean(cell) for cell in row] for row in found.to_python(skip_empty_area=False)]
    return Sheet(title, rows, tuple(found.merged_cell_ranges or ()))


def _text(text: str, name: str, learned: Mapping[str, Column]) -> Sheet:
    head = "\n".join(text.splitlines()[:_HEAD_LINES])
    try:
        heads = {delimiter: split(head, delimiter, learned) for delimiter in _DELIMITERS}
        named = {delimiter: _columns_named(rows, learned) for delimiter, rows in heads.items()}
        return Sheet("", split(text, max(named, key=lambda sign: named[sign]), learned))
    except csv.Error as error:
        raise Refusal("list_not_readable", file=name) from error


def _columns_named(rows: list[list[str]], learned: Mapping[str, Column]) -> int:
    header = find_header(rows, learned)
    return sum(map(len, header.columns.values())) if header else 0


def _decode(raw: bytes, name: str) -> str:
    encodings = ("utf-16",) if raw.startswith(_UTF16) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refusal("list_not_readable", file=name)
