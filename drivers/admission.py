"""What a sheet must hold, beside its own proof, before a station sells to its cards.

The layouts of this program are held to the same by `tests/contract/test_layouts.py` and
`tests/property/test_torn_cards.py`; a sheet comes without tests, so it is looked at here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from cardstation.domain.card import CardContent, Credit, Quantity, Span, WritePlan
from cardstation.domain.meter import CounterSchool, MakerRules
from cardstation.domain.money import Money
from cardstation.errors import Refusal, fail
from cardstation.ports.layout import Layout
from drivers.layouts import LAYOUTS
from drivers.layouts.codec import OWN_BYTES
from drivers.layouts.example import Example
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.layouts.proof import Finding, next_load, prove, torn_finding
from drivers.layouts.sheet import Sheet
from drivers.operations import host_writes
from drivers.virtual.card import VIRTUAL_CHIPS, VirtualCard, new_chip
from drivers.virtual.maker import ISSUED_AT
from drivers.virtual.tear import Torn, every_tear
from drivers.virtual.tool_maker import make_tool_card

_TAKEN_BY: Mapping[CounterSchool, tuple[str, ...]] = {
    CounterSchool.EXACT: ("quantity", "purchase_counter"),
    CounterSchool.GREATER: ("quantity", "purchase_counter"),
    CounterSchool.CUMULATIVE: ("quantity", "cumulative"),
    CounterSchool.NONE: ("quantity",),
}
"""What a meter of each school goes by."""
SEEDS = range(2)
"""Half-way states of a byte or page that are tried at each sub-step of the chip."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the station has already.

    Attributes:
        sheets: Registered ones, but for one of the same code.
        libraries: Codes of the layouts of makers' libraries.
        makers: Of all other cards.
        training: It is a training desk.
    """

    sheets: tuple[Sheet, ...]
    libraries: tuple[str, ...]
    makers: tuple[MakerRules, ...]
    training: bool

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """Those of this program and those of the sheets."""
        return (*LAYOUTS, *(one.layout for one in self.sheets))

    def images(self) -> Iterator[tuple[str, bytes]]:
        """Cards of other layouts, each with whose it is."""
        for layout in LAYOUTS:
            examples: tuple[Example, ...] = getattr(layout, "examples", ())
            for one in examples:
                yield layout.code, one.image()
        for sheet in self.sheets:
            for example in sheet.examples:
                yield sheet.layout.code, example.image
        for tools in TOOL_LAYOUTS:
            for tool in sorted(tools.tools):
                yield tools.code, make_tool_card(tool, "", ISSUED_AT, chip=tools.chip).image


def proven(sheet: Sheet, beside: Beside) -> tuple[Finding, ...]:
    """The sheet's own proof, its chip, and that it looks at all of the chip.

    Raises:
        Refusal: `layout_key_missing`, `layout_key_malformed`.
    """
    return _chip(sheet), _first(sheet), *prove(sheet, beside.layouts)


def admitted(sheet: Sheet, beside: Beside) -> tuple[Finding, ...]:
    """All that a registered sheet must hold; what it shows wrong already is not asked further.

    Raises:
        Refusal: as `proven`.
    """
    found = list(proven(sheet, beside))
    if not all(one.ok for one in found):
        return tuple(found)
    found += _apart(sheet, beside)
    if sheet.rules is None:
        return (*found, Finding("card", False, "the rules of the maker are not stated"))
    found += _of_maker(sheet, sheet.rules, beside)
    for example in sheet.examples:
        found += _on_chip(sheet, example.name, example.image)
    return tuple(found)


def _chip(sheet: Sheet) -> Finding:
    chip, size = sheet.layout.chip, sheet.layout.declaration.size
    if chip not in VIRTUAL_CHIPS:
        return Finding("chip", False, f"{chip}: not one of {', '.join(sorted(VIRTUAL_CHIPS))}")
    has = len(new_chip(chip).image)
    return Finding("chip", size == has, f"{chip} has {has} bytes, the sheet {size}")


def _first(sheet: Sheet) -> Finding:
    """What lies below `first` is not looked at: a stranger's card would count as a blank."""
    first, own = sheet.layout.declaration.first, OWN_BYTES.get(sheet.layout.chip, 0)
    return Finding("first", first == own, f"{first:02X}; {own:02X} bytes are the chip's own")


def _apart(sheet: Sheet, beside: Beside) -> Iterator[Finding]:
    """Nobody else's card is taken for one of these, nor a stranger's."""
    layout, size = sheet.layout, sheet.layout.declaration.size
    codes = (*beside.libraries, *(one.code for one in beside.layouts))
    yield Finding("code", layout.code not in codes, layout.code)
    taken = {
        code
        for code, image in beside.images()
        if layout.recognises(image) or layout.is_blank(image)
    }
    yield Finding("cards of others", not taken, ", ".join(sorted(taken)) or "known by their own")
    strangers = (bytes(size), b"\xff" * size, bytes(n % 256 for n in range(size)))
    fooled = sum(map(layout.recognises, strangers))
    yield Finding("strangers", not fooled, f"{fooled} of {len(strangers)} taken for a card")
    states = {layout.decode(one.image).pending is None for one in sheet.examples}
    both = states == {True, False}
    yield Finding(
        "one load waits, one was taken", both, "shown" if both else "not shown by examples"
    )


def _of_maker(sheet: Sheet, rules: MakerRules, beside: Beside) -> Iterator[Finding]:
    used = rules.code in {one.code for one in beside.makers}
    yield Finding("maker", not used, f"{rules.code} is in use" if used else rules.code)
    real = beside.training or not rules.training
    yield Finding("training", real, "as the desk" if real else "published codes at a real desk")
    shown = [sheet.layout.decode(one.image) for one in sheet.examples]
    others = {one.identity.maker for one in shown} - {rules.code}
    yield Finding("maker on the cards", not others, ", ".join(sorted(others)) or rules.code)
    yield _room(sheet, rules, shown[0])


def _room(sheet: Sheet, rules: MakerRules, shown: CardContent) -> Finding:
    """The smallest and largest load and the last counter fit, and what the meter takes is read."""
    credit, image = shown.credit or fail("a proven example shows its load"), sheet.examples[0].image
    money = isinstance(credit.quantity, Money)
    loads: tuple[Quantity, ...] = (
        (Money(1), rules.money_limits.hoard) if money else (rules.volume_step, rules.per_load_max)
    )
    for load in loads:
        meant = replace(next_load(credit), quantity=load, purchase_counter=rules.counter_max)
        try:
            plan = sheet.layout.plan_load(image, meant)
        except Refusal as stop:
            return Finding("room", False, f"{load}: {stop.values.get('field', stop.code)}")
        held = sheet.layout.decode(plan.target).credit
        lost = [
            one
            for one in _TAKEN_BY[rules.school]
            if getattr(held, one, None) != getattr(meant, one)
        ]
        if lost:
            return Finding("room", False, f"{load}: {', '.join(lost)} not read back")
    return Finding("room", True, f"{loads[0]} – {loads[-1]}, counter {rules.counter_max}")


def _on_chip(sheet: Sheet, name: str, image: bytes) -> Iterator[Finding]:
    """A load and its taking back on the chip's twin, pulled at every sub-step, and finished."""
    layout = sheet.layout
    card = VirtualCard(new_chip(layout.chip))
    places = layout.declaration.places
    spans = tuple(Span(one.address, one.bytes_in(image)) for one in places)
    host_writes(card, WritePlan(card.image, spans, ()))
    if any(one.bytes_in(card.image) != one.bytes_in(image) for one in places):
        yield Finding(f"{name}: on its chip", False, "the chip does not take these bytes")
        return
    credit = layout.decode(card.image).credit or fail("a proven example shows its load")
    load = layout.plan_load(card.image, next_load(credit))
    yield from _pulled(sheet, f"{name}: load", card, load, clears=False)
    host_writes(card, load)
    clear = layout.plan_clear(card.image, _taken_back(credit))
    yield from _pulled(sheet, f"{name}: clearing", card, clear, clears=True)


def _taken_back(credit: Credit) -> Credit:
    """What takes the next load off again: no gas, counter and total as before it."""
    return replace(credit, quantity=type(credit.quantity)(0))


def _pulled(
    sheet: Sheet, name: str, card: VirtualCard, plan: WritePlan, *, clears: bool
) -> Iterator[Finding]:
    layout = sheet.layout
    memories = {memory: bytes(cells) for memory, cells in card.chip.memories.items()}
    host_writes(card, plan)
    written = card.image == plan.target
    yield Finding(f"{name} on its chip", written, f"{card.chip.steps} steps")
    meant = layout.decode(plan.target).credit
    if not written or meant is None:
        return
    images = []
    for tear in every_tear(card.chip.steps, SEEDS):
        for memory, cells in memories.items():
            card.chip.memories[memory][:] = cells
        with suppress(Torn):
            host_writes(card, plan, tear)
        images.append(card.image)
    for memory, cells in memories.items():
        card.chip.memories[memory][:] = cells
    yield torn_finding(layout, f"{name} pulled on its chip", plan, images)
    planner = layout.plan_clear if clears else layout.plan_load
    stuck = sum(not _ends_in(plan, partial(planner, image, meant)) for image in images)
    yield Finding(f"{name} finished after it", not stuck, f"{stuck} of {len(images)} are not")


def _ends_in(plan: WritePlan, again: Callable[[], WritePlan]) -> bool:
    try:
        return again().target == plan.target
    except Refusal:
        return False
