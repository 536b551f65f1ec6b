"""Cards of a sheet for money meters carry the prices that their meters believe."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cardstation.domain.card import CardIdentity, CardType, PriceBlock, PriceStep, WritePlan
from cardstation.domain.meter import MeterKind
from cardstation.domain.new_card import new_content
from cardstation.errors import Refusal
from drivers.layouts.one_record import OneRecordLayout
from drivers.layouts.sheet import read_sheet, sheet_of

TEXT = (Path(__file__).parents[2] / "docs" / "layouts" / "interface2012.toml").read_text("utf-8")
STEP = '[[place.field]]\nname = "{name}"\nat = {at}\nbytes = 3\nis = "uint"\n'
PRICES = """
[[place]]
name = "tiers"
address = 0x97
owner = "desk"
size = 15
check = [{ is = "crc16", at = 13, covers = [[0, 13]] }]
[[place.field]]
name = "count"
at = 0
bytes = 1
is = "uint"
""" + "".join(
    STEP.format(name=name, at=at)
    for name, at in (("to_1", 1), ("price_1", 4), ("to_2", 7), ("price_2", 10))
)
ENDS = PriceStep(None, 35_000)
TWO = PriceBlock(1, (PriceStep(360, 29_000), ENDS))
WHO = CardIdentity("9AK7", CardType.OPENING, "88013025", "220104000017", "QM1799609893", 0)


def layout_with(prices: str = PRICES) -> OneRecordLayout:
    text = TEXT[: TEXT.index("[[example]]")]
    for old, new in (
        ('kind = "volume"', 'kind = "money"'),
        ("spare = [[0x97, 0x100]]", "spare = [[0xA6, 0x100]]"),
        ("[orders]", prices + "\n[orders]"),
        ('issue = ["limits",', 'issue = ["tiers", "limits",'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    return sheet_of(text.encode(), "money.toml").layout


def issued(layout: OneRecordLayout, price: PriceBlock | None) -> WritePlan:
    rules = read_sheet(Path(__file__).parents[2] / "docs" / "layouts" / "interface2012.toml").rules
    assert rules is not None
    rules = replace(rules, kinds=frozenset({MeterKind.MONEY}))
    at = datetime(2026, 11, 27, tzinfo=UTC)
    new = new_content(WHO, rules, MeterKind.MONEY, tiers=(), at=at, station_no=1, mark=b"mark")
    assert new.credit is not None
    assert new.returned is not None
    blank = b"\xff" * layout.declaration.size
    return layout.plan_issue(blank, WHO, new.credit, new.limits, price, new.returned)


@pytest.mark.parametrize("price", [TWO, PriceBlock(1, (ENDS,))], ids=["two steps", "one"])
def test_a_new_card_says_its_prices_and_a_load_leaves_them(price: PriceBlock) -> None:
    layout = layout_with()
    card = issued(layout, price).target
    shown = layout.decode(card)
    assert shown.price == price
    assert shown.credit is not None
    loaded = replace(shown.credit, purchase_counter=1)
    assert layout.decode(layout.plan_load(card, loaded).target).price == price


def test_prices_that_the_card_has_no_room_for_are_refused() -> None:
    three = PriceBlock(1, (*TWO.steps[:1], PriceStep(720, 31_000), ENDS))
    for price in (three, replace(TWO, scheme=2), None):
        with pytest.raises(Refusal) as stop:
            issued(layout_with(), price)
        assert stop.value.values["field"] in ("price", "tiers")


def test_prices_that_cannot_be_read_are_a_damaged_card() -> None:
    layout = layout_with()
    card = bytearray(issued(layout, TWO).target)
    card[0x98] ^= 1
    with pytest.raises(Refusal, match="card_damaged"):
        layout.decode(bytes(card))


@pytest.mark.parametrize(
    ("old", "new"),
    [('name = "to_1"', 'name = "till"'), ('name = "count"', 'name = "many"')],
)
def test_a_step_without_its_end_or_no_count_is_refused(old: str, new: str) -> None:
    assert old in PRICES
    with pytest.raises(Refusal, match="layout_sheet"):
        layout_with(PRICES.replace(old, new))
