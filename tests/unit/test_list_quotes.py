"""A stray quotation mark in a text file swallows no row; one that belongs there is honoured."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.errors import Refusal
from cardstation.services.lists.files import open_sheets
from cardstation.services.lists.reading import HouseholdList, read_list

HEAD = "户号,姓名,门牌,卡号,金额,备注"
ROWS = (
    "220103005686,孟远思,3-2-601,88017482005682,100,",
    "220103004929,区子,12-4-1004,88011874004924,300,",
    "220103007039,梁桐,6-1-202,88015878007031,80,",
    "220103007047,宋胜雪,1-3-704,88012760007047,60,",
)
ACCOUNTS = [row.partition(",")[0] for row in ROWS]


def read(folder: Path, *lines: str, end: str = "\n") -> HouseholdList:
    path = folder / "收卡.csv"
    path.write_bytes((end.join(lines) + end).encode())
    return read_list(path)


def marked(at: int, cell: int, mark: str = '"') -> list[str]:
    """The file with a mark before a cell of a line."""
    lines = [HEAD, *ROWS]
    cells = lines[at].split(",")
    cells[cell] = mark + cells[cell]
    lines[at] = ",".join(cells)
    return lines


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("cell", range(6))
@pytest.mark.parametrize("at", range(5))
def test_a_stray_mark_costs_no_row(tmp_path: Path, at: int, cell: int, end: str) -> None:
    found = read(tmp_path, *marked(at, cell), end=end)
    assert [row.account_no for row in found.rows] == ACCOUNTS
    assert [row.name for row in found.rows] == ["孟远思", "区子", "梁桐", "宋胜雪"]
    assert [row.amount for row in found.rows] == ["100", "300", "80", "60"]


@pytest.mark.parametrize(("first", "second"), [(1, 1), (5, 0), (0, 5), (1, 5), (2, 1)])
@pytest.mark.parametrize("after", [1, 2])
def test_nor_do_two_of_them(tmp_path: Path, first: int, second: int, after: int) -> None:
    lines = marked(1, first)
    lines[1 + after] = marked(1 + after, second)[1 + after]
    assert [row.account_no for row in read(tmp_path, *lines).rows] == ACCOUNTS


def test_nor_does_a_pair_that_belongs_to_different_rows(tmp_path: Path) -> None:
    lines = marked(1, 5)
    lines[3] = lines[3] + '急"'
    assert [row.account_no for row in read(tmp_path, *lines).rows] == ACCOUNTS


def test_nor_one_in_a_title_or_before_short_rows(tmp_path: Path) -> None:
    found = read(tmp_path, '"净月新城代收', *marked(3, 2))
    assert [row.account_no for row in found.rows] == ACCOUNTS
    short = [HEAD, *(row.rstrip(",") for row in ROWS)]
    short[2] += ',"急'
    found = read(tmp_path, *short)
    assert [(row.account_no, row.note) for row in found.rows] == [
        (account, "急" if at == 1 else "") for at, account in enumerate(ACCOUNTS)
    ]


def test_marks_that_belong_there_are_honoured(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        '户号,姓名,门牌,"燃气\n卡号","金额\n(元)",备注',
        '"220103005686","孟远思","净月新城3栋\n2单元,601","88017482005682","1,000","请尽快\n谢谢"',
        '220103004929,"区""子",12-4-1004,88011874004924,300,"急, 急"',
    )
    assert [(row.name, row.door, row.amount, row.note) for row in found.rows] == [
        ("孟远思", "净月新城3栋 2单元,601", "1,000", "请尽快 谢谢"),
        ('区"子', "12-4-1004", "300", "急, 急"),
    ]


def test_a_blocked_card_is_swallowed_by_no_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('卡号,原因\n1,"丢失\n2,"损坏\n3,"挂失,\n补办"\n')
    (sheet,) = open_sheets(path)
    assert [row[:2] for row in sheet.rows[1:3]] == [["1", "丢失"], ["2", "损坏"]]


def test_a_mark_before_a_text_too_long_for_a_cell(tmp_path: Path) -> None:
    many = [ROWS[0], '220103004929,"区子,12-4-1004,88011874004924,300,', *[ROWS[2]] * 4_000]
    assert len(read(tmp_path, HEAD, *many).rows) == 4_002
    with pytest.raises(Refusal, match="list_not_readable"):
        read(tmp_path, HEAD, '"' + "1" * 200_000)
