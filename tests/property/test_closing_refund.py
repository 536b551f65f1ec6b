"""What a meter holds is paid back at what was paid for it: never more, in whole for all of it."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cardstation.domain.closing import Bought, settled
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.tariff import Quote, Standing
from cardstation.domain.volume import NO_GAS, Volume
from tests.kit.station import RESIDENTIAL

DAY = date(2026, 1, 1)
STEP = Volume.of_m3("1")
VOLUMES = st.lists(st.integers(1, 400), min_size=1, max_size=5)


def bought(m3: list[int]) -> list[Bought]:
    """One purchase after another through the tiers of the year, the newest first."""
    at, found = NO_GAS, []
    for number, one in enumerate(m3):
        quote = RESIDENTIAL.price(Volume(one * 1000), Standing(2026, at))
        at = at + Volume(one * 1000)
        found.append(Bought(quote, DAY + timedelta(days=number), f"R{number}"))
    return list(reversed(found))


@settings(max_examples=150, deadline=None)
@given(VOLUMES, st.integers(0, 2_500_000))
def test_no_more_goes_back_than_was_paid(m3: list[int], litres: int) -> None:
    loads = bought(m3)
    found = settled(Volume(litres), loads, Money(7))
    covered = min(litres, sum(m3) * 1000)
    assert found.volume == Volume(covered)
    assert found.uncovered == Volume(litres - covered)
    assert found.total == found.gas + Money(7)
    paid = sum((one.quote.total for one in loads), NO_MONEY)
    assert found.gas <= paid
    if covered == sum(m3) * 1000:
        assert found.gas == paid
    for line in found.lines:
        assert line.volume is not None
        exact = line.volume.litres * line.price_e4 / 100_000
        assert abs(line.amount.fen - exact) <= 1


@settings(max_examples=60, deadline=None)
@given(VOLUMES, st.integers(0, 400_000), st.integers(0, 400_000))
def test_more_gas_is_never_worth_less(m3: list[int], one: int, more: int) -> None:
    loads = bought(m3)
    less, most = sorted((one, one + more))
    some, all_of_it = (settled(Volume(litres), loads, NO_MONEY) for litres in (less, most))
    assert some.gas <= all_of_it.gas


def test_the_newest_load_and_its_highest_tier_come_first() -> None:
    loads = bought([380, 30])  # 10 m³ of the second are still in the first tier
    found = settled(Volume(25_000), loads, NO_MONEY)
    assert [(one.receipt_no, one.volume, one.price_e4) for one in found.lines] == [
        ("R1", Volume(20_000), 33_600),
        ("R1", Volume(5_000), 28_000),
    ]
    assert found.gas == Money(20 * 336 + 5 * 280)


def plain(fen: int, volume: Volume | None, buys: Volume = NO_GAS) -> Quote:
    return Quote("t", 2026, Money(fen), Money(fen), NO_MONEY, volume, (), NO_GAS, buys)


def test_an_order_without_tiers_is_worth_what_was_paid_for_it() -> None:
    order = Bought(plain(2_800, Volume(10_000)), DAY)
    found = settled(Volume(4_000), [order], NO_MONEY)
    assert [(one.amount, one.price_e4) for one in found.lines] == [(Money(1_120), 28_000)]


def test_a_money_meter_gives_back_the_money_it_holds() -> None:
    loads = [Bought(plain(5_000, None), DAY, "R1"), Bought(plain(3_000, None), DAY, "R0")]
    found = settled(Money(6_000), loads, Money(5))
    assert [(one.receipt_no, one.volume, one.amount) for one in found.lines] == [
        ("R1", None, Money(5_000)),
        ("R0", None, Money(1_000)),
    ]
    assert (found.total, found.uncovered, found.volume) == (Money(6_005), NO_MONEY, NO_GAS)
    assert settled(Money(9_000), loads, NO_MONEY).uncovered == Money(1_000)


def test_after_a_change_of_kind_old_loads_count_in_the_other_unit() -> None:
    was_money = Bought(plain(2_800, None, Volume(10_000)), DAY)
    assert settled(Volume(5_000), [was_money], NO_MONEY).gas == Money(1_400)
    nothing = Bought(plain(0, None), DAY)
    assert settled(Volume(5_000), [nothing], NO_MONEY).lines == ()
