"""Workbooks that are damaged, locked or made with malice are refused in words, no accidents."""

from __future__ import annotations

import io
from collections.abc import Callable
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from cardstation.central.reconcile.cells import lines_of
from cardstation.errors import Refusal

SHEET, BOOK, STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"
NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "' + "x" * 1_000 + '">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 20}">'
        for before, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    + f']><worksheet {NS}><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&h;</t></is></c>'
    "</row></sheetData></worksheet>"
)  # fmt: skip
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


def workbook(**parts: str) -> bytes:
    """An honest workbook of one line, some of its parts exchanged for other texts."""
    book, made, out = Workbook(), io.BytesIO(), io.BytesIO()
    book.worksheets[0].append(["流水号", "金额"])
    book.save(made)
    with ZipFile(made) as honest, ZipFile(out, "w") as packed:
        for name in honest.namelist():
            packed.writestr(name, parts.get(name, honest.read(name)))
    return out.getvalue()


def rows(inside: str) -> bytes:
    return workbook(**{SHEET: f"<worksheet {NS}><sheetData>{inside}</sheetData></worksheet>"})


def in_every_head(local: int, central: int, value: bytes) -> bytes:
    """The honest workbook with two bytes of the head of each of its parts exchanged."""
    raw = bytearray(workbook())
    for mark, offset in ((LOCAL, local), (CENTRAL, central)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + offset : at + offset + 2] = value
            at = raw.find(mark, at + 4)
    return bytes(raw)


def damaged() -> bytes:
    packed = io.BytesIO()
    with ZipFile(io.BytesIO(workbook())) as honest, ZipFile(packed, "w", 8) as deflated:
        for name in honest.namelist():
            deflated.writestr(name, honest.read(name))
    raw = bytearray(packed.getvalue())
    at = raw.find(SHEET.encode()) + len(SHEET)
    raw[at : at + 20] = b"\xff" * 20
    return bytes(raw)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a sheet that breaks off": lambda: workbook(
        **{SHEET: f"<worksheet {NS}><sheetData><row r='1'>"}
    ),
    "a sheet that grows": lambda: workbook(**{SHEET: LAUGHS}),
    "a list of sheets that breaks off": lambda: workbook(**{BOOK: "<workbook"}),
    "styles that are none": lambda: workbook(**{STYLES: "<a>"}),
    "a text that is not there": lambda: rows("<row r='1'><c r='A1' t='s'><v>999</v></c></row>"),
    "no number": lambda: rows("<row r='1'><c r='A1'><v>abc</v></c></row>"),
    "no place": lambda: rows("<row r='x'><c r='!!'><v>1</v></c></row>"),
    "damaged": damaged,
    "locked": lambda: in_every_head(6, 8, b"\x01\x00"),
    "packed in an odd way": lambda: in_every_head(8, 10, b"\x61\x00"),
    "a head and nothing more": lambda: LOCAL + b"x" * 50,
}


def test_an_honest_one_is_read() -> None:
    assert lines_of(workbook()) == ((1, ("流水号", "金额")),)


@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_it_is_refused_in_words(what: str) -> None:
    with pytest.raises(Refusal, match="file_unreadable"):
        lines_of(HOSTILE[what]())
