"""Small builders of cards and meters for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from cardstation.domain.card import CardContent, Credit, WritePlan
from cardstation.domain.household import Address, Household
from cardstation.domain.meter import MakerRules, Meter, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.ports.layout import Layout
from drivers.keys import DemoCardKeys
from drivers.layouts.open4442 import OPEN4442
from drivers.makers import MAKERS
from drivers.measured import HOME
from drivers.virtual import VirtualCard
from drivers.virtual.maker import CardStory, make_card
from drivers.virtual.meter import VirtualMeter

AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
CS01 = MAKERS[0]


def household(kind: MeterKind = MeterKind.VOLUME, counter: int = 50) -> Household:
    return replace(
        HOME,
        name="石妍永",
        phone="19900000001",
        address=Address("铁北二路家属楼", "9", "4", "1502"),
        meter=Meter(HOME.meter.meter_no, kind, None),
        chip="sle4442",
        tariff="residential",
        bought_this_year=Volume.of_m3("416.8"),
        purchase_counter=counter,
    )


def card(
    story: CardStory | None = None,
    *,
    kind: MeterKind = MeterKind.VOLUME,
    rules: MakerRules = CS01,
) -> VirtualCard:
    return make_card(household(kind), rules, OPEN4442, DemoCardKeys(), story=story)


def content(card: VirtualCard) -> CardContent:
    return OPEN4442.decode(card.image)


def meter(card: VirtualCard, rules: MakerRules = CS01) -> VirtualMeter:
    return VirtualMeter.of_card(content(card), OPEN4442, rules.school)


def next_load(
    image: bytes,
    number: int = 35_000,
    mark: bytes = b"\x11\x22\x33\x44",
    layout: Layout = OPEN4442,
) -> Credit:
    """The load a desk would put next onto a card, in litres or fen."""
    shown = layout.decode(image)
    assert shown.credit is not None
    unit = type(shown.credit.quantity)
    total = _raw(shown.credit) + number
    return replace(
        shown.credit,
        quantity=unit(number),
        purchase_counter=shown.credit.purchase_counter + 1,
        cumulative=unit(total),
        loaded_at=AT,
        mark=mark,
    )


def clearing(image: bytes, mark: bytes = b"\x55\x66\x77\x88", layout: Layout = OPEN4442) -> Credit:
    """What takes the current load of a card back: zero, counter and total as before it."""
    shown = layout.decode(image)
    assert shown.credit is not None
    unit = type(shown.credit.quantity)
    load = shown.credit.quantity
    before = _raw(shown.credit) - (load.fen if isinstance(load, Money) else load.litres)
    return replace(
        shown.credit,
        quantity=unit(0),
        purchase_counter=shown.credit.purchase_counter - 1,
        cumulative=unit(before),
        loaded_at=AT,
        mark=mark,
    )


def _raw(credit: Credit) -> int:
    total = credit.cumulative
    return total.fen if isinstance(total, Money) else total.litres


def put(card: VirtualCard, plan: WritePlan) -> None:
    """Let a plan stand on a virtual card, as after a complete write."""
    assert plan.before == card.image
    card.chip.power_up()
    assert card.chip.host_open(card.chip.secret)
    card.chip.host_write(plan.spans)
    card.chip.power_off()
    assert card.image == plan.target
