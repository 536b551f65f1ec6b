"""What is done to a card in its life, planned on a virtual card that was used before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from cardstation.domain.card import CardContent, Credit, Quantity, WritePlan
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal, ensure, fail
from cardstation.ports.layout import Layout
from drivers.keys import DemoCardKeys
from drivers.layouts.codec import Operation
from drivers.makers import MAKERS
from drivers.virtual.card import VirtualCard, new_chip
from drivers.virtual.maker import ISSUED_AT, make_card
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.tear import Tear

KEYS = DemoCardKeys()
LOAD = Volume.of_m3("35")
_MARK, _OTHER_MARK = b"\x11\x22\x33\x44", b"\x55\x66\x77\x88"


@dataclass(frozen=True, slots=True)
class Planned:
    """An operation about to be done.

    Attributes:
        card: As it stands before.
        again: The same once more over what a tear left there; None: the card is laid aside.
    """

    card: VirtualCard
    plan: WritePlan
    again: Callable[[bytes], WritePlan | None]


def planned(layout: Layout, operation: Operation, home: Household) -> Planned:
    """An operation on a card of this layout: 35 m³ loaded or taken back, issued, answered."""
    if operation is Operation.ISSUE:
        return _issue(layout, home)
    card = used_card(layout, home)
    load = layout.plan_load(card.image, next_load(layout, card.image, _MARK))
    if operation is Operation.LOAD:
        return Planned(card, load, _loaded_again(layout, load))
    host_writes(card, load)
    if operation is Operation.RETURN:
        return _answer(layout, card)
    clear = layout.plan_clear(card.image, _taken_back(layout.decode(card.image)))
    return Planned(card, clear, _cleared_again(layout, clear))


def _issue(layout: Layout, home: Household) -> Planned:
    rules = next(one for one in MAKERS if one.layout == layout.code and one.training)
    meant = layout.decode(make_card(home, rules, layout, KEYS).image)
    blank = VirtualCard(new_chip(layout.chip))

    def over(image: bytes) -> WritePlan | None:
        credit, returned = meant.credit, meant.returned
        if not layout.is_blank(image) or credit is None or returned is None:
            return None
        values = (meant.identity, credit, meant.limits, meant.price, returned)
        return layout.plan_issue(image, *values)

    return Planned(blank, over(blank.image) or fail("a blank can be issued"), over)


def _answer(layout: Layout, card: VirtualCard) -> Planned:
    meter = VirtualMeter.of_card(layout.decode(card.image), layout)
    meter.take(card.copy(), at=ISSUED_AT)
    block = meter.state.return_block(ISSUED_AT)
    plan = layout.plan_return(card.image, block)
    return Planned(card, plan, lambda image: layout.plan_return(image, block))


def _loaded_again(layout: Layout, plan: WritePlan) -> Callable[[bytes], WritePlan]:
    meant = _credit_of(layout.decode(plan.target))
    return lambda image: layout.plan_load(image, meant)


def _cleared_again(layout: Layout, plan: WritePlan) -> Callable[[bytes], WritePlan]:
    meant = _credit_of(layout.decode(plan.target))
    return lambda image: layout.plan_clear(image, meant)


def next_load(layout: Layout, image: bytes, mark: bytes) -> Credit:
    """What a desk puts onto the card next."""
    shown = _credit_of(layout.decode(image))
    return replace(
        shown,
        quantity=LOAD,
        purchase_counter=shown.purchase_counter + 1,
        cumulative=Volume(_litres(shown.cumulative) + LOAD.litres),
        mark=mark,
    )


def _taken_back(shown: CardContent) -> Credit:
    credit = _credit_of(shown)
    return replace(
        credit,
        quantity=Volume(0),
        purchase_counter=credit.purchase_counter - 1,
        cumulative=Volume(_litres(credit.cumulative) - _litres(credit.quantity)),
        mark=_OTHER_MARK,
    )


def used_card(layout: Layout, home: Household) -> VirtualCard:
    """A card after some loads, each taken by its meter: every slot of it was written."""
    rules = next(one for one in MAKERS if one.layout == layout.code and one.training)
    card = make_card(home, rules, layout, KEYS)
    meter = VirtualMeter.of_card(layout.decode(card.image), layout, rules.school)
    for number in range(3):
        load = next_load(layout, card.image, bytes([9, 8, 7, number]))
        host_writes(card, layout.plan_load(card.image, load))
        meter.take(card, at=ISSUED_AT)
    return card


def host_writes(card: VirtualCard, plan: WritePlan, cut: Tear | None = None) -> None:
    """Write a plan at the chip's own pins.

    Raises:
        Torn: the power was cut.
    """
    card.chip.power_up()
    card.chip.host_open(card.chip.secret)
    card.chip.arm(cut)
    card.chip.host_write(plan.spans)
    card.chip.power_off()


def shows(layout: Layout, image: bytes) -> object:
    """What a card says, but for the sequences that its layout chooses; None: nothing."""
    if layout.is_blank(image):
        return "blank"
    try:
        shown = layout.decode(image)
    except Refusal:
        return None
    credit, returned = shown.credit, shown.returned
    return (
        replace(shown, credit=None, returned=None),
        None if credit is None else replace(credit, sequence=0),
        None if returned is None else replace(returned, sequence=0),
    )


def _credit_of(shown: CardContent) -> Credit:
    return shown.credit or fail("a card in use shows its last load")


def _litres(quantity: Quantity) -> int:
    ensure(isinstance(quantity, Volume), "a volume card")
    return 0 if isinstance(quantity, Money) else quantity.litres
