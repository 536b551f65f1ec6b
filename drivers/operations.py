"""What is done to a card in its life, planned on a virtual card that was used before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from cardstation.domain.card import CardContent, CardType, Credit, Quantity, WritePlan
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.tool_card import ToolContent
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal, ensure, fail
from cardstation.ports.layout import Layout
from cardstation.ports.tool_layout import ToolLayout
from drivers.keys import DemoCardKeys
from drivers.makers import MAKERS
from drivers.virtual.card import VirtualCard, new_chip
from drivers.virtual.maker import ISSUED_AT, make_card
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.tear import Tear
from drivers.virtual.tool_maker import make_tool_card

KEYS = DemoCardKeys()
LOAD = Volume.of_m3("35")
_MARK, _OTHER_MARK = b"\x11\x22\x33\x44", b"\x55\x66\x77\x88"
_OTHER_METER = "QM2600000001"


class Operation(StrEnum):
    """What is done to a card: loaded and taken back, written whole, answered by its meter."""

    LOAD = "load"
    CLEAR = "taken back"
    ISSUE = "issued"
    BIND = "bound"
    REISSUE = "reissued"
    CHANGE = "meter changed"
    WIPE = "cleared"
    RETURN = "meter's answer"


class Code(StrEnum):
    """What becomes of a card's code: a new one gets its own last, a dead one loses it first."""

    STAYS = "stays"
    OWN = "own"
    BLANK = "blank"


WHOLE = (Operation.ISSUE, Operation.BIND, Operation.REISSUE, Operation.CHANGE, Operation.WIPE)
"""They write a whole card."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An operation about to be done.

    Attributes:
        card: As it stands before.
        again: The same once more over what a tear left there.
        code: What becomes of the card's code.
    """

    card: VirtualCard
    plan: WritePlan
    again: Callable[[bytes], WritePlan]
    code: Code = Code.STAYS


def operations_of(layout: Layout, home: Household) -> Iterator[Operation]:
    """What is done to cards of this layout: some are never blank again."""
    for operation in Operation:
        with suppress(Refusal):
            planned(layout, operation, home)
            yield operation


def planned(layout: Layout, operation: Operation, home: Household) -> Planned:
    """An operation on a card of this layout: 35 m³ loaded or taken back, a whole card, an answer.

    Raises:
        Refusal: `card_not_clearable`.
    """
    if operation in WHOLE:
        return _whole(layout, operation, home)
    card = used_card(layout, home)
    load = layout.plan_load(card.image, next_load(layout, card.image, _MARK))
    if operation is Operation.LOAD:
        return Planned(card, load, _loaded_again(layout, load))
    host_writes(card, load)
    if operation is Operation.RETURN:
        return _answer(layout, card)
    clear = layout.plan_clear(card.image, _taken_back(layout.decode(card.image)))
    return Planned(card, clear, _cleared_again(layout, clear))


def _whole(layout: Layout, operation: Operation, home: Household) -> Planned:
    """On a blank, on the opening card that was issued, or on a card in use."""
    rules = next(one for one in MAKERS if one.layout == layout.code and one.training)
    issued = make_card(home, rules, layout, KEYS)
    meant = layout.decode(issued.image)
    if operation is Operation.WIPE:
        plan = layout.plan_wipe(issued.image, _MARK)
        code = Code.BLANK if layout.is_blank(plan.target) else Code.STAYS
        return Planned(issued, plan, lambda _: plan, code)
    if operation is Operation.ISSUE:
        card = VirtualCard(new_chip(layout.chip))
    elif operation is Operation.REISSUE:
        card = VirtualCard(new_chip(layout.chip))
        old = used_card(layout, home)
        host_writes(old, layout.plan_load(old.image, next_load(layout, old.image, _MARK)))
        meant = _next_card(layout.decode(old.image))
    elif operation is Operation.BIND:
        card = issued
        host_writes(card, _written(layout, card.image, _opening(meant, "")))
    else:
        card = used_card(layout, home)
        meant = _opening(meant, _OTHER_METER)
    return Planned(
        card,
        _written(layout, card.image, meant),
        lambda image: _written(layout, image, meant),
        Code.OWN if operation in (Operation.ISSUE, Operation.REISSUE) else Code.STAYS,
    )


def _written(layout: Layout, image: bytes, meant: CardContent) -> WritePlan:
    credit = meant.credit or fail("a whole card has a credit")
    returned = meant.returned or fail("a whole card has an answer")
    return layout.plan_issue(image, meant.identity, credit, meant.limits, meant.price, returned)


def _opening(meant: CardContent, meter_no: str) -> CardContent:
    who = replace(meant.identity, card_type=CardType.OPENING, meter_no=meter_no)
    return replace(meant, identity=who)


def _next_card(lost: CardContent) -> CardContent:
    who = replace(lost.identity, generation=lost.identity.generation + 1)
    return replace(lost, identity=who)


def planned_tool(layout: ToolLayout, *, back: bool) -> Planned:
    """A fitter's card made of a blank, or taken back and made a blank."""
    tool = sorted(layout.tools)[0]
    made = make_tool_card(tool, "", ISSUED_AT, chip=layout.chip)
    if back:
        plan = layout.plan_wipe(made.image, _MARK)
        return Planned(made, plan, lambda _: plan, Code.BLANK)
    card, meant = VirtualCard(new_chip(layout.chip)), layout.decode(made.image).card
    plan = layout.plan_make(card.image, meant)
    return Planned(card, plan, lambda image: layout.plan_make(image, meant), Code.OWN)


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


def shows(layout: Layout | ToolLayout, image: bytes) -> object:
    """What a card says, but for the sequences that its layout chooses; None: nothing."""
    if layout.is_blank(image):
        return "blank"
    try:
        shown = layout.decode(image)
    except Refusal:
        return None
    if isinstance(shown, ToolContent):
        return shown
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
