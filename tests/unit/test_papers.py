"""Papers: what they say, what they refuse, and how text is broken and ordered."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from cardstation.domain.money import Money
from cardstation.domain.receipt import Receipt
from cardstation.domain.volume import Volume
from cardstation.errors import Defect, Refusal
from cardstation.i18n import translator
from cardstation.papers import Reprint, acknowledgement, handover_sheet, receipt_80mm, receipt_a5
from cardstation.papers.breaking import lines_of
from cardstation.papers.pen import Pen, Style
from cardstation.papers.typeface import BOLD, REGULAR, missing, weight_for
from cardstation.papers.wording import price, qr_content, receipt_wording
from cardstation.sentences import SENTENCES
from tests.kit.money_papers import ACKNOWLEDGEMENTS
from tests.kit.papers import (
    EMERGENCY_SLIP,
    LOADING_SLIP,
    LONG_WORDS,
    MAKE_UP_SLIP,
    MONEY_METER,
    RECEIPT,
    SHEETS,
    handover,
    pages_of,
    pdftotext,
)

ZH, EN = translator("zh_CN"), translator("en")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, [""]),
        ("阳光花园三栋", 4, ["阳光花园", "三栋"]),
        ("one two three", 7, ["one two", "three"]),
        ("阳光花园，三栋", 4, ["阳光花", "园，三栋"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("园 abcdefgh", 5, ["园", "abcde", "fgh"]),
        ("a  b", 1, ["a", "b"]),
        ("，。", 1, ["，", "。"]),
    ],
)
def test_text_is_broken_into_lines(text: str, width: int, lines: list[str]) -> None:
    assert lines_of(text, width, len) == lines


@pytest.mark.parametrize(
    ("price_e4", "text"), [(28000, "¥2.80"), (28350, "¥2.835"), (5, "¥0.0005"), (100000, "¥10.00")]
)
def test_prices_show_two_to_four_decimals(price_e4: int, text: str) -> None:
    assert price(price_e4) == text


def test_a_sale_in_words() -> None:
    said = receipt_wording(RECEIPT, ZH)
    assert said.title == "燃气充值收据"
    assert said.paid == ("实收金额", "¥1,000.00")
    assert said.capitals[1] == "人民币壹仟元整"
    assert said.to_balance == ("转入结余", "¥108.77")
    assert said.loaded == ("写入卡内", "285 m³")
    assert said.tiers[1].price == "¥3.365"
    assert said.not_an_invoice == "本收据不作为发票使用"
    assert (said.training, said.reprint, said.no_money_taken) == ("", "", "")
    assert said.year is not None
    assert sum(said.year[2]) == pytest.approx(1)


def test_a_loading_slip_says_that_no_money_was_taken() -> None:
    said = receipt_wording(LOADING_SLIP, ZH)
    assert said.title == "圈存凭条"
    assert "没有收钱" in said.no_money_taken
    assert said.training == "培训"
    assert said.to_balance is None
    assert said.order == ("订单号", LOADING_SLIP.order_id)
    assert said.not_an_invoice == "本凭条不是收款收据，也不作为发票使用"
    assert receipt_wording(LOADING_SLIP, EN).title == "Loading slip"


def test_a_slip_of_given_gas_says_who_pays_for_it() -> None:
    said = receipt_wording(MAKE_UP_SLIP, ZH)
    assert (said.title, said.paid) == ("补气凭条", ("实收金额", "¥0.00"))
    assert said.order == ("应补气号", MAKE_UP_SLIP.order_id)
    assert "未收款" in said.no_money_taken
    carried = receipt_wording(replace(MAKE_UP_SLIP, kind="carried_slip", tender="carried"), ZH)
    assert carried.title == "换表结转凭条"
    owed = receipt_wording(EMERGENCY_SLIP, ZH)
    assert (owed.title, owed.paid) == ("应急供气凭条", ("记欠，以后缴纳", "¥28.00"))
    assert owed.capitals[1] == "人民币贰拾捌元整"
    assert qr_content(EMERGENCY_SLIP).split("/")[3] == "0"


def test_a_money_meter_gets_its_amount_and_no_tiers() -> None:
    said = receipt_wording(MONEY_METER, ZH)
    assert said.loaded == ("写入卡内", "¥500.00")
    assert said.tiers == ()
    assert said.year is None
    assert "本年购气累计" not in [label for label, _ in said.notes]


def test_the_year_is_not_drawn_when_it_does_not_add_up() -> None:
    other = replace(RECEIPT, year_after=Volume.of_m3("100"))
    assert receipt_wording(other, ZH).year is None


def test_a_reprint_says_how_often_and_why() -> None:
    assert receipt_wording(RECEIPT, ZH, Reprint(2, "卡纸")).reprint == "补打 2：卡纸"
    assert receipt_wording(RECEIPT, ZH, Reprint(0, "", void=True)).reprint == "作废：本笔充值已退"
    invoiced = Reprint(1, "卡纸", invoice="25220100000000000007")
    said = "已开发票 25220100000000000007，本件不作凭证 · 补打 1：卡纸"
    assert receipt_wording(RECEIPT, ZH, invoiced).reprint == said
    told = receipt_wording(RECEIPT, EN, Reprint(1, "paper_not_printed")).reprint
    assert told == "Reprint 1: Paper not printed"


def test_the_qr_code_carries_number_entry_money_and_check_code() -> None:
    assert qr_content(RECEIPT) == (
        "CS:R/S001-2026-000019/019AB3C4-5D6E-7F80-91A2-B3C4D5E6F708/100000/7KQ2M9XD"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        replace(RECEIPT, paid=Money(99999)),
        replace(RECEIPT, gas=Money(89124), to_balance=Money(10876)),
        replace(RECEIPT, volume=Volume.of_m3("284")),
    ],
    ids=["paid", "gas", "volume"],
)
def test_a_receipt_that_does_not_add_up_is_never_printed(wrong: Receipt) -> None:
    with pytest.raises(Defect):
        receipt_wording(wrong, ZH)


RARE = "王\U0002ffff\U0002fffe"


@pytest.mark.parametrize("draw", [receipt_a5, receipt_80mm])
def test_a_character_without_a_picture_is_marked(draw: Callable[[Receipt, str], bytes]) -> None:
    """A sale is done by then: the household gets its paper, and a hand writes the character in."""
    assert "王〓〓" in "".join(pages_of(draw(replace(RECEIPT, name=RARE), "zh_CN")))


def test_money_from_a_payer_whose_name_has_no_picture_is_acknowledged() -> None:
    made = replace(next(iter(ACKNOWLEDGEMENTS.values())), payer=RARE)
    assert "王〓〓" in "".join(pages_of(acknowledgement(made, "zh_CN")))


def test_a_sheet_with_such_a_name_has_the_mark_too() -> None:
    sheet = handover(1)
    row = replace(sheet.rows[0], name=RARE)
    assert "王〓〓" in "".join(pages_of(handover_sheet(replace(sheet, rows=(row,)), "zh_CN")))


def test_a_heading_with_a_rare_character_is_set_in_the_whole_weight() -> None:
    assert weight_for("金额", bold=True) == BOLD
    assert missing("㐂", BOLD)
    assert weight_for("㐂", bold=True) == REGULAR


@pytest.mark.parametrize("draw", [receipt_a5, receipt_80mm])
def test_copied_text_is_right_beyond_the_first_plane(draw: Callable[[Receipt, str], bytes]) -> None:
    pdf = draw(LOADING_SLIP, "zh_CN")
    assert "张𫍣" in pdftotext(pdf)
    assert "张𫍣" in pages_of(pdf)[0]


def test_the_same_receipt_gives_the_same_bytes_in_any_process() -> None:
    program = (
        "import hashlib\n"
        "from cardstation.papers import handover_sheet, receipt_80mm, receipt_a5\n"
        "from tests.kit.papers import RECEIPT, SHEETS\n"
        "papers = (receipt_80mm(RECEIPT, 'en'), receipt_a5(RECEIPT, 'zh_CN'),\n"
        "    handover_sheet(SHEETS['one'], 'zh_CN'))\n"
        "print(hashlib.sha256(b''.join(papers)).hexdigest())\n"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_a_word_that_fits_nowhere_is_refused_and_named() -> None:
    endless = replace(RECEIPT, check_code="X" * 80)
    with pytest.raises(Refusal) as caught:
        receipt_a5(endless, "en")
    assert caught.value.code == "paper_too_long"
    with pytest.raises(Refusal, match="paper_too_long"):
        receipt_a5(replace(RECEIPT, address="阳光花园" * 40), "en")


def test_the_roll_is_as_long_as_the_text() -> None:
    def length(pdf: bytes) -> int:
        return int(pdf.split(b"/MediaBox [ 0 0 226.7717 ")[1].split(b".")[0])

    assert length(receipt_80mm(LONG_WORDS, "en")) > length(receipt_80mm(MONEY_METER, "en"))


def test_a_long_cell_in_a_list_is_cut_and_says_so() -> None:
    pen = Pen(100, 50, title="t", lang="en")
    pen.shortened(5, 10, "阿卜杜热西提·买买提艾力", Style(10), room=20)
    pen.shortened(5, 20, "短", Style(10), room=20)
    text = pages_of(pen.finish())[0]
    assert "…" in text
    assert "短" in text


def test_a_done_row_may_carry_a_remark() -> None:
    sheet = SHEETS["one"]
    row = replace(sheet.rows[0], reason="card_mistyped")
    text = "".join(pages_of(handover_sheet(replace(sheet, rows=(row,)), "zh_CN")))
    assert "卡号写错" in text
    assert row.receipt_no in text


def test_a_reason_without_words_is_still_shown() -> None:
    sheet = SHEETS["one"]
    row = replace(sheet.rows[0], state="stopped", reason="brand_new", volume=None, amount=None)
    text = "".join(pages_of(handover_sheet(replace(sheet, rows=(row,)), "zh_CN")))
    assert "brand_new" in text


@pytest.mark.parametrize("draw", [receipt_a5, receipt_80mm])
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_a_slip_shows_order_and_load_and_no_receipt_of_money(
    draw: Callable[..., bytes], lang: str
) -> None:
    order_id = "ONLINE-" + "0123456789" * 4
    long = replace(LONG_WORDS, kind="loading_slip", tender="order", order_id=order_id)
    for slip in (LOADING_SLIP, long):
        text = "".join(pages_of(draw(slip, lang, Reprint(1, "夹纸")))[0].split())
        assert slip.order_id in text
        assert "".join(str(slip.volume).split()) in text
        no_money = {"zh_CN": "没有收钱", "en": "nomoneywastaken"}[lang]
        assert no_money in text
        assert {"zh_CN": "实收金额", "en": "Moneyreceived"}[lang] not in text
        assert {"zh_CN": "补打1", "en": "Reprint1"}[lang] in text


@pytest.mark.parametrize("draw", [receipt_a5, receipt_80mm])
def test_a_reprint_is_marked_on_the_paper(draw: Callable[..., bytes]) -> None:
    text = pages_of(draw(RECEIPT, "zh_CN", Reprint(3, "顾客遗失")))[0]
    assert "补打 3：顾客遗失" in text.replace("\n", "")
    assert "补打" not in pages_of(draw(RECEIPT, "zh_CN"))[0]
    invoiced = Reprint(1, "顾客遗失", invoice="25220100000000000007")
    for lang, said in (
        ("zh_CN", "已开发票25220100000000000007，"),
        ("en", "25220100000000000007was"),
    ):
        assert said in "".join(pages_of(draw(RECEIPT, lang, invoiced))[0].split())


@pytest.mark.parametrize("draw", [receipt_a5, receipt_80mm])
def test_the_largest_amount_still_fits(draw: Callable[[Receipt, str], bytes]) -> None:
    rest = Money.of_yuan("99999999.99")
    large = replace(RECEIPT, to_balance=rest, paid=RECEIPT.gas + rest, clerk="王" * 25)
    text = "".join(pages_of(draw(large, "en"))[0].split())
    assert str(large.paid) in text
    assert "王" * 25 in text


def test_many_tiers_leave_no_room_for_the_bar() -> None:
    lines = tuple(replace(RECEIPT.tiers[0], tier=number) for number in range(1, 7))
    gas = Money(336_00 * 6)
    many = replace(
        LONG_WORDS,
        tiers=lines,
        volume=Volume.of_m3("720"),
        gas=gas,
        paid=gas + LONG_WORDS.to_balance,
        year_after=LONG_WORDS.year_before + Volume.of_m3("720"),
    )
    assert pages_of(receipt_a5(many, "zh_CN"))[0].count("本年购气累计") == 1
    assert pages_of(receipt_a5(RECEIPT, "zh_CN"))[0].count("本年购气累计") == 2


def test_a_card_that_was_not_loaded_shows_no_volume_and_no_amount() -> None:
    sheet = handover(30)
    rows = tuple(replace(row, state="unknown", reason="arrears") for row in sheet.rows)
    pages = pages_of(handover_sheet(replace(sheet, rows=rows), "zh_CN"))
    assert "".join(pages).count("有欠费") == 32
    assert str(rows[0].amount) not in "".join(pages)
    assert rows[0].receipt_no not in "".join(pages)


def test_sums_that_do_not_meet_are_not_called_equal() -> None:
    sheet = handover(3)
    text = pages_of(handover_sheet(sheet, "en"))[0]
    assert f"received {sheet.received} + Paid online ¥12.00 = Loaded {sheet.loaded} +" in text
    text = pages_of(handover_sheet(replace(sheet, received=Money(1)), "en"))[0]
    assert f"received ¥0.01 · Paid online ¥12.00 · Loaded {sheet.loaded} ·" in text


def test_explanations_go_over_to_the_next_page() -> None:
    codes = sorted(code for code in SENTENCES if code.startswith(("card_", "ledger_", "no_")))
    sheet = handover(len(codes))
    rows = tuple(
        replace(row, state="stopped", reason=code)
        for row, code in zip(sheet.rows, codes, strict=True)
    )
    pages = pages_of(handover_sheet(replace(sheet, rows=rows), "en"))
    assert "What the exceptions mean" in "".join(pages)
    assert "Signature" in pages[-1]


@pytest.mark.parametrize("content", ["CS:B/1", "CS:B/2026-11-24-01-S001", "X" * 300])
def test_a_qr_code_keeps_to_its_square_whatever_it_says(
    monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    sides: list[float] = []
    drawn = Pen.qr
    monkeypatch.setattr(Pen, "qr", lambda *given: sides.append(drawn(*given)))
    Pen(100, 100, title="t", lang="en").qr_square(10, 10, content, 19.5)
    assert sides == [pytest.approx(19.5)]


@pytest.mark.parametrize("name", ["阿卜杜热西提·买买提艾力·吐尔逊江", LONG_WORDS.name])
def test_a_long_name_stands_whole_on_the_hand_over_sheet(name: str) -> None:
    sheet = handover(1)
    row = replace(sheet.rows[0], name=name)
    [page] = pages_of(handover_sheet(replace(sheet, rows=(row,)), "zh_CN"))
    assert name in "".join(page.split())
