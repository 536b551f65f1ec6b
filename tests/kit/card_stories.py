"""Cards with a past: seeded images on which loads and clearings are torn."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache

from cardstation.domain.card import Credit, ReturnBlock
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from drivers.layouts.two_slot import TwoSlotLayout
from tests.kit import cards

BLANK = b"\xff" * 256


def issued(layout: TwoSlotLayout, kind: MeterKind = MeterKind.VOLUME) -> bytes:
    """A fresh card of any two-slot layout."""
    shown = cards.content(cards.card(kind=kind))
    assert shown.credit is not None
    assert shown.returned is not None
    plan = layout.plan_issue(
        BLANK, shown.identity, shown.credit, shown.limits, shown.price, shown.returned
    )
    return plan.target


def random_load(dice: random.Random, layout: TwoSlotLayout, image: bytes) -> Credit:
    """A load as a desk would sell it next."""
    now = layout.credit(image)
    assert now is not None
    unit = type(now.quantity)
    amount = dice.choice(
        (1_000, 35_000, dice.randrange(1, 800) * 1_000, dice.randrange(1, 800_000))
    )
    total = now.cumulative.fen if isinstance(now.cumulative, Money) else now.cumulative.litres
    return replace(
        now,
        quantity=unit(amount),
        purchase_counter=now.purchase_counter + 1,
        cumulative=unit(total + amount),
        loaded_at=now.loaded_at + timedelta(seconds=dice.randrange(60, 10**7)),
        station_no=dice.choice((now.station_no, dice.randrange(1, 65_536))),
        mark=dice.randbytes(4),
    )


def random_clearing(dice: random.Random, layout: TwoSlotLayout, image: bytes) -> Credit:
    """The taking back of the current load."""
    now = layout.credit(image)
    assert now is not None
    unit = type(now.quantity)
    load = now.quantity.fen if isinstance(now.quantity, Money) else now.quantity.litres
    total = now.cumulative.fen if isinstance(now.cumulative, Money) else now.cumulative.litres
    return replace(
        now,
        quantity=unit(0),
        purchase_counter=now.purchase_counter - 1,
        cumulative=unit(total - load),
        loaded_at=now.loaded_at + timedelta(minutes=5),
        mark=dice.randbytes(4),
    )


def answer(layout: TwoSlotLayout, image: bytes) -> ReturnBlock:
    """What the meter writes when it has taken the current load."""
    credit, last = layout.credit(image), layout.returned(image)
    assert credit is not None
    assert last is not None
    return replace(
        last,
        purchase_counter=credit.purchase_counter,
        taken_mark=credit.mark,
        residual=type(credit.quantity)(4_200),
        cumulative=credit.cumulative,
        used=last.used + Volume(1_000),
        written_at=credit.loaded_at + timedelta(days=1),
    )


def with_past(dice: random.Random, layout: TwoSlotLayout, image: bytes, loads: int) -> bytes:
    """A card after some loads, each taken by the meter; a few were taken back at the desk."""
    for _ in range(loads):
        image = layout.plan_load(image, random_load(dice, layout, image)).target
        if dice.random() < 0.1:
            clearing = random_clearing(dice, layout, image)
            image = layout.plan_clear(image, clearing).target
        image = layout.plan_return(image, answer(layout, image)).target
    return image


@cache
def _about_to_wrap(layout: TwoSlotLayout, kind: MeterKind) -> bytes:
    dice, image = random.Random(kind), issued(layout, kind)
    while (now := layout.credit(image)) is not None and now.sequence != 254:
        image = layout.plan_load(image, random_load(dice, layout, image)).target
        image = layout.plan_return(image, answer(layout, image)).target
    return image


def stories(layout: TwoSlotLayout, count: int, seed: int = 2026) -> Iterator[bytes]:
    """`count` cards: fresh ones, used ones, and sequences that are about to wrap."""
    dice = random.Random(seed)
    wrapping = {kind: _about_to_wrap(layout, kind) for kind in MeterKind}
    for number in range(count):
        kind = MeterKind.MONEY if number % 4 == 3 else MeterKind.VOLUME
        if number % 5 == 4:
            yield with_past(dice, layout, wrapping[kind], number % 3)
        else:
            yield with_past(dice, layout, issued(layout, kind), number % 5)
