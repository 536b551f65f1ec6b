"""`buy` is the exact inverse of `price`, for any tariff, step and standing."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cardstation.domain.money import Money, round_half_up
from cardstation.domain.tariff import HouseholdSize, Standing, Tariff, Tier
from cardstation.domain.volume import Volume

litres = st.integers(0, 2_000_000)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    limits = sorted(draw(st.sets(st.integers(1, 900_000), max_size=4)))
    prices = draw(
        st.lists(st.integers(1, 90_000), min_size=len(limits) + 1, max_size=len(limits) + 1)
    )
    ends = [*map(Volume, limits), None]
    size = draw(
        st.none()
        | st.builds(
            HouseholdSize,
            from_persons=st.integers(2, 6),
            extra_per_person=litres.map(Volume),
            cap=litres.map(Volume),
            choice_from=st.integers(7, 9),
            flat_factor_e4=st.integers(10_000, 13_000),
        )
    )
    tiers = tuple(Tier(end, price) for end, price in zip(ends, prices, strict=True))
    return Tariff("any", date(2026, 1, 1), tiers, size)


standings = st.builds(
    Standing,
    year=st.just(2026),
    bought=litres.map(Volume),
    persons=st.integers(0, 12),
    flat=st.booleans(),
)


@given(
    tariff=tariffs(),
    standing=standings,
    money=st.integers(0, 2_000_000).map(Money),
    step=st.sampled_from([1, 10, 100, 1_000, 5_000]).map(Volume),
)
def test_buying_is_the_inverse_of_pricing(
    tariff: Tariff, standing: Standing, money: Money, step: Volume
) -> None:
    quote = tariff.buy(money, step, standing)
    assert quote.volume is not None
    assert quote.volume.litres % step.litres == 0
    assert tariff.price(quote.volume, standing).total <= money
    assert money < tariff.price(quote.volume + step, standing).total
    assert quote.total + quote.remainder == money


@given(tariff=tariffs(), standing=standings, near=st.integers(-2, 2), steps=st.integers(0, 5))
def test_exactly_at_a_limit_and_one_step_beside_it(
    tariff: Tariff, standing: Standing, near: int, steps: int
) -> None:
    for tier in tariff.tiers_for(standing):
        if tier.to is None:
            continue
        wanted = Volume(max(0, tier.to.litres - standing.bought.litres + steps))
        price = tariff.price(wanted, standing).total
        money = Money(max(0, price.fen + near))
        volume = tariff.buy(money, Volume(1), standing).volume
        assert volume is not None
        assert tariff.price(volume, standing).total <= money
        assert money < tariff.price(volume + Volume(1), standing).total


@given(tariff=tariffs(), standing=standings, volume=litres.map(Volume))
def test_a_quote_explains_itself(tariff: Tariff, standing: Standing, volume: Volume) -> None:
    quote = tariff.price(volume, standing)
    assert sum(line.amount.fen for line in quote.lines) == quote.total.fen
    assert sum(line.volume.litres for line in quote.lines) == volume.litres
    exact = sum(line.volume.litres * line.price_e4 for line in quote.lines)
    assert quote.total.fen == round_half_up(exact, 100_000)
    assert all(line.amount.fen >= 0 and line.volume for line in quote.lines)
    for line in quote.lines[:-2]:
        rounded = round_half_up(line.volume.litres * line.price_e4, 100_000)
        assert abs(line.amount.fen - rounded) <= len(quote.lines)


@given(tariff=tariffs(), standing=standings, first=litres, second=litres)
def test_two_purchases_cost_what_one_does_but_for_rounding(
    tariff: Tariff, standing: Standing, first: int, second: int
) -> None:
    whole = tariff.price(Volume(first + second), standing).total
    head = tariff.price(Volume(first), standing).total
    later = Standing(2026, standing.bought + Volume(first), standing.persons, standing.flat)
    tail = tariff.price(Volume(second), later).total
    assert abs(whole.fen - head.fen - tail.fen) <= 1
