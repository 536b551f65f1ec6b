"""Values for papers, and the text of a finished PDF as a reader program sees it."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pypdfium2

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.receipt import HandoverRow, HandoverSheet, Receipt, TierLine
from cardstation.domain.volume import Volume

WHEN = datetime(2026, 11, 24, 1, 41, 7, tzinfo=UTC).astimezone(timezone(timedelta(hours=8)))


def tier(number: int, m3: str, price_e4: int, yuan: str) -> TierLine:
    return TierLine(number, Volume.of_m3(m3), price_e4, Money.of_yuan(yuan))


RECEIPT = Receipt(
    receipt_no="S001-2026-000019",
    kind="receipt",
    company="长春城市燃气有限公司",
    station="S001",
    clerk="017 王丽",
    issued_at=WHEN,
    account_no="320100458871",
    name="欧阳喆䶮",
    address="幸福路 88 号 阳光花园 3栋2单元1201室",
    card_no="62288801000045",
    meter_no="G25-20880417",
    purchase_counter=8,
    volume=Volume.of_m3("285"),
    tiers=(tier(1, "120", 28000, "336.00"), tier(2, "165", 33650, "555.23")),
    gas=Money.of_yuan("891.23"),
    to_balance=Money.of_yuan("108.77"),
    paid=Money.of_yuan("1000.00"),
    tender="cash",
    tariff="2026-07 民用",
    year_before=Volume.of_m3("235"),
    year_after=Volume.of_m3("520"),
    batch_id="2026-11-24-01-S001",
    entry_id="019ab3c4-5d6e-7f80-91a2-b3c4d5e6f708",
    check_code="7KQ2M9XD",
    training=False,
)
LOADING_SLIP = replace(
    RECEIPT,
    kind="loading_slip",
    name="张𫍣",
    tender="order",
    to_balance=NO_MONEY,
    paid=RECEIPT.gas,
    training=True,
    tiers=(),
    batch_id="",
    order_id="ORDER-2026112300458871",
)
MAKE_UP_SLIP = replace(
    LOADING_SLIP,
    kind="make_up_slip",
    tender="make_up",
    gas=NO_MONEY,
    paid=NO_MONEY,
    tariff="",
    volume=Volume.of_m3("20"),
    year_after=RECEIPT.year_before,
    order_id="019ab3c4-5d6e-7f80-91a2-b3c4d5e6f708",
)
EMERGENCY_SLIP = replace(
    RECEIPT,
    kind="emergency_slip",
    tender="emergency",
    volume=Volume.of_m3("10"),
    tiers=(tier(1, "10", 28000, "28.00"),),
    gas=Money.of_yuan("28.00"),
    to_balance=NO_MONEY,
    paid=NO_MONEY,
    year_after=RECEIPT.year_before,
    batch_id="",
    order_id="019ab3c4-5d6e-7f80-91a2-b3c4d5e6f709",
)
MONEY_METER = replace(
    RECEIPT,
    volume=None,
    tiers=(),
    gas=Money.of_yuan("500.00"),
    to_balance=NO_MONEY,
    paid=Money.of_yuan("500.00"),
    tender="batch",
)
LONG_WORDS = replace(
    RECEIPT,
    company="吉林省长春市净月高新技术产业开发区城市管道燃气股份有限公司",
    name="阿卜杜热西提·买买提艾力·吐尔逊江·阿布都克里木江",
    address="净月高新技术产业开发区伊通河畔滨河东路与南四环路交汇处万科向日葵小镇二期东区"
    "（原净月新城三期）128栋B座3单元2706室",
    meter_no="G40-2088041799887766",
    card_no="6228880100004587123",
    clerk="Alexandra Featherstonehaugh",
    tiers=(
        tier(1, "0.5", 28000, "1.40"),
        tier(2, "12.25", 33600, "41.16"),
        tier(3, "200.25", 42000, "841.05"),
        tier(4, "72", 50000, "360.00"),
    ),
    gas=Money.of_yuan("1243.61"),
    to_balance=Money.of_yuan("0.02"),
    paid=Money.of_yuan("1243.63"),
    training=True,
)
RECEIPTS = {
    "sale": RECEIPT,
    "loading_slip": LOADING_SLIP,
    "make_up_slip": MAKE_UP_SLIP,
    "emergency_slip": EMERGENCY_SLIP,
    "money_meter": MONEY_METER,
    "long_words": LONG_WORDS,
}


def handover(count: int, *, stopped_every: int = 4, training: bool = False) -> HandoverSheet:
    """A sheet of `count` rows in the order of the doors, every few of them stopped."""
    reasons = ("arrears", "card_not_seen", "load_still_on_card", "name_differs")
    rows = tuple(
        _stopped(index, reasons[index % len(reasons)])
        if index % stopped_every == 3
        else _done(index)
        for index in range(count)
    )
    loaded = sum((row.amount or NO_MONEY).fen for row in rows)
    done = sum(row.state == "done" for row in rows)
    return HandoverSheet(
        company="长春城市燃气有限公司",
        station="S001",
        clerk="017 王丽",
        batch_id="2026-11-24-01-S001",
        list_name="阳光花园收卡登记表.xlsx",
        community="阳光花园",
        made_at=WHEN,
        rows=rows,
        expected=count,
        done=done,
        received=Money(loaded + 14_620 if count else 5000),
        loaded=Money(loaded),
        to_balance=Money(2200 if count else 0),
        remainder=Money(5000),
        volume=Volume(sum(row.volume.litres for row in rows if row.volume)),
        training=training,
        orders=Money(1200 if count else 0),
        waiting=Money(2000 if count else 0),
        given_back=Money(300 if count else 0),
        arrears=Money(8520 if count else 0),
    )


def _door(index: int) -> str:
    return f"{index // 36 + 1}栋{index // 12 % 3 + 1}单元{index // 4 % 3 + 1}0{index % 4 + 1}"


def _done(index: int) -> HandoverRow:
    litres = (20 + index) * 1000
    amount = Money(litres * 28 // 100)
    receipt_no = f"S001-2026-{index:06d}"
    name = "王小明" if index % 9 else "阿卜杜热西提·买买提艾力·吐尔逊江"
    volume = Volume(litres)
    return HandoverRow(
        _door(index), name, f"6228{index:010d}", "done", "", volume, amount, receipt_no
    )


def _stopped(index: int, reason: str) -> HandoverRow:
    return HandoverRow(
        _door(index), "李𫍣䶮", f"6228{index:010d}", "stopped", reason, None, None, ""
    )


SHEETS = {
    "empty": handover(0),
    "one": replace(
        handover(1), seals=("0000126112401016",), counts=(("returned", 1), ("missing", 2))
    ),
    "bag": handover(200, training=True),
}


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, one line per text line."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def pdftotext(pdf: bytes) -> str:
    """The text as poppler reads it, a second opinion."""
    run = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return run.stdout.decode()
