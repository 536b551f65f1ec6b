"""Money and volume as text, the one rounding rule, and capitals at the awkward places."""

from __future__ import annotations

import pytest

from cardstation.domain.money import NO_MONEY, Money, capitals, round_half_up
from cardstation.domain.volume import NO_GAS, Volume


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [
        (0, 2, 0),
        (1, 2, 1),
        (3, 2, 2),
        (49, 100, 0),
        (50, 100, 1),
        (-1, 2, -1),
        (-49, 100, 0),
        (149_999, 100_000, 1),
        (150_000, 100_000, 2),
        (10**30 + 5 * 10**9, 10**10, 10**20 + 1),
    ],
)
def test_a_half_rounds_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert round_half_up(numerator, denominator) == rounded


@pytest.mark.parametrize(
    ("text", "fen", "yuan", "shown"),
    [
        ("0", 0, "0.00", "¥0.00"),
        ("12", 1200, "12.00", "¥12.00"),
        ("12.3", 1230, "12.30", "¥12.30"),
        (" 1001.50 ", 100150, "1001.50", "¥1,001.50"),
        ("-0.05", -5, "-0.05", "-¥0.05"),
        ("-1234567.89", -123456789, "-1234567.89", "-¥1,234,567.89"),
    ],
)
def test_money_reads_and_shows(text: str, fen: int, yuan: str, shown: str) -> None:
    money = Money.of_yuan(text)
    assert (money.fen, money.yuan, str(money)) == (fen, yuan, shown)


@pytest.mark.parametrize("text", ["", "1.234", "1,000", "12元", "1e3", ".5", "5.", "--1", "+1"])
def test_what_is_not_an_amount_is_never_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.of_yuan(text)


def test_money_adds_up() -> None:
    assert Money(5) + Money(7) - Money(2) == Money(10)
    assert -Money(5) == Money(-5)
    assert not NO_MONEY
    assert Money(1)
    assert max(Money(3), Money(2)) == Money(3)


@pytest.mark.parametrize(
    ("text", "litres", "m3"),
    [
        ("35", 35_000, "35"),
        ("35.714", 35_714, "35.714"),
        ("0.5", 500, "0.5"),
        ("-1.2", -1200, "-1.2"),
    ],
)
def test_volume_reads_and_shows(text: str, litres: int, m3: str) -> None:
    volume = Volume.of_m3(text)
    assert (volume.litres, volume.m3, str(volume)) == (litres, m3, f"{m3} m³")


@pytest.mark.parametrize("text", ["", "1.2345", "35m3", "a"])
def test_what_is_not_a_volume_is_never_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="not a volume"):
        Volume.of_m3(text)


def test_volumes_add_up() -> None:
    assert Volume(5) + Volume(7) - Volume(2) == Volume(10)
    assert not NO_GAS
    assert Volume(1)


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("0.55", "伍角伍分"),
        ("10", "壹拾元整"),
        ("1001.50", "壹仟零壹元伍角整"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("100.05", "壹佰元零伍分"),
        ("10000", "壹万元整"),
        ("10500", "壹万零伍佰元整"),
        ("100010", "壹拾万零壹拾元整"),
        ("10001000", "壹仟万壹仟元整"),
        ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"),
        ("120030004000.07", "壹仟贰佰亿叁仟万肆仟元零柒分"),
        ("1000000000000", "壹万亿元整"),
        ("1000100000000", "壹万零壹亿元整"),
    ],
)
def test_capitals(yuan: str, words: str) -> None:
    assert capitals(Money.of_yuan(yuan)) == words


@pytest.mark.parametrize("fen", [-1, 10**18])
def test_no_capitals_beyond_their_range(fen: int) -> None:
    with pytest.raises(ValueError, match="no capitals"):
        capitals(Money(fen))
