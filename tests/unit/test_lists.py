"""Reading list files: kinds, encodings, headers, totals, split columns, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.money import Money
from cardstation.domain.tariff import Period, PurchaseCap
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.lists import files
from cardstation.services.lists.cells import clean, clean_number
from cardstation.services.lists.header import Column, column_of, find_header
from cardstation.services.lists.reading import HouseholdList, read_list
from cardstation.services.lists.tariff_file import read_tariffs
from tests.kit.desk import SAMPLES
from tests.kit.prices import RESIDENTIAL, RESIDENTIAL_2027, SMALL_BUSINESS
from tests.kit.workbook import Cell, write_workbook

HEADER: list[Cell] = ["户号", "户主", "门牌", "卡号", "金额", "备注"]
MENG: list[Cell] = ["220103005686", "孟远思", "3-2-601", "88017482005682", "100", ""]
OU: list[Cell] = ["220103004929", "区子", "12-4-1004", "88011874004924", "300", ""]


def sheet(folder: Path, *rows: list[Cell], merged: tuple[str, ...] = ()) -> HouseholdList:
    return read_list(write_workbook(folder / "收卡.xlsx", {"Sheet1": rows}, merged))


def text(folder: Path, content: str, encoding: str = "utf-8") -> HouseholdList:
    path = folder / "收卡.csv"
    path.write_bytes(content.encode(encoding))
    return read_list(path)


@pytest.mark.parametrize(
    ("cell", "cleaned"),
    [
        (None, ""),
        (220101009326.0, "220101009326"),
        (88.8, "88.8"),
        (88.80000000000001, "88.8"),
        (48020.799999999996, "48020.8"),
        (1e20, "1e+20"),
        (12, "12"),
        ("\t220105007367", "220105007367"),
        ("８８０１　", "8801"),
        ("孟\u200b远 思", "孟远 思"),
        ("燃气\n卡号", "燃气 卡号"),
        (" a  b ", "a b"),
        ("１２－４－１００４", "12-4-1004"),
    ],
)
def test_cells(cell: Cell, cleaned: str) -> None:
    assert clean(cell) == cleaned


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("'8801 7482-0056 82", "88017482005682"),
        ("220101009326.0", "220101009326"),
        ("88.5", "88.5"),
    ],
)
def test_numbers(written: str, number: str) -> None:
    assert clean_number(written) == number


@pytest.mark.parametrize(
    ("word", "column"),
    [
        ("户号", Column.ACCOUNT),
        ("客户编号", Column.ACCOUNT),
        ("用气户号(12位)", Column.ACCOUNT),
        ("IC卡号", Column.CARD),
        ("燃气 卡号", Column.CARD),
        ("气卡编号", Column.CARD),
        ("户主", Column.NAME),
        ("业主姓名*", Column.NAME),
        ("楼栋单元室", Column.ROOM),
        ("金 额(元)", Column.AMOUNT),
        ("金额（大写）", Column.AMOUNT),
        ("本次缴费金额", Column.AMOUNT),
        ("说明：", Column.NOTE),
        ("信封号", Column.ENVELOPE),
        ("卡袋编号", Column.ENVELOPE),
        ("单元", Column.UNIT),
        ("楼号", Column.BUILDING),
        ("小区", Column.COMMUNITY),
        *(
            (word, None)
            for word in ("序号", "No.", "编号", "联系电话", "业主电话", "身份证号", "燃气表号")
        ),
        *(
            (word, None)
            for word in ("购气量(方)", "金额(m³)", "上次购气金额", "卡内余额", "缴费方式")
        ),
        *(
            (word, None)
            for word in ("业主签字", "单价", "欠费金额", "", "兹有我小区业主共计二百户代收燃气卡")
        ),
    ],
)
def test_header_words(word: str, column: Column | None) -> None:
    assert column_of(clean(word)) is column


def test_titles_totals_and_footers_are_no_rows(tmp_path: Path) -> None:
    found = sheet(
        tmp_path,
        ["净月新城代收登记表"],
        [],
        HEADER,
        MENG,
        ["", "", "", "", "", ""],
        ["小计", "", "", "1张", 100, ""],
        HEADER,
        OU,
        ["合 计", "", "", "2张", 400.0, "经办人："],
        ["经办人：张三", "", "审核："],
        ["备注：请尽快"],
        merged=("A1:F1",),
    )
    assert [row.row for row in found.rows] == [4, 8]
    assert (found.stated.count, found.stated.total) == (2, Money(40_000))
    assert "净月新城代收登记表" in found.hints


def test_a_total_in_one_cell_and_a_sum_without_its_word(tmp_path: Path) -> None:
    found = sheet(tmp_path, HEADER, MENG, OU, ["共2户，合计人民币1,400.50元"])
    assert (found.stated.count, found.stated.total) == (2, Money(140_050))
    bare = sheet(tmp_path, HEADER, MENG, OU, ["", "", "", "", 400.0, ""])
    assert (len(bare.rows), bare.stated.total) == (2, Money(40_000))
    odd = sheet(tmp_path, HEADER, MENG, OU, ["", "", "", "", 401.0, ""])
    assert (len(odd.rows), odd.stated.total) == (3, None)
    unsure = sheet(tmp_path, HEADER, MENG, OU, ["合计", "", "", "", "", ""])
    assert (unsure.stated.count, unsure.stated.total) == (None, None)


def test_a_row_with_name_and_door_is_never_taken_for_a_footer(tmp_path: Path) -> None:
    found = sheet(tmp_path, HEADER, MENG, ["", "区子", "12-4-1004", "", "", "签字"])
    assert [row.name for row in found.rows] == ["孟远思", "区子"]


def test_nor_for_a_total_when_its_door_is_whole(tmp_path: Path) -> None:
    found = sheet(
        tmp_path, HEADER, MENG, ["", "合计", "8-1-801", "", "100", ""], ["合计", "", "2户"]
    )
    assert [row.door for row in found.rows] == ["3-2-601", "8-1-801"]
    assert found.stated.count == 2


def test_an_empty_form_line_is_no_row(tmp_path: Path) -> None:
    found = sheet(tmp_path, ["序号", *HEADER], [1, *MENG], [2], ["", "", "", "", "", "", "见说明"])
    assert len(found.rows) == 1


def test_split_columns_and_merged_buildings(tmp_path: Path) -> None:
    header: list[Cell] = [
        "小区",
        "楼号",
        "单元",
        "房号",
        "姓",
        "名",
        "户号",
        "卡号",
        "应收",
        "实收",
    ]
    found = sheet(
        tmp_path,
        header,
        ["净月新城", "3号楼", "2单元", "601", "孟", "远思", *MENG[:1], *MENG[3:4], "100", "100元"],
        ["净月新城", "", "", "602", "区", "子", *OU[:1], *OU[3:4], "300", "200"],
        ["", "3", "2", "3-2-601", "", "", "1", "2", "", "88"],
        ["", "4", "2", "3-2-601", "", "", "1", "2", "", "88"],
        merged=("B2:B3", "C2:C3", "I2:I3", "A1:B1"),
    )
    doors = [row.door for row in found.rows]
    assert doors == [
        "净月新城 3号楼-2单元-601",
        "净月新城 3号楼-2单元-602",
        "3-2-601",
        "4-2-3-2-601",
    ]
    assert [row.name for row in found.rows] == ["孟远思", "区子", "", ""]
    assert [row.amount for row in found.rows] == ["100", "300/200", "88", "88"]


def test_places_without_numbers_join_the_door(tmp_path: Path) -> None:
    found = sheet(tmp_path, ["户号", "地址", "房号", "金额"], ["1234567", "净月新城", "3-2-601", 5])
    assert found.rows[0].door == "净月新城 3-2-601"


def test_a_header_in_two_rows(tmp_path: Path) -> None:
    found = sheet(
        tmp_path,
        ["户号", "户主", "地址", "", "", "金额"],
        ["", "", "楼号", "单元", "房号"],
        [*MENG[:2], "3", "2", "601", 100],
    )
    assert found.rows[0].door == "3-2-601"
    assert (found.rows[0].row, found.rows[0].amount) == (3, "100")


def test_several_sheets_with_a_header(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "a.xlsx",
        {
            "说明": [["请按格式填写"]],
            "1号楼": [HEADER, MENG, ["合计", "", "", "1张", 100, ""]],
            "2号楼": [HEADER, OU, ["合计", "", "", "1张", 300, ""]],
            "空": [],
        },
    )
    found = read_list(path)
    assert [(row.sheet, row.row) for row in found.rows] == [("1号楼", 2), ("2号楼", 2)]
    assert (found.stated.count, found.stated.total) == (2, Money(40_000))
    one = write_workbook(tmp_path / "b.xlsx", {"1": [HEADER, MENG, ["合计", 1]], "2": [HEADER, OU]})
    assert (read_list(one).stated.count, read_list(one).stated.total) == (None, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
def test_text_files(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = ["净月新城,代收", ",".join(map(str, HEADER)), ",".join(map(str, MENG)), ""]
    found = text(tmp_path, "\r\n".join(lines).replace(",", delimiter), encoding)
    assert [(row.row, row.card_no) for row in found.rows] == [(3, "88017482005682")]


def test_content_is_what_counts(tmp_path: Path) -> None:
    first = sheet(tmp_path, HEADER, MENG, OU)
    again = text(
        tmp_path,
        "卡号;户号;业主;房号;缴费金额;说明\n"
        "88011874004924;220103004929;区 子;12号楼 4 单元 1004 室;300;\n"
        "88017482005682;220103005686;孟远思;3#2-601;100;\n",
    )
    other = sheet(tmp_path, HEADER, MENG, [*OU[:4], "301", ""])
    assert first.digest == again.digest
    assert first.digest != other.digest


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"PK\x03\x04 broken", "list_not_readable"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "list_not_readable"),
        ("a.csv", b"\xff\xff\xff", "list_not_readable"),
        ("a.csv", b"a\0b", "list_not_readable"),
        ("a.csv", b"", "list_without_header"),
        ("a.csv", "户号,户主,卡号\n1,2,3".encode(), "list_without_header"),
        ("a.csv", "金额,备注,余额\n1,2,3".encode(), "list_without_header"),
        ("a.csv", "户号,户主,金额\n\n合计,,0".encode(), "list_empty"),
        ("a.csv", None, "list_not_readable"),
    ],
)
def test_what_is_no_list_is_refused(
    tmp_path: Path, name: str, content: bytes | None, code: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refusal) as refused:
        read_list(path)
    assert refused.value.code == code
    assert refused.value.values == {"file": name}


def test_giants_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("户号,户主,金额\n" + "1" * 200_000)
    with pytest.raises(Refusal, match="list_not_readable"):
        read_list(path)
    monkeypatch.setattr(files, "LARGEST_FILE", 10)
    with pytest.raises(Refusal, match="list_not_readable"):
        read_list(path)


def test_no_header_in_sight() -> None:
    assert find_header([["a", "b"], ["户号", "金额"], []]) is None
    assert find_header([]) is None


def test_the_price_lists_of_the_demo() -> None:
    tariffs, rules = read_tariffs(SAMPLES / "tariffs.json")
    by_version = {tariff.version: tariff for tariff in tariffs}
    assert by_version["residential@2026-01-01"] == RESIDENTIAL
    assert by_version["residential@2027-01-01"] == RESIDENTIAL_2027
    assert by_version["small-business@2026-01-01"] == SMALL_BUSINESS
    assert (rules.volume_step.m3, rules.per_load_cap.m3, rules.card_fee) == (
        "1",
        "800",
        Money(1000),
    )
    assert {code: most.m3 for code, most in rules.plausible_per_load.items()} == {
        "residential": "500",
        "residential-heating": "1500",
        "small-business": "3000",
    }
    assert rules.purchase_caps == {}


def test_a_purchase_cap_stands_with_the_desk_rules(tmp_path: Path) -> None:
    file = tmp_path / "tariffs.json"
    text = (SAMPLES / "tariffs.json").read_text("utf-8")
    cap = '"purchase_cap": {"residential": {"m3": "100", "per": "month"}}, "per_load_cap_m3"'
    file.write_text(text.replace('"per_load_cap_m3"', cap), "utf-8")
    _, rules = read_tariffs(file)
    assert rules.purchase_caps == {"residential": PurchaseCap(Volume.of_m3("100"), Period.MONTH)}
    file.write_text(text.replace('"per_load_cap_m3"', cap.replace("month", "week")), "utf-8")
    with pytest.raises(Refusal, match="tariffs_not_readable"):
        read_tariffs(file)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"2.80"', '"2.80001"'),
        ('"2.80"', '"0"'),
        ('"2.80"', "2.8"),
        ('"390"', '"700"'),
        ('"all limits"', '"the first limit"'),
        ('"from_8_persons_may_choose"', '"may_choose"'),
        ('"cap_m3"', '"most_m3"'),
        ('"from_8_persons_may_choose"', '"x_may_choose": {}, "from_8_persons_may_choose"'),
        ('"2026-01-01"', '"2028-01-01"'),
        ("{", "["),
    ],
)
def test_a_broken_price_list_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "tariffs.json"
    path.write_text((SAMPLES / "tariffs.json").read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(Refusal, match="tariffs_not_readable"):
        read_tariffs(path)


def test_a_missing_price_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="tariffs_not_readable"):
        read_tariffs(tmp_path / "none.json")
