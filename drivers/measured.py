"""What one load costs on a layout's own chip, counted on its virtual twin."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from cardstation.domain.card import Credit, WritePlan
from cardstation.domain.household import Address, Household, HouseholdStatus
from cardstation.domain.meter import Meter, MeterKind
from cardstation.domain.money import NO_MONEY
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import ensure, fail
from cardstation.ports.chip import Chip
from cardstation.ports.layout import Layout
from cardstation.ports.reader import Link
from drivers.chips import CHIPS
from drivers.keys import DemoCardKeys
from drivers.makers import MAKERS
from drivers.virtual.card import VirtualCard
from drivers.virtual.maker import ISSUED_AT, make_card
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.reader import VirtualReader
from drivers.virtual.tear import Tear, Torn, every_tear

READING = frozenset({0xB0, 0xB1})
SEEDS = range(4)
"""Half-way states of a byte that are tried at each sub-step."""

HOME = Household(
    account_no="220104000017",
    name="",
    phone="",
    address=Address("", "", "", ""),
    zone="",
    team="",
    card_no="88013025000017",
    generation=0,
    meter=Meter("QM1799609893", MeterKind.VOLUME, date(2024, 1, 1)),
    chip="",
    tariff="",
    persons=3,
    relief_per_month=NO_GAS,
    bought_this_year=NO_GAS,
    purchase_counter=50,
    arrears=NO_MONEY,
    balance=NO_MONEY,
    status=HouseholdStatus.ACTIVE,
)
"""Somebody with a volume meter."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One load, counted.

    Attributes:
        differing: Bytes the load changes. written: Bytes sent to be written. erased: Bytes whose
            cells were erased and written.
        steps: Erase and write steps of the chip. chip_time_s: How long it was busy writing.
        exchanges: With the reader from insertion to proof. reading: Those of them that read.
    """

    layout: str
    differing: int
    written: int
    erased: int
    steps: int
    chip_time_s: float
    exchanges: int
    reading: int


class Counter:
    """Counts the exchanges of the links it is put around."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def wrap(self, link: Link) -> Link:
        """A link whose exchanges are counted."""
        return CountedLink(link, self)


class CountedLink:
    """A link that tells its counter what was sent."""

    def __init__(self, link: Link, counter: Counter) -> None:
        self.reader, self.atr, self.dialect = link.reader, link.atr, link.dialect
        self._link, self._counter = link, counter

    def exchange(self, command: bytes) -> bytes:
        """Count and pass on."""
        self._counter.sent.append(command)
        return self._link.exchange(command)

    def close(self) -> None:
        """Close the link below."""
        self._link.close()


def measured(layout: Layout) -> Measured:
    """Count one load on a card of this layout that was used before."""
    card = _used(layout)
    plan = _next_load(layout, card.image, b"\x11\x22\x33\x44")
    driver = next(one for one in CHIPS if one.name == layout.chip)
    dialect, counter = next(iter(driver.spoken)), Counter()
    reader = VirtualReader("bench", dialect, chosen=dialect, wrap=counter.wrap)
    reader.insert(card)
    presence = reader.wait_card(0) or fail("a card lies in the reader")

    def powered() -> tuple[Link, Chip]:
        link = reader.open(presence)
        return link, driver.attach(link)

    link, chip = powered()
    ensure(chip.read() == plan.before, "the card is as it was planned for")
    chip.tries_left()
    chip.unlock(card.chip.secret)
    card.chip.arm(None)
    wear, busy = sum(card.chip.wear), card.chip.chip_time_s
    chip.write(plan.before, plan.spans)
    steps, busy = card.chip.steps, card.chip.chip_time_s - busy
    link.close()
    link, chip = powered()
    ensure(chip.read() == plan.target, "the card carries what was planned")
    link.close()
    return Measured(
        layout=layout.code,
        differing=sum(a != b for a, b in zip(plan.before, plan.target, strict=True)),
        written=sum(max(0, len(one) - 5) for one in counter.sent if one[1] in (0xD0, 0xD6)),
        erased=sum(card.chip.wear) - wear,
        steps=steps,
        chip_time_s=busy,
        exchanges=len(counter.sent),
        reading=sum(one[1] in READING for one in counter.sent),
    )


@dataclass(frozen=True, slots=True)
class TornLoads:
    """What a card shows that was pulled in the middle of a load, counted over its sub-steps."""

    cuts: int
    old: int
    new: int
    neither: int


def torn_loads(layout: Layout) -> TornLoads:
    """Pull a card of this layout at every sub-step of one load, in several half-way states."""
    card = _used(layout)
    plan = _next_load(layout, card.image, b"\x11\x22\x33\x44")
    old, new = layout.decode(plan.before), layout.decode(plan.target)
    held = {name: bytes(cells) for name, cells in card.chip.memories.items()}
    shown = []
    _host_writes(card, plan, None)
    for tear in every_tear(card.chip.steps, SEEDS):
        for name, cells in held.items():
            card.chip.memories[name][:] = cells
        with suppress(Torn):
            _host_writes(card, plan, tear)
        shown.append(layout.decode(card.image))
    olds, news = shown.count(old), shown.count(new)
    return TornLoads(len(shown), olds, news, len(shown) - olds - news)


def _host_writes(card: VirtualCard, plan: WritePlan, cut: Tear | None) -> None:
    card.chip.power_up()
    card.chip.host_open(card.chip.secret)
    card.chip.arm(cut)
    card.chip.host_write(plan.spans)
    card.chip.power_off()


def _used(layout: Layout) -> VirtualCard:
    rules = next(one for one in MAKERS if one.layout == layout.code and one.training)
    card = make_card(HOME, rules, layout, DemoCardKeys())
    meter = VirtualMeter.of_card(layout.decode(card.image), layout, rules.school)
    for number in range(3):
        plan = _next_load(layout, card.image, bytes([9, 8, 7, number]))
        _host_writes(card, plan, None)
        meter.take(card, at=ISSUED_AT)
    return card


def _next_load(layout: Layout, image: bytes, mark: bytes) -> WritePlan:
    shown: Credit = layout.decode(image).credit or fail("a card in use shows its last load")
    load, total = Volume.of_m3("35"), shown.cumulative
    ensure(isinstance(total, Volume), "a volume card")
    credit = replace(
        shown,
        quantity=load,
        purchase_counter=shown.purchase_counter + 1,
        cumulative=(total if isinstance(total, Volume) else NO_GAS) + load,
        mark=mark,
    )
    return layout.plan_load(image, credit)
