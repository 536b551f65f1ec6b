"""docs/card-layouts.md says what the code does: fields, addresses, orders and hex."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.tool_card import Tool
from cardstation.domain.volume import Volume
from drivers.layouts.codec import Block, Operation, Place, Step
from drivers.layouts.example import Example
from drivers.layouts.fields import Field
from drivers.layouts.open4442 import OPEN4442
from drivers.layouts.open_tools import CARRIED, CHANGE4442, TOOL4442, USE
from drivers.layouts.open_tools import HEAD as TOOL
from drivers.layouts.tool_layout import ToolCardLayout
from drivers.virtual.maker import ISSUED_AT
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterState
from drivers.virtual.tool_maker import make_tool_card

DOC = (Path(__file__).parents[2] / "docs" / "card-layouts.md").read_text("utf-8")
SHEET = OPEN4442.declaration


def dump(image: bytes) -> str:
    rows = (f"{at:02X}  {image[at : at + 16].hex(' ').upper()}" for at in range(0x20, 0x100, 16))
    return "\n".join(rows) + "\n"


def changed(before: bytes, after: bytes) -> str:
    """The rows of the second image in which a byte differs from the first."""
    rows = zip(dump(before).splitlines(), dump(after).splitlines(), strict=True)
    return "".join(f"{new}\n" for old, new in rows if old != new)


def table(block: Block) -> str:
    lines = ["| at | bytes | field | encoding |", "|---|---|---|---|"]
    for item in sorted((*block.fields, block.check), key=lambda item: item.offset):
        encoding = item.encoding.value if isinstance(item, Field) else item.kind.value
        lines.append(f"| +{item.offset} | {item.width} | `{item.name}` | {encoding} |")
    return "\n".join(lines)


def order(steps: tuple[Step, ...]) -> str:
    parts = []
    for step in steps:
        reach = step.first if step.first == step.last else f"{step.first}…{step.last}"
        fixed = "" if step.fixed is None else f" := {step.fixed.hex().upper()}"
        parts.append(f"{step.place}.{reach}{fixed}")
    return " → ".join(parts)


def picture() -> str:
    """The map, four columns a byte; a field that crosses a line goes on with an ellipsis."""
    names = ["chip"] * 0x20 + ["spare"] * 0xE0
    for place in SHEET.places:
        for item in (*place.block.fields, place.block.check):
            for offset in range(item.offset, item.offset + item.width):
                names[place.address + offset] = f"{place.name}.{item.name}"
    edge = "    " + "+---" * 16 + "+"
    lines = ["     " + "".join(f" {at:X}  " for at in range(16)).rstrip(), edge]
    for row in range(0, 256, 16):
        cells, at = "", row
        while at < row + 16:
            stop = at + 1
            while stop < row + 16 and names[stop] == names[at]:
                stop += 1
            place, _, name = names[at].partition(".")
            label = SHORT.get(name or place, name or place)
            label = f"…{label}" if at and names[at - 1] == names[at] else label
            cells += "|" + label[: 4 * (stop - at) - 1].ljust(4 * (stop - at) - 1)
            at = stop
        lines += [f" {row:02X} {cells}|{MARGIN.get(row, '')}", edge]
    return "\n".join(line.rstrip() for line in lines) + "\n"


SHORT = {
    "chip": "the chip's own bytes, never touched",
    "version": "ver",
    "maker": "maker + area",
    "card_type": "typ",
    "card_no": "card number",
    "account_no": "account number",
    "meter_no": "meter number",
    "generation": "gen",
    "check": "CRC",
    "unit": "unt",
    "hoard": "hoard limit",
    "kind": "knd",
    "purchase_counter": "counter",
    "loaded_at": "time",
    "written_at": "time",
    "station_no": "station",
    "taken_mark": "taken mark",
    "flags": "flg",
    "error": "err",
    "sequence": "SEQ",
    "scheme": "sch",
    "count": "n",
    **{f"to_{step}": f"to {step}" for step in range(1, 6)},
    **{f"price_{step}": f"price {step}" for step in range(1, 6)},
}
MARGIN = {
    0x20: "  identity 20–41",
    0x40: "  limits 42–4F",
    0x50: "  credit A 50–67",
    0x60: "  credit B 68–7F",
    0x80: "  return A 80–A7 (the meter's)",
    0xA0: "  return B A8–CF (the meter's)",
    0xD0: "  price D0–F1",
    0xF0: "  F2–FF stay FF",
}


def test_the_picture_is_the_codes() -> None:
    assert f"```\n{picture()}```" in DOC


@pytest.mark.parametrize("example", OPEN4442.examples, ids=lambda example: example.name)
def test_the_hex_of_each_example_is_the_codes(example: Example) -> None:
    first = OPEN4442.examples[0]
    same_card = example.content.identity == first.content.identity and example is not first
    shown = changed(first.image(), example.image()) if same_card else dump(example.image())
    assert f"```\n{shown}```" in DOC
    assert example.name in DOC


@pytest.mark.parametrize("name", ["identity", "limits", "credit_a", "return_a", "price"])
def test_the_field_tables_are_the_codes(name: str) -> None:
    block = SHEET.place(name).block
    if name == "price":
        assert "| +2 + 6·n | 3 | `to_1` … `to_5` | uint |" in DOC
        assert "| +5 + 6·n | 3 | `price_1` … `price_5` | uint |" in DOC
        assert f"| +{block.check.offset} | 2 | `check` | crc16 |" in DOC
    else:
        assert table(block) in DOC


@pytest.mark.parametrize("place", SHEET.places, ids=lambda place: place.name)
def test_the_addresses_are_the_codes(place: Place) -> None:
    first, last = place.addresses[0], place.addresses[-1]
    assert f"| {first:02X}–{last:02X} | `{place.name}` | {place.owner} |" in DOC


@pytest.mark.parametrize("operation", list(Operation))
def test_the_write_orders_are_the_codes(operation: Operation) -> None:
    assert f"`{order(SHEET.orders[operation])}`" in DOC


@pytest.mark.parametrize("block", [TOOL, USE], ids=lambda block: block.name)
def test_the_tables_of_tool_cards_are_the_codes(block: Block) -> None:
    assert table(block) in DOC


def test_the_table_of_what_is_carried_is_the_codes() -> None:
    lines = table(CARRIED).splitlines()
    assert "\n".join(one for one in lines if "to_" not in one and "price_" not in one) in DOC


@pytest.mark.parametrize("layout", [TOOL4442, CHANGE4442], ids=lambda one: one.code)
def test_the_addresses_of_tool_cards_are_the_codes(layout: ToolCardLayout) -> None:
    for place in layout.declaration.places:
        first, last = place.addresses[0], place.addresses[-1]
        assert (
            f"| {first:02X}–{last:02X} | `{layout.code}` | `{place.name}` | {place.owner} |" in DOC
        )


def test_the_hex_of_a_tool_card_is_the_codes() -> None:
    card = make_tool_card(Tool.TEST, "QM1799609893", ISSUED_AT, uses=2, test_gas=Volume(500))
    meter = VirtualMeter(MeterState("QM1799609893", residual=3_500), OPEN4442)
    meter.use(card, at=ISSUED_AT)
    assert f"```\n{dump(card.image)}```" in DOC
