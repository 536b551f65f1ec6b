"""A card torn at any sub-step shows the old credit, the new one or (clearing) nothing.

Every legal in-between value of the byte under way is tried. `TEARS=500` tries more cards.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from cardstation.domain.card import Credit, Witness, WritePlan, judge
from cardstation.domain.meter import CounterSchool, MeterKind
from cardstation.errors import Refusal
from drivers.layouts.open4442 import OPEN4442
from drivers.layouts.slots import current_of, is_newer
from drivers.layouts.tears import between, torn_images
from drivers.layouts.two_slot import TwoSlotLayout
from drivers.virtual import Tear, Torn, VirtualCard, every_tear
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_errors import MeterError
from drivers.virtual.meter_rules import Decision, MeterState, decide
from drivers.virtual.procedures import present_code, update_main
from tests.kit import card_stories, cards, wrong_orders
from tests.kit.tears import every_state, legal

CARDS = int(os.environ.get("TEARS", "25"))


@dataclass
class Tally:
    states: int = 0
    old: int = 0
    new: int = 0
    nothing: int = 0
    bad: int = 0


def seen(layout: TwoSlotLayout, image: bytes) -> bytes | None:
    """The bytes of the slot a meter would look at."""
    slots = current_of(layout.credit_slots, image)
    return slots.current.bytes_in(image) if slots else None


def enumerate_tears(layout: TwoSlotLayout, plan: WritePlan, tally: Tally) -> None:
    old, new = seen(layout, plan.before), seen(layout, plan.target)
    assert old is not None
    assert new is not None
    assert old != new
    for image in every_state(plan.before, plan.spans):
        shown = seen(layout, image)
        tally.states += 1
        tally.old += shown == old
        tally.new += shown == new
        tally.nothing += shown is None
        tally.bad += shown not in (None, old, new)


def plans(layout: TwoSlotLayout, operation: str, count: int) -> Iterator[WritePlan]:
    dice = random.Random(7)
    for image in card_stories.stories(layout, count):
        if operation == "load":
            yield layout.plan_load(image, card_stories.random_load(dice, layout, image))
        else:
            loaded = layout.plan_load(image, card_stories.random_load(dice, layout, image)).target
            yield layout.plan_clear(loaded, card_stories.random_clearing(dice, layout, loaded))


@pytest.mark.parametrize("operation", ["load", "clear"])
def test_every_tear_shows_old_or_new(operation: str) -> None:
    tally = Tally()
    for plan in plans(OPEN4442, operation, CARDS):
        enumerate_tears(OPEN4442, plan, tally)
    sys.stdout.write(f"{operation}: {tally}\n")
    assert tally.bad == 0
    assert tally.nothing == 0
    assert tally.old + tally.new == tally.states
    assert tally.states > 500 * CARDS


@pytest.mark.parametrize("operation", ["load", "clear"])
def test_it_wraps_from_255_to_0(operation: str) -> None:
    found = set()
    for plan in plans(OPEN4442, operation, 25):
        old, new = OPEN4442.credit(plan.before), OPEN4442.credit(plan.target)
        assert old is not None
        assert new is not None
        found.add((old.sequence, new.sequence))
    assert (255, 0) in found


@pytest.mark.parametrize("school", list(CounterSchool))
@pytest.mark.parametrize("operation", ["load", "clear"])
def test_the_meter_takes_the_old_load_the_new_one_or_nothing(
    school: CounterSchool, operation: str, record_property: Callable[[str, object], None]
) -> None:
    states = metered(operation, school, max(6, CARDS // 4))
    record_property("counted", {f"torn at a meter, {operation}, third things 0, states:": states})
    assert states > 2_000


def metered(operation: str, school: CounterSchool, cards_: int) -> int:
    """What the meter of a school makes of every tear of many cards: as before, or as meant.

    A load for which a meter has no room is refused by it whole.
    """
    states = 0
    for plan in plans(OPEN4442, operation, cards_):
        state = VirtualMeter.of_card(OPEN4442.decode(plan.before), OPEN4442, school).state

        def taken(image: bytes, meter: MeterState = state) -> Decision:
            return decide(meter, OPEN4442.decode(image))

        before, after = taken(plan.before), taken(plan.target)
        loads = operation == "load" and after.error is not MeterError.OVER_HOARD
        assert bool(after.credited) == loads
        assert after.after.purchase_counter == state.purchase_counter + loads
        for image in every_state(plan.before, plan.spans):
            states += 1
            assert taken(image) in (before, after)
    return states


def wrong_clearings(layout: TwoSlotLayout, school: CounterSchool, cards_: int) -> tuple[int, int]:
    """Torn clearings seen, and those of which a meter makes a third thing."""
    states = wrong = 0
    for plan in plans(layout, "clear", cards_):
        meter = VirtualMeter.of_card(layout.decode(plan.before), layout, school).state
        before = decide(meter, layout.decode(plan.before))
        after = decide(meter, layout.decode(plan.target))
        allowed = {(before.credited, before.after.purchase_counter)}
        allowed |= {(after.credited, after.after.purchase_counter)}
        allowed |= {(0, meter.purchase_counter)}
        for image in every_state(plan.before, plan.spans):
            made = decide(meter, layout.decode(image))
            states += 1
            wrong += (made.credited, made.after.purchase_counter) not in allowed
    return states, wrong


@pytest.mark.parametrize("school", list(CounterSchool))
def test_a_torn_clearing_is_the_old_load_or_nothing_in_every_school(school: CounterSchool) -> None:
    states, wrong = wrong_clearings(OPEN4442, school, max(4, CARDS // 4))
    sys.stdout.write(f"clear, {school.value}: {states} states, {wrong} wrong\n")
    assert states > 2_000
    assert wrong == 0


@pytest.mark.parametrize("school", list(CounterSchool))
def test_a_clearing_in_place_is_found_in_every_school(
    school: CounterSchool,
) -> None:
    totals = school is CounterSchool.CUMULATIVE
    planted = wrong_orders.TOTAL_CLEARED_FIRST if totals else wrong_orders.CLEARED_IN_PLACE
    states, wrong = wrong_clearings(planted, school, 4)
    sys.stdout.write(f"clear in place, {school.value}: {states} states, {wrong} wrong\n")
    assert wrong > 0


@pytest.mark.parametrize("again", ["same load", "other load", "clearing"])
def test_a_torn_card_is_finished_or_loaded_anew_and_torn_again(again: str) -> None:
    dice = random.Random(again)
    for plan in plans(OPEN4442, "load", 5):
        *states, _ = every_state(plan.before, plan.spans)
        sequence = plan.spans[-1].address
        late = [image for image in states if image[sequence] != plan.before[sequence]]
        for torn in dice.sample(states, 3) + dice.sample(late, 3):
            second = _next_plan(again, dice, torn, plan)
            allowed = {seen(OPEN4442, plan.before), seen(OPEN4442, second.target)}
            for image in every_state(second.before, second.spans):
                assert seen(OPEN4442, image) in allowed
                own = judge(second.before, second.target, second.owned, image)
                first = judge(plan.before, plan.target, plan.owned, image)
                assert own is not Witness.FOREIGN
                assert again != "same load" or first is not Witness.FOREIGN


def _next_plan(again: str, dice: random.Random, torn: bytes, first: WritePlan) -> WritePlan:
    if again == "same load":
        credit = OPEN4442.credit(first.target)
        assert isinstance(credit, Credit)
        plan = OPEN4442.plan_load(torn, credit)
        assert plan.target == first.target
        return plan
    if again == "other load":
        return OPEN4442.plan_load(torn, card_stories.random_load(dice, OPEN4442, torn))
    return OPEN4442.plan_clear(torn, card_stories.random_clearing(dice, OPEN4442, torn))


def test_the_stored_spans_may_be_written_again_over_any_of_their_tears() -> None:
    dice = random.Random(3)
    for plan in plans(OPEN4442, "load", 6):
        allowed = {seen(OPEN4442, plan.before), seen(OPEN4442, plan.target)}
        states = list(every_state(plan.before, plan.spans))
        for torn in dice.sample(states, 6):
            for image in every_state(torn, plan.spans):
                assert seen(OPEN4442, image) in allowed
                assert judge(plan.before, plan.target, plan.owned, image) is not Witness.FOREIGN


def wrecked(layout: TwoSlotLayout, dice: random.Random, image: bytes) -> bytes:
    """The inactive slot holds anything at all, with a sequence that looks newer."""
    slots = current_of(layout.credit_slots, image)
    assert slots is not None
    place = slots.inactive
    junk = image[slots.current.address : slots.current.address + 1] + dice.randbytes(22)
    junk += bytes([(slots.sequence + dice.randrange(1, 128)) % 256])
    wreck = bytearray(image)
    wreck[place.address : place.address + place.block.size] = junk
    assert not is_newer(slots.sequence, junk[-1])
    return bytes(wreck)


def test_a_wrecked_sequence_that_looks_newer_is_never_believed() -> None:
    dice, reordered = random.Random(11), 0
    for number, image in enumerate(card_stories.stories(OPEN4442, 150)):
        wreck = wrecked(OPEN4442, dice, image)
        plan = OPEN4442.plan_load(wreck, card_stories.random_load(dice, OPEN4442, wreck))
        moved = len(plan.spans) > 2
        reordered += moved
        if moved or number < 4:
            tally = Tally()
            enumerate_tears(OPEN4442, plan, tally)
            assert (tally.bad, tally.nothing) == (0, 0)
    sys.stdout.write(f"{reordered} of 150 wrecks needed another order\n")
    assert reordered


def test_a_wreck_without_a_clean_order_is_refused() -> None:
    layout, dice, refused = wrong_orders.WEAK, random.Random(2), 0
    for _ in range(40):
        wreck = wrecked(layout, dice, card_stories.issued(layout))
        try:
            layout.plan_load(wreck, card_stories.random_load(dice, layout, wreck))
        except Refusal as refusal:
            refused += refusal.code == "card_damaged"
    assert 0 < refused < 40


@pytest.mark.parametrize("kind", list(MeterKind))
def test_a_torn_issue_is_a_blank_until_its_last_bit(kind: MeterKind) -> None:
    issued = card_stories.issued(OPEN4442, kind)
    content = OPEN4442.decode(issued)
    assert content.credit is not None
    assert content.returned is not None
    plan = OPEN4442.plan_issue(
        card_stories.BLANK,
        content.identity,
        content.credit,
        content.limits,
        content.price,
        content.returned,
    )
    *torn, whole = every_state(plan.before, plan.spans)
    assert whole == plan.target
    assert OPEN4442.recognises(whole)
    assert not OPEN4442.is_blank(whole)
    for image in torn:
        assert OPEN4442.is_blank(image)
        assert not OPEN4442.recognises(image)
        assert judge(plan.before, plan.target, plan.owned, image) is not Witness.FOREIGN


def test_a_torn_return_block_shows_the_old_one_or_the_new_one() -> None:
    states = 0
    for image in card_stories.stories(OPEN4442, 8, seed=5):
        dice = random.Random(1)
        loaded = OPEN4442.plan_load(image, card_stories.random_load(dice, OPEN4442, image)).target
        plan = OPEN4442.plan_return(loaded, card_stories.answer(OPEN4442, loaded))
        old, new = OPEN4442.returned(plan.before), OPEN4442.returned(plan.target)
        for torn in every_state(plan.before, plan.spans):
            states += 1
            assert OPEN4442.returned(torn) in (old, new)
    assert states > 8_000


@pytest.mark.parametrize("planted", wrong_orders.PLANTED, ids=lambda planted: planted.name)
def test_the_same_enumeration_finds_a_wrong_order(planted: wrong_orders.Planted) -> None:
    tally = Tally()
    for plan in plans(planted.layout, "load", planted.cards):
        enumerate_tears(planted.layout, plan, tally)
        if tally.bad:
            break
    sys.stdout.write(f"{planted.name}: {tally}\n")
    assert (tally.bad > 0) == planted.is_wrong


def test_the_products_own_enumeration_is_this_one() -> None:
    for old in range(256):
        for new in (0x00, 0x01, 0x56, 0x4D, 0xFE, 0xFF, old):
            assert set(between(old, new)) == legal(old, new)
    plan = next(plans(OPEN4442, "load", 1))
    assert [bytes(image) for image in torn_images(plan.before, plan.spans)] == list(
        every_state(plan.before, plan.spans)
    )


def test_the_virtual_chip_tears_only_as_enumerated() -> None:
    card = cards.card()
    plan = OPEN4442.plan_load(card.image, cards.next_load(card.image))
    states = set(every_state(plan.before, plan.spans))
    steps = _write_torn(card.copy(), plan, None)
    assert steps > 20
    for tear in every_tear(steps, seeds=(1, 2, 3)):
        torn = card.copy()
        _write_torn(torn, plan, tear)
        assert torn.image in states


def _write_torn(card: VirtualCard, plan: WritePlan, cut: Tear | None) -> int:
    chip = card.chip
    chip.power_up()
    present_code(chip, bytes(chip.security[1:]))
    chip.arm(cut)
    with suppress(Torn):
        for span in plan.spans:
            for address, value in enumerate(span.data, start=span.address):
                if chip.main[address] != value:
                    update_main(chip, address, bytes([value]))
    return chip.steps
