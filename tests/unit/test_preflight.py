"""Verdicts on rows whose household is certain: account, amount, repetition, order, price."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardstation.domain.batch import Verdict
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.ledger import Order
from cardstation.domain.matching import Directory
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.preflight import preflight
from cardstation.domain.sale import PriceBook, SaleTerms, sell
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal
from tests.kit.neighbours import BOOK, DAY, MENG, OU, PRICES, row, terms
from tests.kit.prices import RESIDENTIAL


@pytest.mark.parametrize(
    ("changed", "verdict", "reasons"),
    [
        ({"status": HouseholdStatus.CLOSED}, Verdict.BLOCKED, ("account_closed",)),
        ({"status": HouseholdStatus.STOPPED}, Verdict.BLOCKED, ("account_stopped",)),
        ({"chip": "epurse"}, Verdict.BLOCKED, ("chip_not_supported",)),
        ({"arrears": Money(1)}, Verdict.HUMAN, ("arrears",)),
        (
            {"arrears": Money(1), "chip": "at88sc102"},
            Verdict.BLOCKED,
            ("chip_not_supported", "arrears"),
        ),
        ({"tariff": "unheard-of"}, Verdict.HUMAN, ("no_tariff",)),
    ],
)
def test_the_account_itself_can_stand_in_the_way(
    changed: dict[str, object], verdict: Verdict, reasons: tuple[str, ...]
) -> None:
    home = replace(MENG, **changed)  # type: ignore[arg-type]
    (line,) = preflight([row()], Directory.of((home,), "净月新城"), terms())
    assert (line.verdict, line.reasons) == (verdict, reasons)


@pytest.mark.parametrize(
    ("amount", "reasons"),
    [
        ("1", ("amount_too_small",)),
        ("2000", ("implausible_volume",)),
        ("5000", ("per_load_max",)),
        ("一百五", ("amount_not_certain",)),
        ("0", ("zero_amount",)),
        ("", ("no_amount",)),
    ],
)
def test_amounts_that_cannot_be_sold_are_questions(amount: str, reasons: tuple[str, ...]) -> None:
    (line,) = preflight([row(amount=amount)], BOOK, terms())
    assert (line.verdict, line.reasons, line.volume) == (Verdict.HUMAN, reasons, None)


def test_the_same_wish_twice_blocks_the_later() -> None:
    lines = preflight([row(), row(card_no="", amount="100元"), row()], BOOK, terms())
    assert [line.verdict for line in lines] == [Verdict.READY, Verdict.BLOCKED, Verdict.BLOCKED]
    assert lines[1].reasons == ("identical_duplicate", "no_card_number")


@pytest.mark.parametrize(
    "other", [{"amount": "200"}, {"amount": "一百五"}, {"amount": "", "note": "已缴费"}]
)
def test_different_wishes_doubt_every_row(other: dict[str, str]) -> None:
    lines = preflight([row(), row(**other), row()], BOOK, terms())
    assert {line.verdict for line in lines} == {Verdict.HUMAN}
    assert all("differing_duplicate" in line.reasons for line in lines)
    assert all(line.money is None for line in lines)


def test_a_row_pointing_elsewhere_does_not_doubt_the_sound_one() -> None:
    lines = preflight([row(), row(name=OU.name, amount="200")], BOOK, terms())
    assert [line.verdict for line in lines] == [Verdict.READY, Verdict.HUMAN]


ORDER = Order("O-1", MENG.account_no, 10_000, 35_000, "residential@2026-01-01", 4, "")


@pytest.mark.parametrize(
    ("changed", "orders", "verdict", "reasons"),
    [
        ({"amount": "", "note": "已网上缴费"}, [ORDER], Verdict.READY, ()),
        ({"amount": "0", "note": "已网上缴费"}, [ORDER], Verdict.READY, ()),
        ({"amount": "已线上交", "note": ""}, [ORDER], Verdict.READY, ()),
        ({"amount": "", "note": "已网上缴费"}, [], Verdict.HUMAN, ("prepaid_order_missing",)),
        (
            {"amount": "", "note": "已网上缴费"},
            [ORDER, replace(ORDER, order_id="O-2")],
            Verdict.HUMAN,
            ("several_orders",),
        ),
        ({"amount": "已线上交", "note": "退卡"}, [ORDER], Verdict.HUMAN, ("note_to_read",)),
        ({"note": "已网上缴费"}, [ORDER], Verdict.HUMAN, ("prepaid_with_amount",)),
    ],
)
def test_prepaid_rows(
    changed: dict[str, str], orders: list[Order], verdict: Verdict, reasons: tuple[str, ...]
) -> None:
    (line,) = preflight([row(**changed)], BOOK, terms(*orders))
    assert (line.verdict, line.kind, line.reasons) == (verdict, "prepaid", reasons)
    assert line.money is None
    assert line.order_id == ("O-1" if verdict is Verdict.READY else "")


def test_a_note_nobody_understood_is_read_by_a_human() -> None:
    lines = preflight([row(note="先不充"), row(amount="", note="先不充")], BOOK, terms())
    assert [line.reasons for line in lines] == [
        ("note_to_read", "differing_duplicate"),
        ("no_amount", "note_to_read", "differing_duplicate"),
    ]


@pytest.mark.parametrize(
    ("changed", "bought", "code"),
    [
        ({}, {"money": Money(1), "volume": Volume(1)}, "money_or_volume"),
        ({}, {}, "money_or_volume"),
        ({}, {"money": NO_MONEY}, "zero_amount"),
        ({}, {"volume": NO_GAS}, "zero_amount"),
        ({}, {"volume": Volume(1_500)}, "volume_not_in_steps"),
        ({}, {"volume": Volume.of_m3("801")}, "per_load_max"),
        ({}, {"volume": Volume.of_m3("501")}, "implausible_volume"),
        ({"status": HouseholdStatus.STOPPED}, {"money": Money(100)}, "account_stopped"),
        ({"status": HouseholdStatus.CLOSED}, {"money": Money(100)}, "account_closed"),
    ],
)
def test_what_cannot_be_sold(
    changed: dict[str, object], bought: dict[str, object], code: str
) -> None:
    home = replace(MENG, **changed)  # type: ignore[arg-type]
    with pytest.raises(Refusal) as refused:
        sell(home, PRICES.terms("residential", DAY), **bought)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_sales_by_volume_and_to_money_meters() -> None:
    held = PRICES.terms("residential", DAY)
    assert sell(MENG, held, volume=Volume.of_m3("35")).total == Money(9_800)
    meter = replace(MENG.meter, kind=MeterKind.MONEY)
    quote = sell(replace(MENG, meter=meter), held, money=Money(30_001))
    assert (quote.total, quote.volume) == (Money(30_001), None)
    with pytest.raises(Refusal, match="money_meter_by_volume"):
        sell(replace(MENG, meter=meter), held, volume=Volume.of_m3("35"))
    with pytest.raises(Refusal, match="implausible_volume"):
        sell(replace(MENG, meter=meter), held, money=Money(200_000))
    unbounded = SaleTerms(held.tariff, 2026, held.step, held.per_load_max, None)
    assert sell(MENG, unbounded, volume=Volume.of_m3("501")).volume == Volume.of_m3("501")


def test_the_new_tier_year_starts_at_zero() -> None:
    used = replace(MENG, bought_this_year=Volume.of_m3("390"))
    assert used.bought_in(2026) == Volume.of_m3("390")
    assert used.bought_in(2027) == NO_GAS
    assert replace(used, tier_year=0).bought_in(2027) == Volume.of_m3("390")


def test_without_desk_rules_nothing_is_priced() -> None:
    with pytest.raises(Refusal, match="no_tariff"):
        PriceBook((RESIDENTIAL,), None, ()).terms("residential", DAY)


def test_a_chip_whose_cards_carry_volume_only_is_not_for_a_money_meter() -> None:
    small = replace(terms(), chips=frozenset({"at88sc102"}))
    small = replace(small, kinds=frozenset({("at88sc102", MeterKind.VOLUME)}))
    for kind, verdict in ((MeterKind.VOLUME, Verdict.READY), (MeterKind.MONEY, Verdict.BLOCKED)):
        home = replace(MENG, chip="at88sc102", meter=replace(MENG.meter, kind=kind))
        (line,) = preflight([row()], Directory.of((home,), "净月新城"), small)
        assert line.verdict is verdict
