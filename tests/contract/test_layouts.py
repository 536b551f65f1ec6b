"""What every registered card layout must hold; a new one is held to it by its line in LAYOUTS."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import drivers.layouts
from cardstation.domain.card import CardContent, Credit, ReturnBlock, WritePlan
from cardstation.errors import Refusal
from cardstation.ports.layout import Layout
from drivers.layouts import LAYOUTS
from drivers.layouts.checks import Check
from drivers.layouts.codec import Block, Operation
from drivers.layouts.example import Example
from drivers.layouts.fields import Field
from drivers.layouts.tears import torn_images
from drivers.layouts.two_slot import TwoSlotLayout
from drivers.layouts.zone_pair import ZonePairLayout

TWO_SLOT = [layout for layout in LAYOUTS if isinstance(layout, TwoSlotLayout)]
DECLARED = [layout for layout in LAYOUTS if isinstance(layout, TwoSlotLayout | ZonePairLayout)]
CASES = [
    pytest.param(layout, example, id=f"{layout.code}: {example.name}")
    for layout in DECLARED
    for example in layout.examples
]


def blank(layout: TwoSlotLayout) -> bytes:
    return b"\xff" * layout.declaration.size


def issue(layout: Layout, image: bytes, content: CardContent) -> WritePlan:
    assert content.credit is not None
    assert content.returned is not None
    return layout.plan_issue(
        image, content.identity, content.credit, content.limits, content.price, content.returned
    )


def do(layout: Layout, image: bytes, step: tuple[Operation, Credit | ReturnBlock]) -> WritePlan:
    operation, value = step
    if isinstance(value, ReturnBlock):
        return layout.plan_return(image, value)
    load = operation is Operation.LOAD
    return layout.plan_load(image, value) if load else layout.plan_clear(image, value)


def test_codes_are_unique_and_every_layout_has_examples() -> None:
    assert len({layout.code for layout in LAYOUTS}) == len(LAYOUTS)
    assert len(DECLARED) == len(LAYOUTS)
    assert all(layout.examples for layout in DECLARED)


@pytest.mark.parametrize(("layout", "example"), CASES)
def test_an_example_decodes_to_its_value(layout: TwoSlotLayout, example: Example) -> None:
    assert layout.decode(example.image()) == example.content


@pytest.mark.parametrize(("layout", "example"), CASES)
def test_an_example_is_written_byte_by_byte(layout: TwoSlotLayout, example: Example) -> None:
    image = issue(layout, blank(layout), example.issued).target
    assert layout.decode(image) == example.issued
    for step in example.then:
        image = do(layout, image, step).target
    assert image == example.image()


@pytest.mark.parametrize(("layout", "example"), CASES)
def test_what_is_decoded_encodes_to_the_same_blocks(
    layout: TwoSlotLayout, example: Example
) -> None:
    image = example.image()
    for place in layout.declaration.places:
        record = place.read(image)
        if record is None:
            continue
        values = {}
        for field in place.block.fields:
            part = place.bytes_in(image)[field.offset : field.offset + field.width]
            value = field.decode(part)
            assert value is not None
            values[field.name] = value
        assert place.block.encode(values) == place.bytes_in(image)


@pytest.mark.parametrize(("layout", "example"), CASES)
def test_exactly_one_layout_recognises_an_example(layout: Layout, example: Example) -> None:
    assert [other.code for other in LAYOUTS if other.recognises(example.image())] == [layout.code]
    assert not any(other.is_blank(example.image()) for other in LAYOUTS)


@pytest.mark.parametrize(("layout", "example"), CASES)
def test_the_chips_own_bytes_are_never_written(layout: TwoSlotLayout, example: Example) -> None:
    first = layout.declaration.first
    head = bytes(range(first))
    image = head + blank(layout)[first:]
    plans = [issue(layout, image, example.issued)]
    for step in example.then:
        plans.append(do(layout, plans[-1].target, step))
    for plan in plans:
        assert all(span.address >= first for span in plan.spans)
        assert plan.target[:first] == head


@pytest.mark.parametrize("layout", DECLARED, ids=lambda layout: layout.code)
def test_every_byte_belongs_to_one_field_or_is_spare(layout: TwoSlotLayout) -> None:
    declaration = layout.declaration
    owners: dict[int, list[str]] = {a: [] for a in range(declaration.first, declaration.size)}
    for place in declaration.places:
        for item in (*place.block.fields, *place.block.checks):
            for offset in range(item.offset, item.offset + item.width):
                owners[place.address + offset].append(f"{place.name}.{item.name}")
    for spare in declaration.spare:
        for address in spare:
            owners[address].append("spare")
    assert [f"{a:02X}" for a, named in owners.items() if len(named) != 1] == []


def ordered(block: Block) -> list[Field | Check]:
    return sorted((*block.fields, *block.checks), key=lambda item: item.offset)


@pytest.mark.parametrize("layout", TWO_SLOT, ids=lambda layout: layout.code)
def test_every_operation_states_its_order(layout: TwoSlotLayout) -> None:
    assert set(layout.declaration.orders) == set(Operation)
    for operation in (Operation.LOAD, Operation.CLEAR, Operation.RETURN):
        slot = [s for s in layout.declaration.orders[operation] if s.place == "inactive"]
        names = [item.name for item in ordered(layout.credit_slots[0].block)]
        if operation is Operation.RETURN:
            names = [item.name for item in ordered(layout.return_slots[0].block)]
        last = slot[-1]
        assert "sequence" in names[names.index(last.first) : names.index(last.last) + 1]
    covered = {
        place.name: any(
            first <= place.block.field("sequence").offset < stop
            for first, stop in place.block.check.covers
        )
        for place in (*layout.credit_slots, *layout.return_slots)
    }
    assert all(covered.values())


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.code)
def test_a_stranger_is_refused(layout: Layout) -> None:
    size = next(len(one.examples[0].image()) for one in DECLARED if one is layout)
    for image in (b"", bytes(size), b"\xff" * size, bytes(n % 256 for n in range(size))):
        assert not layout.recognises(image)
        with pytest.raises(Refusal):
            layout.decode(image)


@pytest.mark.parametrize("layout", TWO_SLOT, ids=lambda layout: layout.code)
def test_a_card_that_is_wiped_is_a_blank_that_says_by_whom(layout: TwoSlotLayout) -> None:
    for image in (
        example.image() for example in layout.examples if layout.recognises(example.image())
    ):
        plan = layout.plan_wipe(image, b"mark")
        head, first = plan.spans[0], layout.declaration.first
        assert layout.is_blank(plan.target)
        assert not layout.recognises(plan.target)
        assert plan.target[: head.end] == image[:first] + head.data
        assert set(plan.target[head.end :]) == {0xFF}
        content = layout.decode(image)
        if content.credit is not None and content.returned is not None:
            assert layout.decode(issue(layout, plan.target, content).target) == replace(
                content,
                credit=replace(content.credit, sequence=0),
                returned=replace(content.returned, sequence=0),
            )


@pytest.mark.parametrize("layout", [one for one in LAYOUTS if one not in TWO_SLOT])
def test_what_keeps_its_number_for_ever_becomes_nobodys_and_no_blank(
    layout: ZonePairLayout,
) -> None:
    for image in (example.image() for example in layout.examples):
        if not layout.recognises(image):
            continue
        plan = layout.plan_wipe(image, b"mark")
        for torn in map(bytes, torn_images(image, plan.spans)):
            assert not layout.is_blank(torn)
            assert not layout.recognises(torn) or torn == image
    with pytest.raises(Refusal, match="foreign_card"):
        layout.plan_wipe(b"", b"mark")


def test_every_declared_layout_is_registered() -> None:
    """A module of the room that makes a layout must be named by the tuple."""
    folder = Path(str(drivers.layouts.__file__)).parent
    made = 0
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                made += node.func.id in ("TwoSlotLayout", "ZonePairLayout")
    assert made == len(LAYOUTS)
