"""Every layout on its own chip, torn at every sub-step of every operation, through its driver.

What a load, a clearing or a meter's answer leaves is the state before or the state after; the
same operation then finishes. `TEARS=500` tries more half-way states of each step.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from cardstation.domain.card import CardType, Witness, WritePlan, judge
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.new_card import new_content, restored_content
from cardstation.domain.topup import TopUp
from cardstation.errors import CardRemoved
from cardstation.ports.layout import Layout
from cardstation.services.intent.being_cleared import clearing_on
from cardstation.services.intent.card_code import CardInLane
from cardstation.services.intent.whole_card import planned_whole, torn_by_us
from drivers.keys import CombinedCardKeys
from drivers.layouts import LAYOUTS
from drivers.makers import MAKERS
from drivers.virtual import Tear, Torn, VirtualCard, every_tear, new_chip
from drivers.virtual.maker import make_card
from drivers.virtual.meter import VirtualMeter
from tests.kit import cards
from tests.kit.chips import CASES, ChipDesk
from tests.kit.clearing import CLEARABLE

SEEDS = range(max(2, int(os.environ.get("TEARS", "25")) // 12))
KEYS = CombinedCardKeys(bytes(range(32)))
LAYOUT = {layout.code: layout for layout in LAYOUTS}
RULES = {rules.layout: rules for rules in reversed(MAKERS)}
OPERATIONS = ("load", "clear", "return")

every_layout = pytest.mark.parametrize("rules", RULES.values(), ids=lambda rules: rules.layout)


def desk_of(layout: Layout, card: VirtualCard) -> ChipDesk:
    case = next(one for one in CASES if one[0].name == layout.chip)
    desk = ChipDesk(*case)
    desk.card, desk.chip, desk.code = card, card.chip, card.chip.secret
    return desk


def used_card(rules: MakerRules) -> VirtualCard:
    """A card in use: some loads, each taken by its meter; both slots of everything are written."""
    layout = LAYOUT[rules.layout]
    card = make_card(cards.household(), rules, layout, KEYS)
    meter = VirtualMeter.of_card(layout.decode(card.image), layout, rules.school)
    for number in range(3):
        load = cards.next_load(card.image, 20_000, bytes([9, 8, 7, number]), layout)
        cards.put(card, layout.plan_load(card.image, load))
        assert meter.take(card).written
    return card


def planned(layout: Layout, card: VirtualCard, operation: str) -> WritePlan:
    load = layout.plan_load(card.image, cards.next_load(card.image, layout=layout))
    if operation == "load":
        return load
    cards.put(card, load)
    if operation == "clear":
        return layout.plan_clear(card.image, cards.clearing(card.image, layout=layout))
    shown = layout.decode(card.image)
    meter = VirtualMeter.of_card(shown, layout)
    meter.take(card.copy())
    return layout.plan_return(card.image, meter.state.return_block(cards.AT))


@every_layout
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_tear_shows_before_or_after_and_can_be_finished(
    rules: MakerRules, operation: str, record_property: Callable[[str, object], None]
) -> None:
    layout = LAYOUT[rules.layout]
    card = used_card(rules)
    plan = planned(layout, card, operation)
    memories = {name: bytes(cells) for name, cells in card.chip.memories.items()}
    desk = desk_of(layout, card)
    chip = desk.unlocked()
    desk.chip.arm(None)
    chip.write(plan.before, plan.spans)
    assert card.image == plan.target
    old, new = layout.decode(plan.before), layout.decode(plan.target)
    shown, steps = set(), desk.chip.steps
    for tear in every_tear(steps, SEEDS):
        for name, cells in memories.items():
            desk.chip.memories[name][:] = cells
        chip = desk.unlocked()
        desk.chip.arm(tear)
        with pytest.raises(CardRemoved):
            chip.write(plan.before, plan.spans)
        desk.chip.arm(None)
        chip = desk.powered()
        image = chip.read()
        seen = layout.decode(image)
        assert seen in (old, new), tear
        shown.add(seen == new)
        every = plan.owned if operation != "return" else chip.writable
        assert judge(plan.before, plan.target, every, image, chip.smears) is not Witness.FOREIGN
        finished = again(layout, image, plan, operation)
        chip = desk.unlocked()
        chip.write(chip.read(), finished.spans)
        assert told(layout, desk.powered().read()) == told(layout, plan.target)
    assert shown == {False, True}
    record_property("counted", {f"torn {operation} on {layout.chip}, third things 0, cuts:": steps})


def again(layout: Layout, image: bytes, plan: WritePlan, operation: str) -> WritePlan:
    """The same thing planned once more over what a tear left."""
    meant = layout.decode(plan.target)
    if operation == "return":
        assert meant.returned is not None
        return layout.plan_return(image, meant.returned)
    if layout.decode(image) == meant:
        return plan
    assert meant.credit is not None
    planner = layout.plan_load if operation == "load" else layout.plan_clear
    return planner(image, meant.credit)


def told(layout: Layout, image: bytes) -> tuple[object, ...]:
    """What the card says, but for the sequences the layout chooses."""
    shown = layout.decode(image)
    assert shown.credit is not None
    assert shown.returned is not None
    credit = (shown.credit.quantity, shown.credit.purchase_counter, shown.credit.mark)
    answer = (shown.returned.taken_mark, shown.returned.residual, shown.returned.error)
    return shown.identity, credit, answer


@every_layout
def test_a_card_pulled_while_it_is_issued_is_never_half_a_card(rules: MakerRules) -> None:
    """Whole, or blank and issued again, or found out and laid aside; nobody's card is believed."""
    layout = LAYOUT[rules.layout]
    content = layout.decode(make_card(cards.household(), rules, layout, KEYS).image)
    assert content.credit is not None
    assert content.returned is not None
    values = (content.identity, content.credit, content.limits, content.price, content.returned)
    card = VirtualCard(new_chip(layout.chip))
    held = {name: bytes(cells) for name, cells in card.chip.memories.items()}
    plan = layout.plan_issue(card.image, *values)
    issue(card, plan, None)
    every = list(every_tear(card.chip.steps, SEEDS))
    seen = []
    for tear in (*every[:: len(every) // 40], *every[-9:]):
        for name, cells in held.items():
            card.chip.memories[name][:] = cells
        with suppress(Torn):
            issue(card, plan, tear)
        seen.append(layout.is_blank(card.image))
        assert layout.recognises(card.image) == (card.image == plan.target)
        if seen[-1]:
            issue(card, layout.plan_issue(card.image, *values), None)
            assert layout.decode(card.image) == content
    assert seen.count(True) > len(seen) // 2


def issue(card: VirtualCard, plan: WritePlan, tear: Tear | None) -> None:
    card.chip.power_up()
    assert card.chip.host_open(card.chip.secret)
    card.chip.arm(tear)
    card.chip.host_write(plan.spans)


@pytest.mark.parametrize("rules", CLEARABLE, ids=lambda rules: rules.layout)
def test_a_card_pulled_while_it_is_cleared_is_as_before_or_known_by_its_mark(
    rules: MakerRules, record_property: Callable[[str, object], None]
) -> None:
    """Nothing in between is a card, and the same spans written once more finish it."""
    layout = LAYOUT[rules.layout]
    card = used_card(rules)
    plan = layout.plan_wipe(card.image, b"\x11\x22\x33\x44")
    begun = cast("TopUp", SimpleNamespace(plan=plan))
    memories = {name: bytes(cells) for name, cells in card.chip.memories.items()}
    desk = desk_of(layout, card)
    chip = desk.unlocked()
    desk.chip.arm(None)
    chip.write(plan.before, plan.spans)
    assert card.image == plan.target
    every = list(every_tear(desk.chip.steps, SEEDS[:1]))
    made = (*every[:40], *every[40 :: max(1, len(every) // 40)])
    for tear in made:
        for name, cells in memories.items():
            desk.chip.memories[name][:] = cells
        chip = desk.unlocked()
        desk.chip.arm(tear)
        with pytest.raises(CardRemoved):
            chip.write(plan.before, plan.spans)
        desk.chip.arm(None)
        image = desk.powered().read()
        assert not layout.recognises(image) or image == plan.before, tear
        assert clearing_on([begun], image, chip.smears) is begun, tear
        chip = desk.unlocked()
        chip.write(chip.read(), plan.spans)
        assert desk.powered().read() == plan.target
    blank, other = VirtualCard(new_chip(layout.chip)).image, used_card(rules)
    cards.put(other, layout.plan_load(other.image, cards.next_load(other.image, layout=layout)))
    for image in (blank, other.image):
        assert clearing_on([begun], image, chip.smears) is None
    record_property(
        "counted", {f"torn clearing on {layout.chip}, third things 0, cuts:": len(made)}
    )


@every_layout
def test_a_card_pulled_while_it_is_changed_is_as_before_or_known_as_torn_or_whole(
    rules: MakerRules, record_property: Callable[[str, object], None]
) -> None:
    """Of another meter, and back: nothing in between is a card, and what is left is finished."""
    layout = LAYOUT[rules.layout]
    card = used_card(rules)
    old = layout.decode(card.image)
    new = new_content(
        replace(old.identity, card_type=CardType.OPENING, meter_no="QM2600000001"),
        rules,
        MeterKind.VOLUME,
        tiers=(),
        at=cards.AT,
        station_no=1,
        mark=b"\x21\x43\x65\x87",
    )
    made = 0
    for content in (
        new,
        restored_content(old, at=cards.AT, station_no=1, mark=b"\x12\x34\x56\x78"),
    ):
        made += torn_changes(layout, card, planned_whole(layout, card.image, content))
        assert told(layout, card.image)[0] == content.identity
    record_property("counted", {f"torn change on {layout.chip}, third things 0, cuts:": made})


def torn_changes(layout: Layout, card: VirtualCard, plan: WritePlan) -> int:
    """Tear a plan on its card at its steps; in the end it stands. How often it was torn."""
    memories = {name: bytes(cells) for name, cells in card.chip.memories.items()}
    desk, content = desk_of(layout, card), layout.decode(plan.target)
    chip = desk.unlocked()
    desk.chip.arm(None)
    chip.write(plan.before, plan.spans)
    assert card.image == plan.target
    every = list(every_tear(desk.chip.steps, SEEDS[:1]))
    tears = (*every[:40], *every[40 :: max(1, len(every) // 40)], *every[-9:])
    for tear in tears:
        for name, cells in memories.items():
            desk.chip.memories[name][:] = cells
        chip = desk.unlocked()
        desk.chip.arm(tear)
        with pytest.raises(CardRemoved):
            chip.write(plan.before, plan.spans)
        desk.chip.arm(None)
        lane = SimpleNamespace(layout=layout, chip=chip, image=desk.powered().read())
        known = layout.recognises(lane.image)
        whole = known and layout.decode(lane.image) == content
        assert whole or not known or lane.image == plan.before, tear
        assert known or torn_by_us(cast("CardInLane", lane), plan), tear
        again = planned_whole(layout, lane.image, content)
        chip = desk.unlocked()
        chip.write(chip.read(), again.spans)
        assert layout.decode(desk.powered().read()) == content, tear
    return len(tears)
