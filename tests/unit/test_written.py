"""Amounts, doors, names, notes and numbers as people write them."""

from __future__ import annotations

import pytest

from cardstation.domain.amounts import AmountDoubt, read_amount
from cardstation.domain.check_digit import is_mistyped, luhn_ok, slips
from cardstation.domain.doors import Door, Likeness, read_door
from cardstation.domain.money import Money
from cardstation.domain.names import compare_names
from cardstation.domain.notes import Note, read_note
from tests.kit.neighbours import MENG, OU

BROKEN = [
    "一百五",
    "百八",
    "百五十",
    "一千五",
    "一万五百",
    "两三百",
    "100左右",
    "约100",
    "100-200",
    "88.8.0",
    "-100",
    "+100",
    "88.888",
    "1,00",
    "100.",
    ".5",
    "050",
    "1e3",
    "3百",
    "0.5万",
    "100块",
    "88元8",
    "100.5元整",
    "100+50",
    "100/200",
    "一二三",
    "一百一百",
    "十百",
    "万",
    "一万万",
    "百元",
    "一百角",
    "一百元五",
    "廿五",
    "88017482005682",
    "100(微信)",
    "壹佰万元整",
]


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("300", 30_000),
        ("300元", 30_000),
        ("¥300", 30_000),
        ("￥1,000.50", 100_050),
        ("88.8", 8_880),
        ("１００", 10_000),
        (" 1 00 ", 10_000),
        ("RMB200", 20_000),
        ("100元整", 10_000),
        ("88元8角", 8_880),
        ("88元5分", 8_805),
        ("一百", 10_000),
        ("五百", 50_000),
        ("一百五十", 15_000),
        ("一百五十元整", 15_000),
        ("两百", 20_000),
        ("十五", 1_500),
        ("壹佰", 10_000),
        ("伍拾", 5_000),
        ("人民币壹仟零壹元伍角整", 100_150),
        ("捌拾捌元捌角", 8_880),
        ("一万零五百", 1_050_000),
        ("伍角", 50),
    ],
)
def test_figures_and_exact_words_are_certain(text: str, fen: int) -> None:
    assert read_amount(text) == Money(fen)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_amount"),
        ("-", "no_amount"),
        ("无", "no_amount"),
        ("0", "zero_amount"),
        ("0.00", "zero_amount"),
        ("零", "zero_amount"),
        ("零元整", "zero_amount"),
        *((text, "amount_not_certain") for text in BROKEN),
    ],
)
def test_anything_else_is_a_question(text: str, code: str) -> None:
    assert read_amount(text) == AmountDoubt(code)


@pytest.mark.parametrize(
    "text",
    [
        "3号楼 2 单元 601 室",
        "3－2－601",
        "3-2-601",
        "3栋2单元601",
        "3#2-601",
        "3幢二单元601室",
        "三号楼二单元601",
        "3#楼2门601号",
        "03-02-0601",
        "3/2/601",
        "3.2.601",
        "3 2 601",
        "第3栋第2单元601",
        "净月新城3-2-601",
        "长春市净月新城3号楼2单元601室",
        "（净月新城）3栋2单元6层601",
        "3-2-6-601",
    ],
)
def test_every_spelling_is_the_same_door(text: str) -> None:
    door = read_door(text)
    assert door is not None
    assert door.key == ("3", "2", "601")
    assert door.compare(MENG.address) is Likeness.AGREES


@pytest.mark.parametrize(
    ("text", "door", "likeness"),
    [
        ("3-601", Door(None, None, "601", other="3"), Likeness.PARTLY),
        ("4-601", Door(None, None, "601", other="4"), Likeness.DIFFERS),
        ("3栋601", Door("3", None, "601"), Likeness.PARTLY),
        ("2单元601", Door(None, "2", "601"), Likeness.PARTLY),
        ("601室", Door(None, None, "601"), Likeness.PARTLY),
        ("602", Door(None, None, "602"), Likeness.DIFFERS),
        ("3-2-602", Door("3", "2", "602"), Likeness.DIFFERS),
        ("A座2单元601", Door("A", "2", "601"), Likeness.DIFFERS),
        ("十二栋二十一单元601", Door("12", "21", "601"), Likeness.DIFFERS),
        ("一二号楼2单元一百零一室", Door("12", "2", "101"), Likeness.DIFFERS),
    ],
)
def test_what_a_door_leaves_out_is_not_filled_in(text: str, door: Door, likeness: Likeness) -> None:
    assert read_door(text) == door
    assert door.compare(MENG.address) is likeness
    assert (door.key is None) == (None in (door.building, door.unit, door.room))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "无",
        "3-2-601东",
        "3-2-601/602",
        "二期3-2-601",
        "A区3-2-601",
        "3栋2单元",
        "3单元2栋601",
        "3栋",
        "2室601",
        "601-3-2-1-5",
        "3室-2",
        "3?2-601",
        "601室3",
    ],
)
def test_an_unclear_door_is_not_read(text: str) -> None:
    assert read_door(text) is None


@pytest.mark.parametrize(
    ("written", "filed", "likeness"),
    [
        ("孟远思", "孟远思", Likeness.AGREES),
        ("孟 远 思", "孟远思", Likeness.AGREES),
        ("孟远思先生", "孟远思", Likeness.AGREES),
        ("", "孟远思", Likeness.SILENT),
        ("孟先生", "孟远思", Likeness.PARTLY),
        ("区女士", "区子", Likeness.PARTLY),
        ("闫生", "闫玥庆", Likeness.PARTLY),
        ("闫生", "闫生", Likeness.AGREES),
        ("欧阳女士", "欧阳丽", Likeness.PARTLY),
        ("孟某", "孟远思", Likeness.PARTLY),
        ("孟**", "孟思", Likeness.PARTLY),
        ("孟*思", "孟远思", Likeness.PARTLY),
        ("*远思", "孟远思", Likeness.PARTLY),
        ("*远志", "孟远思", Likeness.DIFFERS),
        ("***", "孟远思", Likeness.DIFFERS),
        ("梦先生", "孟远思", Likeness.DIFFERS),
        ("孟远生", "孟远", Likeness.DIFFERS),
        ("孟远生", "孟远思", Likeness.DIFFERS),
        ("孟远志", "孟远思", Likeness.DIFFERS),
        ("孟远思/李丽", "孟远思", Likeness.DIFFERS),
        ("孟生", "孟", Likeness.DIFFERS),
    ],
)
def test_names(written: str, filed: str, likeness: Likeness) -> None:
    assert compare_names(written, filed) is likeness


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", Note.HARMLESS),
        ("加急", Note.HARMLESS),
        ("电话13900001111", Note.HARMLESS),
        ("已网上缴费，只需圈存", Note.PREPAID),
        ("线上已交", Note.PREPAID),
        ("已缴费", Note.PREPAID),
        ("微信付过了", Note.PREPAID),
        ("交完了", Note.PREPAID),
        ("未缴费", Note.OPEN),
        ("网上没交成", Note.OPEN),
        ("只充20方", Note.OPEN),
        ("改成200", Note.OPEN),
        ("同上", Note.OPEN),
    ],
)
def test_notes(text: str, note: Note) -> None:
    assert read_note(text) is note


def test_check_digits() -> None:
    assert luhn_ok("79927398713")
    assert not luhn_ok("79927398710")
    assert not luhn_ok("")
    assert not luhn_ok("7")
    assert not luhn_ok("８８")
    assert not luhn_ok("88x")
    assert slips("8801", "8801") == 0
    assert slips("8810", "8801") == 1
    assert slips("880", "8801") == 1
    assert slips("88011", "8801") == 1
    assert slips("9901", "8801") == 2
    assert is_mistyped("88017482005683", MENG.card_no)
    assert not is_mistyped("88017482115693", MENG.card_no)
    assert not is_mistyped(MENG.card_no, MENG.card_no)
    assert luhn_ok("18090") == luhn_ok("18900")
    assert not is_mistyped(OU.card_no, MENG.card_no)


def test_the_swap_a_check_digit_does_not_notice_is_a_slip() -> None:
    meant, written = "8809017", "8890017"
    assert luhn_ok(meant) == luhn_ok(written)
    valid = next(f"880900{d}{e}" for d in range(10) for e in range(10) if luhn_ok(f"880900{d}{e}"))
    swapped = valid.replace("8809", "8890", 1)
    assert luhn_ok(swapped)
    assert is_mistyped(swapped, valid)
