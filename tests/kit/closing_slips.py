"""Settlements of closed accounts for papers and pictures: some gas, none, money, many purchases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from cardstation.domain.account_change import AccountChange, AccountEvent, AccountFacts
from cardstation.domain.closing import Closing, ClosingSlip, FinalReading, RefundLine, Settlement
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.volume import NO_GAS, Volume
from tests.kit.papers import WHEN

DAY = date(2026, 11, 2)


def _line(number: int, m3: str, price_e4: int, yuan: str) -> RefundLine:
    day = DAY - timedelta(days=31 * number)
    return RefundLine(
        f"S001-2026-{900 - number:06d}", day, Volume.of_m3(m3), price_e4, Money.of_yuan(yuan)
    )


_CHANGE = AccountChange(
    "019ab3c4-5d6e-7f80-91a2-b3c4d5e6f708",
    "320100458871",
    AccountEvent.CLOSED,
    AccountFacts(),
    AccountFacts(),
    "房屋已出售，见销户申请单 21 号",
    "018 陈国栋",
    WHEN,
)
_CLOSING = Closing(
    change=_CHANGE,
    name="欧阳喆䶮",
    address="幸福路 88 号 阳光花园 3栋2单元1201室",
    card_no="62288801000045",
    meter_no="G25-20880417",
    reading=FinalReading(Volume.of_m3("53.2"), "王师傅", "CB-118"),
    settlement=Settlement(
        (
            _line(0, "30", 33_650, "100.95"),
            _line(0, "5", 28_000, "14.00"),
            _line(1, "18.2", 28_000, "50.96"),
        ),
        NO_GAS,
        Money.of_yuan("8.77"),
    ),
    card_lost="",
    tender=Tender.CASH,
    reference="",
)
_SLIP = ClosingSlip(
    "长春城市燃气有限公司",
    "S001",
    "017 王丽",
    _CLOSING,
    "019ab3c4-5d6e-7f80-91a2-b3c4d5e6f708",
    "7KQ2M9XD",
    training=False,
)
_BY_MONEY = replace(
    _CLOSING,
    reading=FinalReading(Money.of_yuan("87.60"), "王师傅", "CB-119"),
    settlement=Settlement(
        (RefundLine("S001-2026-000877", DAY, None, 0, Money.of_yuan("80.00")),),
        Money.of_yuan("7.60"),
        NO_MONEY,
    ),
    card_lost="搬家时丢失，户主书面说明",
    tender=Tender.BANK_TRANSFER,
    reference="2026112409133120",
)
CLOSING_SLIPS = {
    "gas": _SLIP,
    "money": replace(_SLIP, closing=_BY_MONEY),
    "none": replace(
        _SLIP,
        training=True,
        closing=replace(
            _CLOSING,
            reading=FinalReading(NO_GAS, "王师傅", "CB-120"),
            settlement=Settlement((), NO_GAS, NO_MONEY),
        ),
    ),
    "many": replace(
        _SLIP,
        closing=replace(
            _CLOSING,
            settlement=Settlement(
                tuple(_line(n, "40", 28_000, "112.00") for n in range(33)),
                Volume.of_m3("12"),
                Money(1),
            ),
        ),
    ),
}
