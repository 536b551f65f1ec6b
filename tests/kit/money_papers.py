"""Quotes, acknowledgements and refund lists for looking at and for reading back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.quotation import (
    BatchQuote,
    QuotedLine,
    RefusedLine,
    payment_reference,
)
from cardstation.domain.receipt import Acknowledgement
from cardstation.domain.refund_list import NotLoadedRow, RefundList, RefundPart, RefundRow
from cardstation.domain.tariff import Quote, Standing
from cardstation.domain.volume import Volume
from tests.kit.papers import WHEN
from tests.kit.station import RESIDENTIAL

_BEFORE = ("0", "120", "385", "588", "700")


def _offer(index: int) -> Quote:
    bought = Volume.of_m3(_BEFORE[index % len(_BEFORE)])
    money = Money(5000 + 2550 * (index % 7))
    if index % 16 == 12:
        return RESIDENTIAL.load_money(money, Standing(2026, bought))
    return RESIDENTIAL.buy(money, Volume.of_m3("1"), Standing(2026, bought))


def _line(index: int) -> QuotedLine:
    return QuotedLine(
        place=index + 1,
        door=f"{index // 24 + 1}-{index // 12 % 2 + 1}-{index // 2 % 6 + 1}0{index % 2 + 1}",
        account_no=f"2201{index:08d}",
        card_no=f"6228{index:010d}",
        offer=None if index % 13 == 5 else _offer(index),
        own=index % 13 == 8,
    )


REFUSED = tuple(
    RefusedLine(90 + n, f"9-1-{n}01", f"6229{n:010d}", reason)
    for n, reason in enumerate(
        ("arrears", "per_load_max", "identical_duplicate", "unknown_household"), start=1
    )
)


def quotation(count: int, refused: int = 4, *, training: bool = False) -> BatchQuote:
    """A quote of `count` lines."""
    lines = tuple(map(_line, range(count)))
    total = sum((one.to_pay or NO_MONEY for one in lines), NO_MONEY)
    return BatchQuote(
        quote_no="2026-11-24-01-S001-Q2",
        batch_id="2026-11-24-01-S001",
        company="长春城市燃气有限公司",
        station="S001",
        clerk="017 王丽",
        list_name="阳光花园收卡登记表.xlsx",
        community="阳光花园",
        made_at=WHEN,
        valid_until=date(2026, 12, 1),
        lines=lines,
        refused=REFUSED[:refused],
        total=total,
        per_load_max=Volume.of_m3("800"),
        reference=payment_reference(1, "2026-11-24-01-S001", 2),
        digest="7c1e9a52" + "0" * 56,
        training=training,
    )


QUOTES = {
    "one": quotation(1, 0),
    "some": quotation(14),
    "bag": quotation(200, training=True),
}

LUMP_SUM = Acknowledgement(
    ack_no="S001-2026-A000019",
    payment_id="0193a2b1-7e7a-7000-8000-000000000001",
    company="长春城市燃气有限公司",
    station="S001",
    clerk="017 王丽",
    taken_at=WHEN,
    batch_id="2026-11-24-01-S001",
    list_name="阳光花园收卡登记表.xlsx",
    community="阳光花园",
    payer="阳光花园物业 赵经理",
    tender="bank_transfer",
    money=Money.of_yuan("12430.50"),
    reference="9931 00126112401024",
    quote_no="2026-11-24-01-S001-Q2",
    envelope="",
    check_code="7KQ2M9XD",
    training=False,
    signed=True,
)
ENVELOPE = replace(
    LUMP_SUM,
    ack_no="S001-2026-A000020",
    tender="cash",
    money=Money.of_yuan("100"),
    reference="",
    payer="钱小兰",
    quote_no="",
    envelope="E17 3-2-1201",
    training=True,
)
ACKNOWLEDGEMENTS = {"lump_sum": LUMP_SUM, "envelope": ENVELOPE}

_ROWS = (
    RefundRow(
        ack_no="S001-2026-A000019",
        taken_at=WHEN,
        tender="bank_transfer",
        reference="9931 00126112401024",
        envelope="",
        money=Money.of_yuan("12430.50"),
        held=Money.of_yuan("12214.80"),
        arrears=Money.of_yuan("85.20"),
        given_back=Money.of_yuan("30.50"),
        remains=Money.of_yuan("100"),
    ),
    RefundRow(
        ack_no="S001-2026-A000020",
        taken_at=WHEN,
        tender="cash",
        reference="",
        envelope="E17 3-2-1201",
        money=Money.of_yuan("130"),
        held=Money.of_yuan("100"),
        arrears=NO_MONEY,
        given_back=NO_MONEY,
        remains=Money.of_yuan("30"),
    ),
)


def refunds(count: int, *, training: bool = False) -> RefundList:
    """A refund list with `count` rows that were not loaded."""
    return RefundList(
        company="长春城市燃气有限公司",
        station="S001",
        clerk="017 王丽",
        batch_id="2026-11-24-01-S001",
        list_name="阳光花园收卡登记表.xlsx",
        community="阳光花园",
        made_at=WHEN,
        parts=(
            RefundPart("阳光花园物业 赵经理", "", _ROWS[:1]),
            RefundPart("钱小兰", "3-2-1201", _ROWS[1:]),
        ),
        not_loaded=tuple(
            NotLoadedRow(one.door, one.card_no, one.offer.money if one.offer else None)
            for one in map(_line, range(count))
        ),
        training=training,
    )


_TAKEN_OFF = replace(_ROWS[0], held=_ROWS[0].held - Money(256), kept=Money(256))
REFUNDS = {
    "none": refunds(0),
    "some": refunds(6),
    "many": refunds(60, training=True),
    "taken_off": replace(
        refunds(3),
        parts=(RefundPart("阳光花园物业 赵经理", "", (_TAKEN_OFF,)), refunds(0).parts[1]),
    ),
}
