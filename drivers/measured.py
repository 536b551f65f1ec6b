"""What an operation costs on a layout's chip and what a tear of it leaves, counted on a twin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial

from cardstation.domain.card import WritePlan
from cardstation.domain.household import Address, Household, HouseholdStatus
from cardstation.domain.meter import Meter, MeterKind
from cardstation.domain.money import NO_MONEY
from cardstation.domain.volume import NO_GAS
from cardstation.errors import ensure, fail
from cardstation.ports.chip import Chip, ChipDriver
from cardstation.ports.layout import Layout
from cardstation.ports.reader import Link
from cardstation.ports.tool_layout import ToolLayout
from drivers.chips import CHIPS
from drivers.operations import Code, Operation, Planned, host_writes, planned, shows
from drivers.virtual.card import VirtualCard, new_chip
from drivers.virtual.reader import VirtualReader
from drivers.virtual.tear import Torn, every_tear

WORD, LARGEST_PAGE = 2, 32
READING = frozenset({0xB0, 0xB1})
CHANGING = frozenset({0xD0, 0xD2, 0xD6, 0x05})
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
    """One operation, counted.

    Attributes:
        differing: Bytes it changes: the least that can be written. least_erased: Bytes of what
            the chip changes as one around them. written: Bytes sent to be written. erased: Bytes
            whose cells were erased and written.
        steps: Erase and write steps of the chip. chip_time_s: How long it was busy writing.
        exchanges: With the reader from insertion to proof. reading: Those of them that read.
        least_exchanges: The card chosen and read before and after, its code presented, one
            command for each run of bytes that differ.
    """

    layout: str
    differing: int
    least_erased: int
    written: int
    erased: int
    steps: int
    chip_time_s: float
    exchanges: int
    least_exchanges: int
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


def measured(layout: Layout, operation: Operation = Operation.LOAD) -> Measured:
    """Count one operation of a desk, or of a meter at the card's own pins (`RETURN`)."""
    work = planned(layout, operation, HOME)
    if operation is not Operation.RETURN:
        return measured_desk(layout, work)
    chip = work.card.chip
    wear, begun = sum(chip.wear), chip.chip_time_s
    host_writes(work.card, work.plan)
    busy = chip.chip_time_s - begun
    return _counted(layout, work, (chip.steps, busy), sum(chip.wear) - wear)


def measured_desk(layout: Layout | ToolLayout, work: Planned) -> Measured:
    """Count what a desk does with a card in its reader."""
    chip = work.card.chip
    bench, wear = _Bench(_driver_of(layout), work.card), sum(chip.wear)
    done = bench.done(work.plan, work.code)
    return _counted(layout, work, done, sum(chip.wear) - wear, bench)


def _driver_of(layout: Layout | ToolLayout) -> ChipDriver:
    return next(one for one in CHIPS if one.name == layout.chip)


def _counted(
    layout: Layout | ToolLayout,
    work: Planned,
    done: tuple[int, float],
    erased: int,
    bench: _Bench | None = None,
) -> Measured:
    units = _units(_smears(_driver_of(layout)), work.plan)
    sent = [] if bench is None else bench.counter.sent
    return Measured(
        layout=layout.code,
        differing=_differing(work.plan),
        least_erased=_least_erased(work.plan, units),
        written=sum(max(0, len(one) - 5) for one in sent if one[1] in (0xD0, 0xD6)),
        erased=erased,
        steps=done[0],
        chip_time_s=done[1],
        exchanges=len(sent),
        least_exchanges=0 if bench is None else bench.least + _runs(units),
        reading=sum(one[1] in READING for one in sent),
    )


class _Bench:
    """A reader with one card in it, whose exchanges are counted.

    Attributes:
        least: What no desk can spare: the card chosen and read twice, its code presented.
    """

    def __init__(self, driver: ChipDriver, card: VirtualCard) -> None:
        self.counter = Counter()
        self.least = 0
        self._driver = driver
        dialect = next(iter(self._driver.spoken))
        self._reader = VirtualReader("bench", dialect, chosen=dialect, wrap=self.counter.wrap)
        self._reader.insert(card)
        self._presence = self._reader.wait_card(0) or fail("a card lies in the reader")
        self._card = card

    def done(self, plan: WritePlan, code: Code) -> tuple[int, float]:
        """Do it as a desk does; returns the chip's steps and how long it was busy writing."""
        twin, blank = self._card.chip, self._driver.blank_code
        link, chip = self.powered()
        ensure(chip.read() == plan.before, "the card is as it was planned for")
        self.least = 2 * len(self.counter.sent) + bool(twin.secret)
        chip.tries_left()
        chip.unlock(twin.secret)
        twin.arm(None)
        busy = twin.chip_time_s
        if code is Code.BLANK and blank:
            self._gives(chip, blank)
            link.close()
            link, chip = self.powered()
            chip.unlock(blank)
        chip.write(plan.before, plan.spans)
        if code is Code.OWN and blank:
            self._gives(chip, bytes(range(1, 1 + len(blank))))
        steps, busy = twin.steps, twin.chip_time_s - busy
        link.close()
        link, chip = self.powered()
        ensure(chip.read() == plan.target, "the card carries what was planned")
        link.close()
        return steps, busy

    def _gives(self, chip: Chip, code: bytes) -> None:
        """Another code: what changes it cannot be spared."""
        before = len(self.counter.sent)
        chip.set_code(self._card.chip.secret, code)
        self.least += sum(one[1] in CHANGING for one in self.counter.sent[before:])

    def powered(self) -> tuple[Link, Chip]:
        """The card after a fresh power-up."""
        link = self._reader.open(self._presence)
        return link, self._driver.attach(link)


def _differing(plan: WritePlan) -> int:
    return sum(a != b for a, b in zip(plan.before, plan.target, strict=True))


def _least_erased(plan: WritePlan, units: Sequence[range]) -> int:
    """Cells of what must be changed as one; a word or zone whose bits only fall needs no erase."""
    before, target = plan.before, plan.target
    return sum(
        len(unit)
        for unit in units
        if not _is_word_or_zone(unit) or any(target[at] & ~before[at] for at in unit)
    )


def _is_word_or_zone(unit: range) -> bool:
    return len(unit) == WORD or len(unit) > LARGEST_PAGE


def _units(smears: Sequence[range], plan: WritePlan) -> list[range]:
    """What the chip changes as one, wherever a byte of it differs; ascending."""
    pairs = enumerate(zip(plan.before, plan.target, strict=True))
    places = [at for at, (old, new) in pairs if old != new]
    found = {next((one for one in smears if at in one), range(at, at + 1)) for at in places}
    return sorted(found, key=lambda one: one.start)


def _smears(driver: ChipDriver) -> tuple[range, ...]:
    link, chip = _Bench(driver, VirtualCard(new_chip(driver.name))).powered()
    link.close()
    return chip.smears


def _runs(units: Sequence[range]) -> int:
    """Commands that cannot be spared.

    One for each run of single bytes, one for each page or block; for a zone one to erase it, too.
    """
    runs, end = 0, -1
    for unit in units:
        runs += (unit.start != end or len(unit) > 1) + (len(unit) > LARGEST_PAGE)
        end = unit.stop
    return runs


@dataclass(frozen=True, slots=True)
class TornLoads:
    """What a card shows that was pulled in the middle of an operation, counted over its sub-steps.

    Attributes:
        mended: Of those that show the old state or neither, how many the same operation brings to
            its end at the next insertion.
    """

    cuts: int
    old: int
    new: int
    neither: int
    mended: int = 0


def torn_loads(
    layout: Layout, operation: Operation = Operation.LOAD, seeds: Iterable[int] = SEEDS
) -> TornLoads:
    """Pull a card at every sub-step of one operation, in several half-way states."""
    return torn_work(layout, planned(layout, operation, HOME), seeds)


def torn_work(
    layout: Layout | ToolLayout, work: Planned, seeds: Iterable[int] = SEEDS
) -> TornLoads:
    """Pull a card at every sub-step of what was planned, in several half-way states.

    A card that is no card any more, on its way to another, shows neither state: where a blank is
    made of it, that begins with its first byte, and only all of them end it.
    """
    card, plan = work.card, work.plan
    stand = partial(_stand, layout, plan, of_bytes=work.code is Code.BLANK)
    old, new = stand(plan.before), stand(plan.target)
    held = {name: bytes(cells) for name, cells in card.chip.memories.items()}
    host_writes(card, plan)
    shown, mended = [], 0
    for tear in every_tear(card.chip.steps, seeds):
        for name, cells in held.items():
            card.chip.memories[name][:] = cells
        with suppress(Torn):
            host_writes(card, plan, tear)
        shown.append(stand(card.image))
        if shown[-1] != new:
            host_writes(card, work.again(card.image))
            mended += stand(card.image) == new
    olds, news = shown.count(old), shown.count(new)
    return TornLoads(len(shown), olds, news, len(shown) - olds - news, mended)


def _stand(layout: Layout | ToolLayout, plan: WritePlan, image: bytes, *, of_bytes: bool) -> object:
    """What a card shows; where every blank looks alike, the whole of it."""
    if of_bytes and not layout.recognises(image):
        return image == plan.target
    return shows(layout, image)
