"""Chat text as lists: what is certain goes into its field, the rest is left to a person."""

from __future__ import annotations

import pytest

from cardstation.domain.money import Money
from cardstation.errors import Refusal
from cardstation.services.lists.chat import MOST_SIGNS, read_chat


@pytest.mark.parametrize(
    ("line", "door", "name", "amount", "note"),
    [
        ("3. 5栋2单元301 王女士 200", "5栋2单元301", "王女士", "200", ""),
        ("1、3-2-1201 孟远思 300元 谢谢", "3-2-1201", "孟远思", "300元", "谢谢"),
        ("(2) 3－2－601 孟远思 ￥88.8", "3-2-601", "孟远思", "88.8元", ""),
        ("12栋4单元1004 区子 150.5", "12栋4单元1004", "区子", "150.5", ""),
        ("净月新城3号楼2单元601室 孟先生 ¥200", "净月新城 3号楼2单元601室", "孟先生", "200元", ""),
        ("七号楼一单元603 李四 一百五", "七号楼一单元603", "李四", "一百五", ""),
        ("王女士5栋2单元301充200块", "5栋2单元301", "王女士", "200元", ""),
        ("5栋301 王 200 微信已付", "5栋301", "王", "200", "微信已付"),
        ("5-2-302 赵敏 已经在网上交过了", "5-2-302", "赵敏", "", "已经在网上交过了"),
        ("买买提·阿布都热合曼 8-2-201 两百块", "8-2-201", "买买提·阿布都热合曼", "两百元", ""),
        ("5#2-305 周静 200块5", "5#2-305", "周静", "", "200块5"),
        ("5-2-303 刘洋 100元 200元", "5-2-303", "刘洋", "100元/200元", ""),
        ("9-1-1201 周静+500", "9-1-1201", "周静", "", "+500"),
        ("9-1-1201 周静 +500", "9-1-1201", "周静", "500", ""),
        ("姓名:区子 房号:12-4-1004 金额:100", "12-4-1004", "区子", "100", ""),
        ("5-2-301200 王女士", "", "", "", "5-2-301200 王女士"),
        ("301 200", "", "", "", "301 200"),
        ("我家也要充", "", "", "", "我家也要充"),
        ("5-2-301 王女士 ¥¼", "5-2-301", "王女士", "", "¥1⁄4"),
        ("5-2-301 王女士 ½元", "5-2-301", "王女士", "", "1⁄2元"),
        ("5-2-301 王女士 1.234元", "5-2-301", "王女士", "", "1.234元"),
        ("5-2-301 王女士 一百 二百", "5-2-301", "王女士", "一百/二百", ""),
    ],
)
def test_a_line_of_a_chat(line: str, door: str, name: str, amount: str, note: str) -> None:
    (row,) = read_chat(line).rows
    assert (row.door, row.name, row.amount, row.note) == (door, name, amount, note)


def test_numbers_of_accounts_cards_and_phones_are_told_apart() -> None:
    (row,) = read_chat("220103005686 88017482005682 孟远思 100 电话13900001111").rows
    assert (row.account_no, row.card_no, row.name, row.amount, row.note) == (
        "220103005686",
        "88017482005682",
        "孟远思",
        "100",
        "",
    )


def test_headings_and_examples_are_no_rows_and_totals_are_claims() -> None:
    found = read_chat(
        "#接龙\n净月新城11月收卡,报房号\n例:1-1-101 张三 100\n\n1. 3-2-601 孟远思 100\n"
        "2. 3-2-602 区子 200\n合计 2户 300元\n再加一个 3-2-603 赵敏 50\n"
    )
    assert [row.row for row in found.rows] == [5, 6, 8]
    assert (found.stated.count, found.stated.total) == (2, Money(30_000))
    assert found.name == "净月新城11月收卡,报房号"
    assert found.typed


def test_a_list_without_numbers_has_no_heading_but_its_signs() -> None:
    found = read_chat("收卡啦\n3-2-601 孟远思 100")
    assert [row.note for row in found.rows] == ["收卡啦", ""]


@pytest.mark.parametrize(
    "line",
    [
        "220103006908 赵国春 200",
        "余雨 88016315006917 100",
        "余雨 8801 6315 0069 17",
        "余雨 100元",
        "余雨 一百",
        "余雨 13900001111",
        "#接龙 余雨 5-2-301 100",
        "接龙 220103006908 赵国春",
    ],
)
def test_a_line_before_the_first_number_that_tells_of_a_household_is_a_row(line: str) -> None:
    found = read_chat(f"{line}\n净月新城收卡\n1. 3-2-302 崔妍国 150")
    assert [row.row for row in found.rows] == [1, 2, 3]
    assert (found.name, found.hints) == ("接龙", ())


def test_an_example_is_no_row_and_names_nothing() -> None:
    found = read_chat("格式:5-2-301 王女士 200\n收卡啦\n1. 3-2-302 崔妍国 150")
    assert (len(found.rows), found.name) == (1, "收卡啦")


def test_the_headings_of_a_pasted_table_are_no_row() -> None:
    rows = (
        "户号\t姓名\t门牌\t卡号\t金额（元）",
        "220103007039\t梁桐\t6-1-202\t88015878007031\t100",
        "\t卡号不清\t金额不清\t备注\t5-2-301",
    )
    found = read_chat("\n".join(rows))
    assert [(row.row, row.account_no, row.amount) for row in found.rows] == [
        (2, "220103007039", "100"),
        (3, "", ""),
    ]


@pytest.mark.parametrize(
    ("text", "doors"),
    [
        ("1.3栋2单元601 甲乙 100\n2.3栋2单元602 丙丁 100", ["3栋2单元601", "3栋2单元602"]),
        ("7.5栋2单元301 王女士 200", [""]),
    ],
)
def test_a_number_glued_to_its_door(text: str, doors: list[str]) -> None:
    """`7.5栋` as the first line may be anything: it is left to a person."""
    assert [row.door for row in read_chat(text).rows] == doors


@pytest.mark.parametrize("text", ["", "  \n\n", "#接龙\n例:1-1-101 张三 100", "1. \n2. "])
def test_nothing_to_take_in(text: str) -> None:
    with pytest.raises(Refusal, match="paste_empty"):
        read_chat(text)


def test_more_than_a_chat() -> None:
    with pytest.raises(Refusal, match="paste_too_long"):
        read_chat("好" * (MOST_SIGNS + 1))
