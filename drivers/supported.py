"""Writes docs/supported-cards.md from what is registered: `./dev python -m drivers.supported`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cardstation.domain.meter import (
    Clearing,
    CounterSchool,
    MakerRules,
    MeterKind,
    Reissue,
    WaitingLoad,
)
from cardstation.ports.chip import Chip, ChipDriver
from cardstation.ports.layout import Layout
from cardstation.ports.tool_layout import ToolLayout
from drivers.chips import CHIPS
from drivers.layouts import LAYOUTS
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.makers import MAKERS
from drivers.makers.purse_cards import PURSE_CARDS
from drivers.measured import (
    HOME,
    SEEDS,
    Measured,
    TornLoads,
    measured,
    measured_desk,
    torn_loads,
    torn_work,
)
from drivers.measured_purse import least_purse, measured_purse, torn_at_meter, torn_purse
from drivers.operations import WHOLE, Operation, operations_of, planned_tool
from drivers.purses import PURSES
from drivers.purses.pboc import PbocDriver
from drivers.readers import DIALECTS
from drivers.virtual.card import VirtualCard, new_chip
from drivers.virtual.reader import VirtualReader

PAGE = Path(__file__).parents[1] / "docs" / "supported-cards.md"

HEAD = """# Supported cards

Made from what is registered in `drivers/` by `./dev python -m drivers.supported`; a test says when
it is out of date. A new reader, chip, layout, maker or purse is one file and one line in the tuple
of its room (`DIALECTS`, `CHIPS`, `LAYOUTS`, `MAKERS`, `PURSES`), and the contract suite of that
tuple takes it in by itself: `tests/contract/`, the same over the real card service in
`tests/integration/test_pcsc_every_chip.py` and `test_pcsc_every_work.py`, every tear in
`tests/property/test_torn_cards.py`, each money service under power cuts in
`tests/property/test_power_cut.py`, and each work on a whole card in
`tests/property/test_work_cuts.py`. A maker's own sheet is registered at a station
([writing layouts](writing-layouts.md#registering)); `cardstation layout list` shows it there.
"""


def page() -> str:
    """The whole page."""
    parts = (
        *(_readers(), _chips(), _layouts(), _tools(), _makers(), _services()),
        *(_figures(), _torn(), _purses()),
    )
    return "\n".join([HEAD, *(part + "\n" for part in parts)])


def _readers() -> str:
    rows = [
        (f"`{one.name}`", one.readers, _words(d.title for d in CHIPS if one.name in d.spoken))
        for one in sorted(DIALECTS, key=lambda one: one.name)
    ]
    return "## Readers\n\n" + _table(("dialect", "readers", "chips"), rows)


def _chips() -> str:
    rows = [_chip_row(driver) for driver in CHIPS]
    head = ("chip", "driver", "bytes of data", "code", "wrong codes", "changes as one", "readers")
    said = (
        "\n\nA chip that counts no wrong codes shows – there. What a chip changes as one, a tear\n"
    )
    return (
        "## Chips\n\n" + _table(head, rows) + said + "may disturb as one; a layout allows for it."
    )


def _chip_row(driver: ChipDriver) -> tuple[str, ...]:
    chip = _attached(driver)
    bears = str(chip.all_tries) if chip.all_tries > 1 else "–"
    sizes = sorted({len(one) for one in chip.smears})
    unit = " or ".join(map(str, sizes)) + " bytes" if sizes else "a byte"
    code = f"{len(driver.blank_code)} bytes" if driver.blank_code else "none"
    spoken = _words(f"`{name}`" for name in driver.spoken)
    data = sum(map(len, chip.writable))
    return driver.title, f"`{driver.name}`", str(data), code, bears, unit, spoken


def _attached(driver: ChipDriver) -> Chip:
    dialect = next(iter(driver.spoken))
    reader = VirtualReader("page", dialect, chosen=dialect)
    reader.insert(VirtualCard(new_chip(driver.name)))
    presence = reader.wait_card(0)
    if presence is None:
        raise LookupError(driver.name)
    return driver.attach(reader.open(presence))


def _layouts() -> str:
    rows = [
        (
            f"`{one.code}`",
            f"`{one.chip}`",
            "yes" if one.marks_loads else "no",
            _makers_of(one),
        )
        for one in LAYOUTS
    ]
    head = ("layout", "chip", "says whose load", "makers")
    return "## Layouts\n\n" + _table(head, rows)


def _tools() -> str:
    rows = [
        (f"`{one.code}`", f"`{one.chip}`", _words(sorted(one.tools)), str(one.most_uses))
        for one in TOOL_LAYOUTS
    ]
    said = (
        "Cards of fitters (工具卡), in `TOOL_LAYOUTS`: `tests/contract/test_tool_layouts.py`, and\n"
        "pulled out of meters in `tests/property/test_torn_tools.py`.\n\n"
    )
    return "## Tool cards\n\n" + said + _table(("layout", "chip", "kinds", "uses"), rows)


def _makers_of(layout: Layout) -> str:
    return _words(f"`{rules.code}`" for rules in MAKERS if rules.layout == layout.code)


_SCHOOLS = {
    CounterSchool.EXACT: "exactly its own + 1",
    CounterSchool.GREATER: "anything greater",
    CounterSchool.CUMULATIVE: "the total, not a counter",
    CounterSchool.NONE: "whatever is not marked taken",
}


_SHOWN = (*MAKERS, PURSE_CARDS)
"""Purses are no members of `MAKERS`: no desk has them without their keys."""


def _makers() -> str:
    rows = [_maker_row(rules) for rules in _SHOWN]
    head = (
        *("maker", "layout", "the meter takes", "counter to", "said before", "reissues to"),
        *("said before", "meters", "step m³", "most at once m³", "meter holds", "for"),
    )
    said = (
        "Before a counter or a reissue count is used up, the desk says so as many loads or cards\n"
        "ahead as stand beside it; no counter begins again. What a meter holds at most is what a\n"
        "new card tells it.\n"
    )
    traps = [f"- `{rules.code}`: {trap}" for rules in _SHOWN for trap in rules.traps]
    heard = "What to know; a desk that has such a card in hand says it, in its own language:\n"
    return "\n".join(["## Makers\n", said, _table(head, rows), "", heard, *traps])


def _maker_row(rules: MakerRules) -> tuple[str, ...]:
    kinds = _words(kind.value for kind in MeterKind if kind in rules.kinds)
    counts = rules.school is not CounterSchool.NONE
    holds = _words(str(rules.limits_of(kind).hoard) for kind in MeterKind if kind in rules.kinds)
    return (
        f"`{rules.code}`",
        f"`{rules.layout}`",
        _SCHOOLS[rules.school],
        str(rules.counter_max) if counts else "–",
        str(rules.warn_loads) if counts else "–",
        str(rules.generation_max) if rules.issues else "–",
        str(rules.warn_cards) if rules.issues else "–",
        kinds,
        rules.volume_step.m3,
        rules.per_load_max.m3,
        holds if rules.issues else "as its card says",
        "training" if rules.training else "sale",
    )


_WAITING = {
    WaitingLoad.TAKEN_BACK: "taken back, then sold anew",
    WaitingLoad.METER_FIRST: "its meter takes it first",
}
_REISSUED = {
    Reissue.LOADED: "with the last load",
    Reissue.READ: "with the last load where the meter was read, else without",
    Reissue.ELSEWHERE: "at its centre",
}
_CLEARED = {
    Clearing.BLANK: ("a blank again", "a blank again"),
    Clearing.SPENT: ("kept", "taken back, spent"),
    Clearing.NEVER: ("kept", "stays the card"),
}


def _services() -> str:
    """Rows of makers whose cards are served alike stand together."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for rules in _SHOWN:
        alike.setdefault(_service_row(rules), []).append(f"`{rules.code}`")
    rows = [(_words(codes), *row) for row, codes in alike.items()]
    head = (
        *("makers", "layout", "a load that waits", "new card", "in the place of a lost one"),
        *("for another meter", "a dead card", "a new card, the lost one found", "tool cards"),
    )
    said = (
        "Every card is loaded, read and examined. No card gets a second load on top of one that\n"
        "waits (`docs/adr/0026-load-on-a-load.md`). Where its card is not written for another\n"
        "meter, the household gets another card.\n\n"
    )
    return "## Services of each maker\n\n" + said + _table(head, rows)


def _service_row(rules: MakerRules) -> tuple[str, ...]:
    used = next((one for one in LAYOUTS if one.code == rules.layout), None)
    rewritten, chip = used is not None and used.rewrites, "" if used is None else used.chip
    return (
        f"`{rules.layout}`",
        _WAITING[rules.on_waiting_load],
        "from a blank" if rules.issues else "at its centre",
        _REISSUED[rules.reissue],
        "written anew" if rewritten else "another card",
        *_CLEARED[rules.clears],
        "yes" if chip in {one.chip for one in TOOL_LAYOUTS} else "no",
    )


ONE_SEED = range(1)
"""A whole card has ten times the sub-steps of a load; one half-way state of each is tried."""
TOOLS = ((False, "made"), (True, "made a blank"))


def _figures() -> str:
    rows = [
        _figure_row(measured(layout, operation), operation)
        for layout in LAYOUTS
        for operation in operations_of(layout, HOME)
    ]
    for tool in TOOL_LAYOUTS:
        for back, what in TOOLS:
            rows.append(_figure_row(measured_desk(tool, planned_tool(tool, back=back)), what))
    head = (
        *("layout", "operation", "bytes written", "least", "cells worn", "least"),
        *("steps", "chip time ms", "exchanges", "least", "of them reading"),
    )
    return (
        "## What an operation costs, beside what it must\n\n"
        "35 m³ loaded onto a card in use and taken back again; a blank issued, bound to its\n"
        "meter, made in the place of a card that was lost with a load on it; a card in use\n"
        "written for another meter, or cleared (an AT88SC102 becomes nobody's); a fitter's card\n"
        "made and made a blank again: from insertion to the proof after a fresh power-up, on the\n"
        "virtual chip; and what a meter writes back at the card's own pins. The least that can be\n"
        "written are the bytes that differ (a zone's erase writes some that nobody sends); the\n"
        "least that can wear is what the chip changes as one around them; the least of exchanges\n"
        "is to choose and read the card before and after, to present its code, one command for\n"
        "each run of bytes that differ, and where a card gets a code those that give it. A desk\n"
        "also asks for wrong codes first, reads each part back before the next, and writes a byte\n"
        "twice that stands for the whole. A step is one erase or one write. Purses: below.\n\n"
        + _table(head, rows)
    )


def _figure_row(one: Measured, operation: str) -> tuple[str, ...]:
    asked = (one.exchanges, one.least_exchanges, one.reading)
    by_desk = operation != Operation.RETURN
    return (
        f"`{one.layout}`",
        operation,
        str(one.written) if by_desk else "–",
        *(str(n) for n in (one.differing, one.erased, one.least_erased, one.steps)),
        f"{1000 * one.chip_time_s:.0f}",
        *(str(n) if by_desk else "–" for n in asked),
    )


def _torn() -> str:
    rows = [
        _torn_row(layout, operation, torn_loads(layout, operation, _seeds(operation)))
        for layout in LAYOUTS
        for operation in operations_of(layout, HOME)
    ]
    for tool in TOOL_LAYOUTS:
        for back, what in TOOLS:
            torn = torn_work(tool, planned_tool(tool, back=back), ONE_SEED)
            rows.append(_torn_row(tool, what, torn))
    for driver in PURSES:
        for what, torn in (
            ("load, what its meter wrote cleared", torn_purse(driver)),
            ("meter takes", torn_at_meter(driver)),
        ):
            rows.append((f"`{driver.name}`", "CPU card", what, *_counts(torn)))
    head = (
        *("layout or purse", "chip", "operation", "pulled", "old", "new", "neither"),
        *("finished at the next insertion", "laid aside"),
    )
    return (
        "## Pulled at every sub-step\n\n"
        "In four half-way states of each sub-step (one where a whole card is written): the card\n"
        "shows the state before, the new one, or neither. What does not show the new one is put\n"
        "in again, at the desk or at the meter, which does the same once more over what is left.\n"
        "Neither, at a meter: the meter has the gas and the card does not say so yet. Neither, of\n"
        "a whole card: it is nobody's card until the desk that began it has finished it. What a\n"
        "tear does while a card gets its code is not among them: `tests/kit/cut_works.py`.\n\n"
        + _table(head, rows)
    )


def _seeds(operation: Operation) -> range:
    return ONE_SEED if operation in WHOLE else SEEDS


def _torn_row(layout: Layout | ToolLayout, what: str, torn: TornLoads) -> tuple[str, ...]:
    return (f"`{layout.code}`", f"`{layout.chip}`", what, *_counts(torn))


def _counts(torn: TornLoads) -> tuple[str, ...]:
    aside = torn.old + torn.neither - torn.mended
    shown = (torn.cuts, torn.old, torn.new, torn.neither, torn.mended, aside)
    return tuple(str(n) for n in shown)


def _purses() -> str:
    rows = [_purse_row(driver) for driver in PURSES]
    head = (
        *("purse", "driver", "meters", "by T=0: plan, load, find out, clear", "least"),
        *("by T=1", "least", "bytes sent to load", "least"),
    )
    return (
        "## Purses\n\n"
        "CPU cards that keep money or gas themselves, in any contact reader: they are asked, not\n"
        "written (`docs/adr/0012-purses.md`). Exchanges of each from a fresh power-up; the least\n"
        "is to select the application and to ask once for each thing. What no MAC covers is read\n"
        "twice, who the card is among it. With a load the desk clears what the meter wrote back,\n"
        "in two updates (`drivers/purses/clearing.py`). For the money path a purse is a chip\n"
        "whose image is a statement of facts; both are proven. Who holds their keys is a setting\n"
        "(`docs/purse-cards.md`).\n\n" + _table(head, rows)
    )


def _purse_row(driver: PbocDriver) -> tuple[str, ...]:
    found = [
        one
        for by_t1 in (False, True)
        for one in (measured_purse(driver, by_t1=by_t1), least_purse(by_t1=by_t1))
    ]
    asked = [", ".join(map(str, (one.plan, one.load, one.find_out, one.clear))) for one in found]
    sent = [str(one.sent) for one in found[2:]]
    return driver.title, f"`{driver.name}`", driver.counts.value, *asked, *sent


def _words(names: Iterable[str]) -> str:
    return ", ".join(names) or "–"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(_lines(head, rows))


def _lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    sys.stdout.write(f"{PAGE}\n")
