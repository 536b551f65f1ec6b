"""What every layout of tool cards must hold; a new one is held to it by its line in the tuple."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from cardstation.domain.card import PriceBlock, PriceStep, WritePlan
from cardstation.domain.meter import CounterSchool
from cardstation.domain.money import Money
from cardstation.domain.tool_card import Carried, Tool, ToolCard, ToolContent, ToolUse
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.ports.layout import Format
from cardstation.ports.tool_layout import ToolLayout
from drivers.layouts import LAYOUTS
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.layouts.tears import torn_images
from drivers.layouts.tool_layout import ToolCardLayout
from drivers.layouts.two_slot import TwoSlotLayout
from drivers.layouts.zone_pair import ZonePairLayout

AT = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
EVERY: tuple[Format, ...] = (*LAYOUTS, *TOOL_LAYOUTS)
CASES = [
    pytest.param(layout, tool, id=f"{layout.code}: {tool.value}")
    for layout in TOOL_LAYOUTS
    for tool in sorted(layout.tools)
]


def tool_card(layout: ToolLayout, tool: Tool) -> ToolCard:
    return ToolCard(
        maker="CS01",
        tool=tool,
        tool_no="T00001000017",
        meter_no="" if tool is Tool.CHECK else "QM1799609893",
        uses=layout.most_uses,
        work_order="GD-20261127-0042",
        made_at=AT,
        valid_until=AT + timedelta(days=3),
        test_gas=Volume(500 if tool is Tool.TEST else 0),
        station_no=1,
        mark=b"\x01\x02\x03\x04",
    )


def use(number: int) -> ToolUse:
    return ToolUse(
        meter_no="QM1799609893",
        purchase_counter=50 + number,
        residual=Money(-7),
        cumulative=Money(1_500_000),
        used=Volume(1_496_500),
        flags=("magnet", "valve_closed"),
        error=4,
        at=AT + timedelta(hours=number),
    )


CARRIED = Carried(
    school=CounterSchool.EXACT,
    account_no="220104000017",
    generation=4,
    taken_mark=b"\xa1\xb2\xc3\xd4",
    overdraft=2_000,
    alarm=1_000,
    price=PriceBlock(3, (PriceStep(390, 28_000), PriceStep(None, 42_000))),
    tier_litres=123_456,
    tier_year=2026,
    part_e5=99_999,
)


def blank(layout: ToolLayout) -> bytes:
    size = {"sle4442": 256, "sle4428": 1021}[layout.chip]
    return bytes(range(0x20)) + b"\xff" * (size - 0x20)


def made(layout: ToolLayout, tool: Tool) -> bytes:
    return layout.plan_make(blank(layout), tool_card(layout, tool)).target


def full(layout: ToolLayout, tool: Tool) -> bytes:
    """A card of which every use is done."""
    image = made(layout, tool)
    for place in range(1, layout.most_uses + 1):
        carried = CARRIED if tool is Tool.CHANGE and place == 1 else None
        image = layout.plan_claim(image, place, use(place), carried).target
        image = layout.plan_done(image, place).target
    return image


def knowing(image: bytes) -> list[str]:
    return [one.code for one in EVERY if one.recognises(image)]


@pytest.mark.parametrize(("layout", "tool"), CASES)
def test_what_is_written_is_what_is_read(layout: ToolLayout, tool: Tool) -> None:
    card = tool_card(layout, tool)
    image = made(layout, tool)
    assert layout.decode(image) == ToolContent(card)
    assert image[:0x20] == bytes(range(0x20))
    uses = tuple(replace(use(n), done=True) for n in range(1, layout.most_uses + 1))
    carried = CARRIED if tool is Tool.CHANGE else None
    assert layout.decode(full(layout, tool)) == ToolContent(card, uses, carried)


@pytest.mark.parametrize(("layout", "tool"), CASES)
def test_exactly_one_layout_knows_it_made_or_full(layout: ToolLayout, tool: Tool) -> None:
    for image in (made(layout, tool), full(layout, tool)):
        assert knowing(image) == [layout.code]
        assert not any(one.is_blank(image) for one in EVERY)
        for other in LAYOUTS:
            with pytest.raises(Refusal, match="foreign_card"):
                other.decode(image)


@pytest.mark.parametrize("layout", TOOL_LAYOUTS, ids=lambda one: one.code)
def test_no_household_card_is_taken_for_a_tool(layout: ToolLayout) -> None:
    for other in LAYOUTS:
        assert isinstance(other, TwoSlotLayout | ZonePairLayout)
        for example in other.examples:
            image = example.image()
            assert not layout.recognises(image)
            with pytest.raises(Refusal, match="foreign_card"):
                layout.decode(image)
    for image in (b"", bytes(256), b"\xff" * 256, blank(layout)):
        assert not layout.recognises(image)


@pytest.mark.parametrize(("layout", "tool"), CASES)
def test_torn_as_it_is_made_it_is_a_blank_to_everybody_or_whole(
    layout: ToolLayout, tool: Tool
) -> None:
    plan = layout.plan_make(blank(layout), tool_card(layout, tool))
    same_chip = [one for one in EVERY if one.chip == layout.chip]
    for torn in torn_images(plan.before, plan.spans):
        image = bytes(torn)
        if image == plan.target:
            assert knowing(image) == [layout.code]
        else:
            assert knowing(image) == []
            assert all(one.is_blank(image) for one in same_chip)


@pytest.mark.parametrize(("layout", "tool"), CASES)
def test_wiped_it_is_a_blank_that_says_by_whom(layout: ToolLayout, tool: Tool) -> None:
    image = full(layout, tool)
    plan = layout.plan_wipe(image, b"mark")
    head = plan.spans[0]
    assert knowing(plan.target) == []
    assert layout.is_blank(plan.target)
    assert plan.target[:0x20] == image[:0x20]
    assert plan.target[head.address : head.end] == head.data == b"\xfemark"
    for torn in torn_images(plan.before, plan.spans):
        assert set(knowing(bytes(torn))) <= {layout.code}


@pytest.mark.parametrize(("layout", "tool"), CASES)
def test_a_torn_use_says_nothing_or_that_it_was_begun(layout: ToolLayout, tool: Tool) -> None:
    """Written over a blank place, and over what an earlier pull left there."""
    carried = CARRIED if tool is Tool.CHANGE else None
    first = layout.plan_claim(made(layout, tool), 1, use(1), carried)
    for before in left_by(first):
        plan = layout.plan_claim(before, 1, use(2), carried)
        meant = (use(2),), carried
        for torn in torn_images(before, plan.spans):
            shown = layout.decode(bytes(torn))
            assert not shown.broken
            if shown.uses:
                assert (shown.uses, shown.carried) in (meant, ((use(1),), carried))
        ended = layout.plan_done(plan.target, 1)
        [*states] = torn_images(plan.target, ended.spans)
        assert len(states) == 2
        assert layout.decode(ended.target).uses == (replace(use(2), done=True),)


def left_by(plan: WritePlan) -> list[bytes]:
    """A few pulls of another claim, the last one whole."""
    states = [bytes(one) for one in torn_images(plan.before, plan.spans)]
    return [states[0], states[len(states) // 3], states[-2], states[-1]]


@pytest.mark.parametrize("layout", TOOL_LAYOUTS, ids=lambda one: one.code)
def test_more_than_finds_room_is_refused(layout: ToolLayout) -> None:
    card = tool_card(layout, min(layout.tools))
    for wrong in (
        replace(card, uses=layout.most_uses + 1),
        replace(card, uses=0),
        replace(card, work_order="GD-20261127-00421"),
        replace(card, work_order="工单一号"),
        replace(card, meter_no="QM17996098931"),
    ):
        with pytest.raises(Refusal, match="field_does_not_fit"):
            layout.plan_make(blank(layout), wrong)


@pytest.mark.parametrize("layout", TOOL_LAYOUTS, ids=lambda one: one.code)
def test_random_and_changed_images_never_become_another_card(layout: ToolLayout) -> None:
    """One bit, one burst, random bytes: it is refused, or reads as the card that was written."""
    assert isinstance(layout, ToolCardLayout)
    dice, tool = Random(7), min(layout.tools)
    whole = full(layout, tool)
    card = layout.decode(whole).card
    for _ in range(2_000):
        image = bytearray(whole)
        at = dice.randrange(0x20, 0x100)
        if dice.randrange(2):
            image[at] ^= 1 << dice.randrange(8)
        else:
            size = dice.randrange(1, 200)
            image[at : at + size] = dice.randbytes(len(image[at : at + size]))
        for one in EVERY:
            if one.recognises(bytes(image)):
                assert one is layout
                assert layout.decode(bytes(image)).card == card


def test_codes_are_unique_and_every_tool_has_a_card_on_each_chip() -> None:
    assert len({one.code for one in EVERY}) == len(EVERY)
    for chip in {one.chip for one in TOOL_LAYOUTS}:
        tools = [tool for one in TOOL_LAYOUTS if one.chip == chip for tool in one.tools]
        assert sorted(tools) == sorted(Tool)
