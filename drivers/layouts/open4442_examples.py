"""Worked examples of the open layout: the same cards as bytes and as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from cardstation.domain.card import (
    CardContent,
    CardIdentity,
    CardType,
    Credit,
    Limits,
    PriceBlock,
    PriceStep,
    ReturnBlock,
)
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.volume import NO_GAS, Volume
from drivers.layouts.codec import Operation
from drivers.layouts.example import Example

_ISSUED = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
_LOADED = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
_TAKEN = datetime(2026, 11, 4, 11, 5, tzinfo=UTC)

_VOLUME_CARD = CardContent(
    identity=CardIdentity(
        maker="CS01",
        card_type=CardType.USER,
        card_no="88013025000017",
        account_no="220104000017",
        meter_no="QM1799609893",
        generation=0,
    ),
    credit=Credit(
        quantity=Volume.of_m3("30"),
        purchase_counter=50,
        cumulative=Volume.of_m3("1500"),
        loaded_at=_ISSUED,
        station_no=1,
        mark=bytes.fromhex("A1B2C3D4"),
        sequence=0,
    ),
    limits=Limits(Volume.of_m3("5"), Volume.of_m3("1000"), NO_GAS),
    price=None,
    returned=ReturnBlock(
        meter_no="QM1799609893",
        purchase_counter=50,
        taken_mark=bytes.fromhex("A1B2C3D4"),
        residual=Volume.of_m3("3.5"),
        cumulative=Volume.of_m3("1500"),
        used=Volume.of_m3("1496.5"),
        flags=frozenset(),
        error=0,
        written_at=_ISSUED,
        sequence=0,
    ),
)

LOAD = Credit(
    quantity=Volume.of_m3("35"),
    purchase_counter=51,
    cumulative=Volume.of_m3("1535"),
    loaded_at=_LOADED,
    station_no=1,
    mark=bytes.fromhex("5EED0123"),
    sequence=1,
)

ANSWER = ReturnBlock(
    meter_no="QM1799609893",
    purchase_counter=51,
    taken_mark=bytes.fromhex("5EED0123"),
    residual=Volume.of_m3("37.2"),
    cumulative=Volume.of_m3("1535"),
    used=Volume.of_m3("1497.8"),
    flags=frozenset({"low_battery"}),
    error=0,
    written_at=_TAKEN,
    sequence=1,
)

_MONEY_CARD = CardContent(
    identity=CardIdentity(
        maker="CS03",
        card_type=CardType.REISSUE,
        card_no="88015098000048",
        account_no="220102000043",
        meter_no="QM14339905",
        generation=2,
    ),
    credit=Credit(
        quantity=Money.of_yuan("100"),
        purchase_counter=9,
        cumulative=Money.of_yuan("900"),
        loaded_at=_ISSUED,
        station_no=7,
        mark=bytes.fromhex("00C0FFEE"),
        sequence=0,
    ),
    limits=Limits(Money.of_yuan("10"), Money.of_yuan("5000"), Money.of_yuan("20")),
    price=PriceBlock(1, (PriceStep(390, 28_000), PriceStep(600, 33_600), PriceStep(None, 42_000))),
    returned=ReturnBlock(
        meter_no="QM14339905",
        purchase_counter=9,
        taken_mark=bytes.fromhex("00C0FFEE"),
        residual=Money.of_yuan("-3.20"),
        cumulative=Money.of_yuan("900"),
        used=Volume.of_m3("305.55"),
        flags=frozenset({"magnet", "over_age"}),
        error=21,
        written_at=_ISSUED,
        sequence=0,
    ),
)

_MONEY_LOAD = Credit(
    quantity=Money.of_yuan("200"),
    purchase_counter=10,
    cumulative=Money.of_yuan("1100"),
    loaded_at=_LOADED,
    station_no=7,
    mark=bytes.fromhex("0BADCAFE"),
    sequence=1,
)

_MONEY_CLEARED = Credit(
    quantity=NO_MONEY,
    purchase_counter=9,
    cumulative=Money.of_yuan("900"),
    loaded_at=_TAKEN,
    station_no=7,
    mark=bytes.fromhex("0FF10AD0"),
    sequence=2,
)

_WAITING = """
FC 43 53 30 31 55 88 01 30 25 00 00 17 22 01 04
00 00 17 51 4D 31 37 39 39 36 30 39 38 39 33 00
9F 56 56 00 13 88 00 0F 42 40 00 00 00 00 AC 12
56 00 00 75 30 00 32 69 5B 0D 10 00 16 E3 60 00
01 A1 B2 C3 D4 18 57 00 56 00 00 88 B8 00 33 6A
E9 A9 98 00 17 6C 18 00 01 5E ED 01 23 59 45 01
56 51 4D 31 37 39 39 36 30 39 38 39 33 00 32 A1
B2 C3 D4 00 00 0D AC 00 16 E3 60 00 16 D5 B4 00
00 69 5B 0D 10 05 9A 00 FF FF FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
"""

_TAKEN_BY_METER = """
FC 43 53 30 31 55 88 01 30 25 00 00 17 22 01 04
00 00 17 51 4D 31 37 39 39 36 30 39 38 39 33 00
9F 56 56 00 13 88 00 0F 42 40 00 00 00 00 AC 12
56 00 00 75 30 00 32 69 5B 0D 10 00 16 E3 60 00
01 A1 B2 C3 D4 18 57 00 56 00 00 88 B8 00 33 6A
E9 A9 98 00 17 6C 18 00 01 5E ED 01 23 59 45 01
56 51 4D 31 37 39 39 36 30 39 38 39 33 00 32 A1
B2 C3 D4 00 00 0D AC 00 16 E3 60 00 16 D5 B4 00
00 69 5B 0D 10 05 9A 00 56 51 4D 31 37 39 39 36
30 39 38 39 33 00 33 5E ED 01 23 00 00 91 50 00
17 6C 18 00 16 DA C8 01 00 6A EB 11 5C 6A DF 01
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
"""

_CLEARED = """
FC 43 53 30 33 52 88 01 50 98 00 00 48 22 01 02
00 00 43 51 4D 31 34 33 33 39 39 30 35 20 20 02
B1 C4 4D 00 03 E8 00 07 A1 20 00 00 07 D0 74 85
4D 00 00 00 00 00 09 6A EB 11 5C 00 01 5F 90 00
07 0F F1 0A D0 1F 6F 02 FF 00 00 4E 20 00 0A 6A
E9 A9 98 00 01 AD B0 00 07 0B AD CA FE 97 72 01
4D 51 4D 31 34 33 33 39 39 30 35 20 20 00 09 00
C0 FF EE FF FF FE C0 00 01 5F 90 00 04 A9 8E 0A
15 69 5B 0D 10 65 ED 00 FF FF FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF
01 03 00 01 86 00 6D 60 00 02 58 00 83 40 FF FF
FF 00 A4 10 FF FF FF FF FF FF FF FF FF FF FF FF
5A 56 FF FF FF FF FF FF FF FF FF FF FF FF FF FF
"""

EXAMPLES = (
    Example(
        name="a load of 35 m³ waits on the card",
        memory=_WAITING,
        content=replace(_VOLUME_CARD, credit=LOAD),
        issued=_VOLUME_CARD,
        then=((Operation.LOAD, LOAD),),
    ),
    Example(
        name="the meter took it and reports a low battery",
        memory=_TAKEN_BY_METER,
        content=replace(_VOLUME_CARD, credit=LOAD, returned=ANSWER),
        issued=_VOLUME_CARD,
        then=((Operation.LOAD, LOAD), (Operation.RETURN, ANSWER)),
    ),
    Example(
        name="a money card whose load was taken back",
        memory=_CLEARED,
        content=replace(_MONEY_CARD, credit=_MONEY_CLEARED),
        issued=_MONEY_CARD,
        then=((Operation.LOAD, _MONEY_LOAD), (Operation.CLEAR, _MONEY_CLEARED)),
    ),
)
