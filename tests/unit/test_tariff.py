"""Prices at the limits, household-size shifts, flat factors and effective dates."""

from __future__ import annotations

from datetime import date

import pytest

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.tariff import HouseholdSize, Standing, Tariff, Tier, tariff_on
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Defect, Refusal
from tests.kit.prices import (
    CUBIC_METRE,
    LARGE,
    RESIDENTIAL,
    RESIDENTIAL_2027,
    SMALL_BUSINESS,
)


def m3(text: str) -> Volume:
    return Volume.of_m3(text)


def yuan(text: str) -> Money:
    return Money.of_yuan(text)


@pytest.mark.parametrize(
    ("before", "volume", "total", "lines"),
    [
        ("0", "390", "1092.00", [(1, "390", "1092.00")]),
        ("0", "391", "1095.36", [(1, "390", "1092.00"), (2, "1", "3.36")]),
        ("389", "1", "2.80", [(1, "1", "2.80")]),
        ("390", "1", "3.36", [(2, "1", "3.36")]),
        ("389.999", "0.002", "0.01", [(1, "0.001", "0.00"), (2, "0.001", "0.01")]),
        ("600", "1", "4.20", [(3, "1", "4.20")]),
        ("599", "2", "7.56", [(2, "1", "3.36"), (3, "1", "4.20")]),
        ("5000", "2", "8.40", [(3, "2", "8.40")]),
        (
            "0",
            "700",
            "2217.60",
            [(1, "390", "1092.00"), (2, "210", "705.60"), (3, "100", "420.00")],
        ),
        ("0", "0", "0.00", []),
    ],
)
def test_limits_belong_to_the_lower_tier(
    before: str, volume: str, total: str, lines: list[tuple[int, str, str]]
) -> None:
    quote = RESIDENTIAL.price(m3(volume), Standing(2026, m3(before)))
    assert quote.total == quote.money == yuan(total)
    assert quote.remainder == NO_MONEY
    assert quote.year_before == m3(before)
    assert [(line.tier, line.volume.m3, line.amount.yuan) for line in quote.lines] == lines
    assert quote.tariff == "residential@2026-01-01"


@pytest.mark.parametrize(
    ("persons", "first_limit", "second_limit"),
    [
        (1, "390", "600"),
        (4, "390", "600"),
        (5, "450", "660"),
        (6, "510", "720"),
        (7, "570", "780"),
        (8, "570", "780"),
        (12, "570", "780"),
    ],
)
def test_large_households_shift_every_limit_up_to_the_cap(
    persons: int, first_limit: str, second_limit: str
) -> None:
    tiers = RESIDENTIAL.tiers_for(Standing(2026, persons=persons))
    assert [tier.to for tier in tiers] == [m3(first_limit), m3(second_limit), None]
    assert [tier.price_e4 for tier in tiers] == [28_000, 33_600, 42_000]


def test_the_flat_factor_is_a_choice_from_eight_persons() -> None:
    flat = Standing(2026, m3("1000"), persons=8, flat=True)
    assert RESIDENTIAL.tiers_for(flat) == (Tier(None, 30_800),)
    assert RESIDENTIAL.price(m3("100"), flat).total == yuan("308.00")
    seven = Standing(2026, persons=7, flat=True)
    assert RESIDENTIAL.tiers_for(seven)[0].to == m3("570")
    assert SMALL_BUSINESS.tiers_for(Standing(2026, persons=9, flat=True)) == SMALL_BUSINESS.tiers


@pytest.mark.parametrize(
    ("money", "step", "before", "volume", "remainder"),
    [
        ("100", "1", "0", "35", "2.00"),
        ("98", "1", "0", "35", "0.00"),
        ("97.99", "1", "0", "34", "2.79"),
        ("98.01", "1", "0", "35", "0.01"),
        ("1092", "1", "0", "390", "0.00"),
        ("1095.35", "1", "0", "390", "3.35"),
        ("1095.36", "1", "0", "391", "0.00"),
        ("100", "0.001", "0", "35.716", "0.00"),
        ("2.79", "1", "0", "0", "2.79"),
        ("0", "1", "0", "0", "0.00"),
        ("1000", "1", "662", "238", "0.40"),
    ],
)
def test_money_becomes_the_largest_affordable_volume(
    money: str, step: str, before: str, volume: str, remainder: str
) -> None:
    quote = RESIDENTIAL.buy(yuan(money), m3(step), Standing(2026, m3(before)))
    assert quote.volume == m3(volume)
    assert quote.remainder == yuan(remainder)
    assert quote.total + quote.remainder == quote.money == yuan(money)


def test_a_volume_may_be_paid_with_more_and_never_with_less() -> None:
    quote = SMALL_BUSINESS.price(m3("10"), Standing(2026), money=yuan("50"))
    assert quote.remainder == yuan("10.50")
    with pytest.raises(Defect):
        SMALL_BUSINESS.price(m3("10"), Standing(2026), money=yuan("39.49"))


def test_lines_sum_even_when_each_rounds_up() -> None:
    crumbs = Tariff(
        "crumbs",
        date(2026, 1, 1),
        (Tier(Volume(5), 30_000), Tier(Volume(10), 30_000), Tier(None, 30_000)),
        None,
    )
    quote = crumbs.price(Volume(11), Standing(2026))
    assert [line.amount.fen for line in quote.lines] == [2, 1, 0]
    assert quote.total.fen == 3


def test_a_money_meter_gets_the_whole_amount_without_lines() -> None:
    quote = RESIDENTIAL.load_money(yuan("300"), Standing(2026, m3("7")))
    assert (quote.volume, quote.lines, quote.remainder) == (None, (), NO_MONEY)
    assert quote.total == quote.money == yuan("300")


def test_the_price_list_is_the_one_in_force_on_the_day() -> None:
    both = (RESIDENTIAL_2027, RESIDENTIAL)
    assert tariff_on(both, "residential", date(2026, 12, 31)) is RESIDENTIAL
    assert tariff_on(both, "residential", date(2027, 1, 1)) is RESIDENTIAL_2027
    with pytest.raises(Refusal, match="no_tariff"):
        tariff_on(both, "residential", date(2025, 12, 31))
    with pytest.raises(Refusal, match="no_tariff"):
        tariff_on(both, "heating", date(2026, 12, 31))


@pytest.mark.parametrize(
    "tiers",
    [
        (Tier(m3("390"), 28_000),),
        (Tier(None, 28_000), Tier(None, 28_000)),
        (Tier(None, 28_000), Tier(m3("390"), 28_000)),
        (Tier(m3("390"), 1), Tier(m3("390"), 1), Tier(None, 1)),
        (Tier(m3("600"), 1), Tier(m3("390"), 1), Tier(None, 1)),
        (Tier(NO_GAS, 1), Tier(None, 1)),
        (Tier(None, 0),),
    ],
)
def test_a_price_list_that_makes_no_sense_is_a_defect(tiers: tuple[Tier, ...]) -> None:
    with pytest.raises(Defect):
        Tariff("broken", date(2026, 1, 1), tiers, None)


def test_nonsense_is_a_defect() -> None:
    standing = Standing(2026)
    with pytest.raises(Defect):
        RESIDENTIAL.price(Volume(-1), standing)
    with pytest.raises(Defect):
        RESIDENTIAL.price(Volume(1), Standing(2026, Volume(-1)))
    with pytest.raises(Defect):
        RESIDENTIAL.buy(Money(-1), CUBIC_METRE, standing)
    with pytest.raises(Defect):
        RESIDENTIAL.buy(Money(1), NO_GAS, standing)


def test_the_shift_starts_with_the_fifth_person() -> None:
    assert [LARGE.shift(persons).m3 for persons in (0, 4, 5, 7, 8)] == [
        "0",
        "0",
        "60",
        "180",
        "180",
    ]
    assert HouseholdSize(5, m3("50"), m3("150"), 8, 11_000).shift(6) == m3("100")
