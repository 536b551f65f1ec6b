"""Opens a file that a channel or a bank sends, CSV or XLSX, as lines of plain cells.

Judged by content, not by name. Whatever a cell holds is a text afterwards; none is calculated.
"""

from __future__ import annotations

import csv
import io
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from cardstation.errors import Refusal

MOST_BYTES = 4_000_000
MOST_LINES = 50_000
MOST_COLUMNS = 60
_WORKBOOK = b"PK\x03\x04"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# What the reader of workbooks raises over one that is damaged, made with malice, or locked.
_BROKEN = (
    *(BadZipFile, ParseError, zlib.error, EOFError, OSError),
    *(LookupError, ValueError, TypeError, AttributeError, RuntimeError),
)
_DELIMITERS = ",;\t|"

Line = tuple[int, tuple[str, ...]]
"""Number of the line, from 1 as people count, and its cells."""


def lines_of(raw: bytes) -> tuple[Line, ...]:
    """Every line of a file that holds anything.

    Raises:
        Refusal: `file_unreadable`, `file_too_large`.
    """
    if len(raw) > MOST_BYTES:
        raise Refusal("file_too_large", most=MOST_BYTES // 1_000_000)
    rows = _workbook(raw) if raw.startswith(_WORKBOOK) else _text(raw)
    found = tuple(
        (number, cells)
        for number, row in enumerate(islice(rows, MOST_LINES + 1), start=1)
        if any(cells := tuple(map(_plain, row[:MOST_COLUMNS])))
    )
    if found and found[-1][0] > MOST_LINES:
        raise Refusal("file_too_large", most=MOST_BYTES // 1_000_000)
    return found


def _plain(cell: object) -> str:
    """A cell as people read it: full-width signs as narrow ones, no signs that end a line."""
    if isinstance(cell, bool) or cell is None:
        return "" if cell is None else str(cell)
    if isinstance(cell, float):
        return f"{cell:.10f}".rstrip("0").rstrip(".")
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    text = unicodedata.normalize("NFKC", str(cell))
    kept = "".join(sign if sign.isprintable() else " " for sign in text)
    # Banks write a tab or a quote before long numbers, so that spreadsheets keep every digit.
    return kept.strip().strip("'`").strip()[:400]


def _text(raw: bytes) -> Iterable[Sequence[object]]:
    text = _decoded(raw)
    head = "\n".join(text.splitlines()[:40])
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise Refusal("file_unreadable") from error


def _decoded(raw: bytes) -> str:
    encodings = ("utf-16",) if raw.startswith(_UTF16) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refusal("file_unreadable")


def _workbook(raw: bytes) -> Iterable[Sequence[object]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    _refuse_bomb(raw)
    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            yield from (list(row) for row in sheet.iter_rows(values_only=True))
        finally:
            book.close()
    except (InvalidFileException, *_BROKEN) as error:
        raise Refusal("file_unreadable") from error


def _refuse_bomb(raw: bytes) -> None:
    """A workbook is a zip: refuse one that would grow beyond what any honest file needs."""
    try:
        with ZipFile(io.BytesIO(raw)) as packed:
            whole = sum(one.file_size for one in packed.infolist())
    except (BadZipFile, OSError, ValueError) as error:
        raise Refusal("file_unreadable") from error
    if whole > 25 * MOST_BYTES:
        raise Refusal("file_too_large", most=MOST_BYTES // 1_000_000)


def header_in(
    lines: tuple[Line, ...], headings: dict[str, tuple[str, ...]]
) -> tuple[int, dict[str, int]]:
    """Where the headings stand: the place of their line in `lines`, and each field's column.

    Args:
        lines: Of the file; its headings are among the first twenty.
        headings: What each field may be called, the surest word first.
    """
    best: tuple[int, dict[str, int]] = (0, {})
    for at, (_, cells) in enumerate(lines[:20]):
        named = _columns(cells, headings)
        if len(named) > len(best[1]):
            best = (at, named)
    return best


def _columns(cells: tuple[str, ...], headings: dict[str, tuple[str, ...]]) -> dict[str, int]:
    bare = [_bare(cell) for cell in cells]
    found: dict[str, int] = {}
    for name, words in headings.items():
        for word in words:
            free = [at for at, cell in enumerate(bare) if cell == word and at not in found.values()]
            if free:
                found[name] = free[0]
                break
    return found


def _bare(cell: str) -> str:
    """A heading without its unit and its blanks: `金额(元)` is `金额`."""
    text = cell.partition("(")[0].partition("[")[0].partition("/")[0]
    return "".join(text.split()).replace("_", "").replace("-", "").lower()


def cell_of(cells: tuple[str, ...], columns: dict[str, int], name: str) -> str:
    """A field of a line, empty where the file or the line lacks it."""
    at = columns.get(name)
    return "" if at is None or at >= len(cells) else cells[at]


def too_wide(cells: tuple[str, ...], header: tuple[str, ...]) -> bool:
    """Whether a line has more cells than headings: `1,200.50` without quotes is two of them."""
    return len(cells) > len(header)


def total_line(cells: tuple[str, ...]) -> bool:
    """Whether a line is the sum at the foot of a file, and no row of it."""
    first = next((cell for cell in cells if cell), "")
    return first.rstrip(":").strip().lower() in ("合计", "总计", "小计", "total", "sum", "合 计")


def as_text(cells: tuple[str, ...]) -> str:
    """A line for people."""
    return " | ".join(cells)[:400]
