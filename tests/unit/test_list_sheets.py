"""Workbooks of several sheets: one without a header is continued, or its rows are shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cardstation.services.lists.header import Column
from cardstation.services.lists.reading import HouseholdList, headings_of, read_list
from tests.kit.workbook import Cell, write_workbook

HEADER: list[Cell] = ["户号", "姓名", "门牌", "卡号", "金额"]
OWN_WORDS: list[Cell] = [*HEADER[:4], "要买多少"]
MENG: list[Cell] = ["220103005686", "孟远思", "3-2-601", "88017482005682", 100]
OU: list[Cell] = ["220103004929", "区子", "12-4-1004", "88011874004924", 300]
LIANG: list[Cell] = ["220103007039", "梁桐", "6-1-202", "88015878007031", 80]


def book(folder: Path, **sheets: Sequence[Sequence[Cell]]) -> HouseholdList:
    return read_list(write_workbook(folder / "收卡.xlsx", sheets))


def told(found: HouseholdList) -> list[tuple[str, int, str, str]]:
    return [(row.sheet, row.row, row.account_no, row.amount) for row in found.rows]


def test_a_sheet_with_the_same_columns_goes_on_without_a_header(tmp_path: Path) -> None:
    total: list[Cell] = ["合计", "", "", "1张", 300]
    found = book(tmp_path, 一栋=[HEADER, MENG], 二栋=[OU, total], 三栋=[LIANG])
    assert told(found) == [
        ("一栋", 2, "220103005686", "100"),
        ("二栋", 1, "220103004929", "300"),
        ("三栋", 1, "220103007039", "80"),
    ]
    assert found.unread == ()


def test_households_below_other_headings_are_rows_for_a_person(tmp_path: Path) -> None:
    found = book(tmp_path, 一栋=[HEADER, MENG], 三栋=[["三栋登记"], OWN_WORDS, [], OU, LIANG])
    assert told(found)[1:] == [("三栋", 4, "220103004929", ""), ("三栋", 5, "220103007039", "")]
    assert [(row.card_no, row.note) for row in found.rows[1:]] == [
        ("88011874004924", "区子 12-4-1004 300"),
        ("88015878007031", "梁桐 6-1-202 80"),
    ]
    assert found.unread == ("三栋",)


def test_a_sheet_in_another_order_is_not_continued(tmp_path: Path) -> None:
    moved = [[one[3], *one[:3], one[4]] for one in (OU, LIANG)]
    wider = [[*one, 35] for one in (OU, LIANG)]
    few: list[list[Cell]] = [OU, ["", "某某", "6-1-202"], ["", "某某", "6-1-203"]]
    for other in (moved, wider, few):
        found = book(tmp_path, 一栋=[HEADER, MENG], 二栋=other)
        assert found.unread == ("二栋",)
        assert len(found.rows) == 1 + len(other)
        assert {row.amount for row in found.rows[1:]} == {""}


def test_a_sheet_without_numbers_is_said_in_one_row(tmp_path: Path) -> None:
    doors: list[list[Cell]] = [["二栋"], [], ["某某", "6-1-202"], ["3-2-602 某某 200"]]
    found = book(tmp_path, 一栋=[HEADER, MENG], 二栋=doors, 说明=[["1. 请填写"], ["合计", 3]])
    last = found.rows[-1]
    assert (len(found.rows), last.sheet, last.row) == (2, "二栋", 3)
    assert last.note == "工作表 二栋:2 行看不懂"
    assert (last.account_no, last.card_no, last.name, last.door, last.amount) == ("",) * 5


def test_the_headings_asked_for_are_those_not_understood(tmp_path: Path) -> None:
    path = tmp_path / "收卡.xlsx"
    write_workbook(path, {"一栋": [HEADER, MENG], "三栋": [OWN_WORDS, OU, LIANG]})
    assert [one.word for one in headings_of(path)][-1] == "要买多少"
    found = read_list(path, {"要买多少": Column.AMOUNT})
    assert (len(found.rows), found.unread) == (3, ())


def test_households_above_a_header_that_stands_too_low_are_rows(tmp_path: Path) -> None:
    titles: list[list[Cell]] = [["收卡日期", "2026-11-23", "地点", "物业"], ["电话 13900001111"]]
    named: list[Cell] = ["", "某某", "6-1-202", "", 50]
    split: list[Cell] = ["某某", "6栋", "1单元", "203室", 80]
    found = book(tmp_path, 一栋=[*titles, MENG, named, split, HEADER, OU])
    assert told(found) == [
        ("", 3, "220103005686", ""),
        ("", 4, "", ""),
        ("", 5, "", ""),
        ("", 7, "220103004929", "300"),
    ]
    assert [row.note for row in found.rows[:2]] == ["孟远思 3-2-601 100", "某某 6-1-202 50"]
