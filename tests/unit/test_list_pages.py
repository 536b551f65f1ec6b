"""Lists that are web pages (the .xls of many property systems), and files that are no lists."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from cardstation.errors import Refusal
from cardstation.services.lists.files import open_sheets
from cardstation.services.lists.reading import HouseholdList, read_list

HEAD = "<tr><th>户号<th>姓名<th>楼号<th>单元<th>房号<th>卡号<th>金额</tr>"
MENG = (
    "<tr><td>220103005686<td>孟远思<td>3<td>2<td>601"
    "<td>&#39;88017482005682<td>&yen;1,000</tr>"
)  # fmt: skip


def page(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "收卡.xls"
    path.write_bytes(text.encode(encoding))
    return path


def read(folder: Path, text: str, encoding: str = "utf-8") -> HouseholdList:
    return read_list(page(folder, text, encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_of_a_page_is_a_list(tmp_path: Path, encoding: str) -> None:
    style = "<style>td{}</style><script>var a='<td>1</td>';</script>"
    (row,) = read(tmp_path, f"\r\n<html>{style}<TABLE>{HEAD}{MENG}</table>", encoding).rows
    assert (row.account_no, row.name, row.door) == ("220103005686", "孟远思", "3-2-601")
    assert (row.card_no, row.amount, row.row, row.sheet) == ("88017482005682", "¥1,000", 2, "")


def test_cells_over_several_columns_and_rows_keep_the_others_in_place(tmp_path: Path) -> None:
    rows = (
        "<tr><td colspan=7>净月新城&nbsp;收卡</td></tr>"
        "<tr><td>户号</td><td rowspan='2'>姓名</td><td colspan='3'>门牌</td><td>卡号</td>"
        "<td>金额</td></tr><tr><td></td><td>楼号</td><td>单元</td><td>房号</td><td></td></tr>"
        "<tr><td>220103005686</td><td>孟远思</td><td rowspan=2>3</td><td>2</td><td>601</td>"
        "<td>88017482005682</td><td>100</td></tr>"
        "<tr><td>220103004929</td><td>区<br>子</td><td>2</td><td>602</td><td></td><td>50</td></tr>"
        "<tr><td colspan=99999 rowspan=x>经办人：</td></tr>"
    )
    found = read(tmp_path, f"<table><tbody>{rows}</tbody></table>")
    assert [(row.name, row.door, row.amount) for row in found.rows] == [
        ("孟远思", "3-2-601", "100"),
        ("区 子", "3-2-602", "50"),
    ]
    assert "净月新城 收卡" in found.hints


def test_tables_side_by_side_and_within_each_other_are_sheets(tmp_path: Path) -> None:
    inner = f"<table>{HEAD}{MENG}</table>"
    more = MENG.replace("220103005686", "220103004929")
    text = f"<div><table><tr><td>导出{inner}</td></tr></table><table>{HEAD}{more}</table></div>"
    found = read(tmp_path, text)
    assert [(row.sheet, row.row, row.account_no) for row in found.rows] == [
        ("2", 2, "220103005686"),
        ("3", 2, "220103004929"),
    ]
    assert [sheet.name for sheet in open_sheets(page(tmp_path, text))] == ["1", "2", "3"]


def test_a_header_in_a_table_of_its_own_is_that_of_the_next(tmp_path: Path) -> None:
    found = read(tmp_path, f"<table>{HEAD}</table><table>{MENG}</table>")
    assert [(row.door, row.amount) for row in found.rows] == [("3-2-601", "¥1,000")]


def test_rows_and_tables_that_nobody_began_or_ended_are_read(tmp_path: Path) -> None:
    begun = HEAD.removeprefix("<tr>")
    found = read(tmp_path, f"<p>a</p><table>b{begun}{MENG}".removesuffix("</tr>"))
    assert len(found.rows) == 1


def word(folder: Path, inside: str) -> Path:
    path = folder / "收卡.docx"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(inside, "")
    return path


@pytest.mark.parametrize(
    "content",
    [
        b"<html><body>no table</body></html>",
        b"<?xml version='1.0'?><Workbook></Workbook>",
        b"%PDF-1.7\n\x00",
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related",
        b"{\\rtf1 \\ansi}",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
    ],
)
def test_a_file_for_other_programs_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "收卡.xls"
    path.write_bytes(content)
    with pytest.raises(Refusal, match="list_is_a_document") as refused:
        read_list(path)
    assert refused.value.values == {"file": "收卡.xls"}


def test_so_does_a_text_of_word(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="list_is_a_document"):
        read_list(word(tmp_path, "word/document.xml"))
    with pytest.raises(Refusal, match="list_not_readable"):
        read_list(word(tmp_path, "other.xml"))
