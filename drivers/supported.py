"""Writes docs/supported-cards.md from what is registered: `./dev python -m drivers.supported`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cardstation.domain.meter import CounterSchool, MakerRules, MeterKind
from cardstation.ports.chip import Chip, ChipDriver
from cardstation.ports.layout import Layout
from cardstation.ports.purse import PurseDriver
from drivers.chips import CHIPS
from drivers.layouts import LAYOUTS
from drivers.makers import MAKERS
from drivers.measured import Measured, measured, torn_loads
from drivers.measured_purse import measured_purse, torn_purse
from drivers.purses import PURSES
from drivers.readers import DIALECTS
from drivers.virtual.card import VirtualCard, new_chip
from drivers.virtual.reader import VirtualReader

PAGE = Path(__file__).parents[1] / "docs" / "supported-cards.md"

HEAD = """# Supported cards

Made from what is registered in `drivers/` by `./dev python -m drivers.supported`; a test says when
it is out of date. A new reader, chip, layout, maker or purse is one file and one line in the tuple
of its room (`DIALECTS`, `CHIPS`, `LAYOUTS`, `MAKERS`, `PURSES`), and the contract suite of that
tuple takes it in by itself: `tests/contract/`, the same over the real card service in
`tests/integration/test_pcsc_every_chip.py`, every tear in `tests/property/test_torn_cards.py`, and
each money service under power cuts in `tests/property/test_power_cut.py`.
"""


def page() -> str:
    """The whole page."""
    parts = (_readers(), _chips(), _layouts(), _makers(), _figures(), _purses())
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
    rows = []
    for one in LAYOUTS:
        torn, whose = torn_loads(one), "yes" if one.marks_loads else "no"
        counts = (str(n) for n in (torn.cuts, torn.old, torn.new, torn.neither))
        rows.append((f"`{one.code}`", f"`{one.chip}`", whose, _makers_of(one), *counts))
    head = ("layout", "chip", "says whose load", "makers", "pulled", "old", "new", "neither")
    said = (
        "\n\nPulled at every sub-step of a load, in four half-way states of each: the card shows\n"
    )
    return (
        "## Layouts\n\n" + _table(head, rows) + said + "the load before, the new one, or neither."
    )


def _makers_of(layout: Layout) -> str:
    return _words(f"`{rules.code}`" for rules in MAKERS if rules.layout == layout.code)


_SCHOOLS = {
    CounterSchool.EXACT: "exactly its own + 1",
    CounterSchool.GREATER: "anything greater",
    CounterSchool.CUMULATIVE: "the total, not a counter",
    CounterSchool.NONE: "whatever is not marked taken",
}


def _makers() -> str:
    rows = [_maker_row(rules) for rules in MAKERS]
    head = (
        *("maker", "layout", "the meter takes", "counter to", "reissues to", "meters"),
        *("step m³", "most at once m³", "for"),
    )
    traps = [f"- `{rules.code}`: {trap}" for rules in MAKERS for trap in rules.traps]
    return "\n".join(["## Makers\n", _table(head, rows), "", "What to know:\n", *traps])


def _maker_row(rules: MakerRules) -> tuple[str, ...]:
    kinds = _words(kind.value for kind in MeterKind if kind in rules.kinds)
    return (
        f"`{rules.code}`",
        f"`{rules.layout}`",
        _SCHOOLS[rules.school],
        "–" if rules.school is CounterSchool.NONE else str(rules.counter_max),
        str(rules.generation_max),
        kinds,
        rules.volume_step.m3,
        rules.per_load_max.m3,
        "training" if rules.training else "sale",
    )


def _figures() -> str:
    rows = [_figure_row(one) for one in map(measured, LAYOUTS)]
    head = (
        *("layout", "bytes that differ", "bytes written", "bytes erased", "steps", "chip time ms"),
        *("exchanges: whole load", "of them reading"),
    )
    return (
        "## What one load costs\n\n"
        "A load of 35 m³ on a card in use, from insertion to the proof after a fresh power-up, on\n"
        "the virtual chip; a step is one erase or one write of what the chip changes as one. The\n"
        "theoretical minimum is to write the bytes that differ, and nothing else.\n\n"
        + _table(head, rows)
    )


def _figure_row(one: Measured) -> tuple[str, ...]:
    return (
        f"`{one.layout}`",
        *(str(n) for n in (one.differing, one.written, one.erased, one.steps)),
        f"{1000 * one.chip_time_s:.0f}",
        *(str(n) for n in (one.exchanges, one.reading)),
    )


def _purses() -> str:
    rows = [_purse_row(driver) for driver in PURSES]
    head = (
        *("purse", "driver", "exchanges by T=0: plan, load, find out", "by T=1"),
        *("cut", "old", "new", "neither"),
    )
    return (
        "## Purses\n\n"
        "CPU cards that keep money themselves, in any contact reader: they are asked, not written\n"
        "(`docs/adr/0012-purses.md`). Cut inside the card at every sub-step of a load, in four\n"
        "half-way states of each. For the money path a purse is a chip whose image is a statement\n"
        "of facts; both are proven. Who holds their keys is a setting (`docs/purse-cards.md`).\n\n"
        + _table(head, rows)
    )


def _purse_row(driver: PurseDriver) -> tuple[str, ...]:
    by_t0, by_t1 = (measured_purse(driver, by_t1=by_t1) for by_t1 in (False, True))
    torn = torn_purse(driver)
    return (
        driver.title,
        f"`{driver.name}`",
        *(", ".join(map(str, (one.plan, one.load, one.find_out))) for one in (by_t0, by_t1)),
        *(str(n) for n in (torn.cuts, torn.old, torn.new, torn.neither)),
    )


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
