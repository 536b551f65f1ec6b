"""Images nobody wrote: good cards of every layout and maker, changed in every way cards are spoilt.

Among them are cards of the worked sheets and cards of fitters.

A `Corpus` knows each card it was made of, and which bytes say whose card it is; so it can tell,
without asking the code under test, whether an image may be believed to be somebody's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from cardstation.domain.card import CardIdentity
from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.tool_card import Tool
from cardstation.domain.volume import NO_GAS, Volume
from drivers.keys import CombinedCardKeys
from drivers.layouts import LAYOUTS
from drivers.layouts.codec import Place
from drivers.layouts.keyed import NO_KEYS
from drivers.layouts.one_record import OneRecordLayout
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.layouts.tool_layout import ToolCardLayout
from drivers.layouts.two_slot import TwoSlotLayout
from drivers.layouts.zone_pair import ZonePairLayout
from drivers.makers import MAKERS
from drivers.virtual.maker import CardStory, make_card
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterState
from drivers.virtual.tool_maker import make_tool_card
from tests.kit.sheet_station import SheetCards
from tests.kit.station import neighbours
from tests.kit.tooling import METER, NOW

HouseholdLayout = TwoSlotLayout | ZonePairLayout | OneRecordLayout
Declared = HouseholdLayout | ToolCardLayout
OPEN = tuple(one for one in LAYOUTS if isinstance(one, TwoSlotLayout | ZonePairLayout))
SHEETS = tuple(SheetCards(name) for name in ("interface2012", "secured4442"))
TOOLS = tuple(one for one in TOOL_LAYOUTS if isinstance(one, ToolCardLayout))
DECLARED: tuple[Declared, ...] = (*OPEN, *(one.layout for one in SHEETS), *TOOLS)
WHO = frozenset({"card_no", "account_no"})
KEYS = CombinedCardKeys(bytes(range(32)), (*MAKERS, *(one.rules for one in SHEETS)))
STRANGE_MAKER = "ZZ99"
BURST = 16
"""A check value of 16 bits finds every change that lies within so many bits."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A good card, and what a desk says of it.

    Attributes:
        good: `read`; of a fitter's card that it is one.
    """

    layout: Declared
    image: bytes
    good: str = "read"


def who_places(layout: Declared) -> list[Place]:
    """The places that say whose card it is."""
    return [
        place
        for place in layout.declaration.places
        if any(field.name in WHO for field in place.block.fields)
    ]


class Corpus:
    """Cards of two households for every maker and kind of meter, and the worked examples.

    Attributes:
        homes: The households, for a desk's directory.
        samples: The cards, by layout.
    """

    def __init__(self) -> None:
        assert len(OPEN) == len(LAYOUTS), "a layout of a new kind is to be fuzzed, too"
        assert len(TOOLS) == len(TOOL_LAYOUTS), "a layout of a new kind is to be fuzzed, too"
        self.homes: list[Household] = []
        self.samples: dict[str, list[Sample]] = defaultdict(list)
        self._pieces: dict[CardIdentity, set[bytes]] = defaultdict(set)
        makers = [(rules, kind) for rules in MAKERS for kind in sorted(rules.kinds)]
        every = neighbours(2 * (len(makers) + len(SHEETS)))
        for number, (rules, kind) in enumerate(makers):
            for home in every[2 * number : 2 * number + 2]:
                layout = next(one for one in OPEN if one.code == rules.layout)
                self._moves_in(rules, layout, _of_kind(home, kind))
        for number, sheet in enumerate(SHEETS, start=len(makers)):
            for home in every[2 * number : 2 * number + 2]:
                self._moves_in(sheet.rules, sheet.layout, sheet.fits(home))
        for layout in OPEN:
            for example in layout.examples:
                self._add(layout, example.image())
        for tools in TOOLS:
            self._fitters(tools)

    def _fitters(self, layout: ToolCardLayout) -> None:
        """A card of each kind, as it was made and as a meter left it."""
        for tool in sorted(layout.tools):
            meter_no = "" if tool is Tool.CHECK else METER
            gas = Volume(500) if tool is Tool.TEST else NO_GAS
            card = make_tool_card(tool, meter_no, NOW, chip=layout.chip, test_gas=gas)
            self.samples[layout.code].append(Sample(layout, card.image, "tool_card"))
            meter = next(one for one in OPEN if one.chip == layout.chip)
            state = MeterState(METER, account_no=self.homes[0].account_no, residual=3_500)
            assert VirtualMeter(state, meter).use(card, at=NOW).did
            self.samples[layout.code].append(Sample(layout, card.image, "tool_card"))

    def _moves_in(
        self,
        rules: MakerRules,
        layout: HouseholdLayout,
        home: Household,
    ) -> None:
        self.homes.append(home)
        for story in (CardStory(), CardStory(taken=False)):
            card = make_card(home, rules, layout, KEYS, story=story)
            self._add(layout, card.image)

    def _add(self, layout: HouseholdLayout, image: bytes) -> None:
        who = layout.decode(image).identity
        makers = (*MAKERS, *(one.rules for one in SHEETS))
        fits = any((one.code, one.layout) == (who.maker, layout.code) for one in makers)
        good = "read" if fits else "no_maker_rules"  # an example of another maker's
        self.samples[layout.code].append(Sample(layout, image, good))
        keys = layout.card_keys(image) if isinstance(layout, OneRecordLayout) else NO_KEYS
        whole = [place for place in who_places(layout) if place.read(image, keys) is not None]
        self._pieces[who].update(place.bytes_in(image) for place in whole)

    def knows(self, who: CardIdentity) -> bool:
        """Somebody has such a card."""
        return who in self._pieces

    def may_be(self, layout: Declared, image: bytes, who: CardIdentity) -> bool:
        """Every byte that says whose card it is stands in the image as it was written for them."""
        blocks: dict[str, list[bytes]] = defaultdict(list)
        for place in who_places(layout):
            blocks[place.block.name].append(place.bytes_in(image))
        known = self._pieces[who]
        return all(any(one in known for one in found) for found in blocks.values())

    def draw(self, dice: Random) -> Sample:
        """A good card of any layout."""
        return dice.choice(self.samples[dice.choice(DECLARED).code])

    def strange(self, dice: Random) -> tuple[str, Sample, bytes]:
        """How a card was changed, which one, and what became of its image."""
        sample = self.draw(dice)
        name = dice.choice(tuple(CHANGES))
        return name, sample, CHANGES[name](self, dice, sample)


def _of_kind(home: Household, kind: MeterKind) -> Household:
    return replace(home, meter=replace(home.meter, kind=kind))


Change = Callable[[Corpus, Random, Sample], bytes]


def _bits(_corpus: Corpus, dice: Random, sample: Sample) -> bytes:
    data = bytearray(sample.image)
    for _ in range(dice.randrange(1, 9)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def _burst(_corpus: Corpus, dice: Random, sample: Sample) -> bytes:
    """One burst of wrong bits, as a bad contact leaves it."""
    start = dice.randrange(8 * len(sample.image))
    number = int.from_bytes(sample.image) ^ (dice.getrandbits(BURST) | 1) << start
    return number.to_bytes(len(sample.image) + 3)[-len(sample.image) :]


def _swapped(_corpus: Corpus, dice: Random, sample: Sample) -> bytes:
    """Bytes, near ones most of the time, or whole runs stand in each other's places."""
    data, run = bytearray(sample.image), dice.choice((1, 1, 2, 8, 16))
    first = dice.randrange(len(data) - 2 * run)
    near = min(len(data) - run, first + run + dice.randrange(24))
    second = near if dice.randrange(3) else dice.randrange(first + run, len(data) - run + 1)
    left, right = data[first : first + run], data[second : second + run]
    data[first : first + run], data[second : second + run] = right, left
    return bytes(data)


def _cut(_corpus: Corpus, dice: Random, sample: Sample) -> bytes:
    """Too short, too long, or shifted by what a reader left out."""
    image, at = sample.image, dice.randrange(1, len(sample.image))
    kind = dice.randrange(4)
    if kind == 0:
        return image[:at]
    if kind == 1:
        return image + dice.randbytes(dice.randrange(1, 40))
    fill = dice.choice((b"\xff", b"\x00")) * (len(image) - at)
    return image[:at] + fill if kind == 2 else image[at:] + image[:at]


def _district(_corpus: Corpus, dice: Random, sample: Sample) -> bytes:
    """Another area's maker code: with its check value made anew, or put over the old one."""
    places = sample.layout.declaration.places
    place = next(one for one in places if any(f.name == "maker" for f in one.block.fields))
    record = None if isinstance(sample.layout, OneRecordLayout) else place.read(sample.image)
    if record is not None and dice.randrange(2):
        own = place.block.encode({**record.values, "maker": STRANGE_MAKER})
    else:
        at, own = place.block.field("maker").offset, place.bytes_in(sample.image)
        other = dice.choice(MAKERS).code.encode()
        own = own[:at] + other + own[at + len(other) :]
    return _with(sample.image, place, own)


def _neighbour(corpus: Corpus, dice: Random, sample: Sample) -> bytes:
    """Blocks of another household's card, at their own places or at others of the same size."""
    image = sample.image
    places = sample.layout.declaration.places
    for _ in range(dice.randrange(1, 3)):
        other = dice.choice(corpus.samples[sample.layout.code])
        place = dice.choice(places)
        twins = [one for one in places if one.block.size == place.block.size]
        image = _with(image, dice.choice(twins), place.bytes_in(other.image))
    return image


def _empty(_corpus: Corpus, dice: Random, sample: Sample) -> bytes:
    """A blank, or one kind of byte all over, with a few others or none."""
    fill = bytes([dice.choice((0xFF, 0x00, dice.randrange(256)))])
    data = bytearray(fill * len(sample.image))
    if dice.randrange(2):
        data[:0x20] = sample.image[:0x20]
    for _ in range(dice.choice((0, 0, 1, 8, 60))):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def _worn(_corpus: Corpus, dice: Random, sample: Sample) -> bytes:
    """Cells that hold nothing any more: some of a run read erased, or programmed."""
    data, first = bytearray(sample.image), dice.randrange(len(sample.image))
    high = dice.randrange(2)
    for at in range(first, min(len(data), first + dice.randrange(1, 64))):
        stuck = dice.getrandbits(8) & dice.getrandbits(8)
        data[at] = data[at] | stuck if high else data[at] & ~stuck
    return bytes(data)


def _random(_corpus: Corpus, dice: Random, sample: Sample) -> bytes:
    """Random bytes, after the head of a good card or in the middle of one."""
    size = len(sample.image)
    first, last = sorted((dice.randrange(size), dice.randrange(size)))
    if dice.randrange(3) == 0:
        first, last = 0, size
    return sample.image[:first] + dice.randbytes(last - first) + sample.image[last:]


def _other_chip(corpus: Corpus, dice: Random, sample: Sample) -> bytes:
    """Another layout's card, cut or filled to this chip's size."""
    other, size = corpus.draw(dice).image, len(sample.image)
    at = dice.choice((0, 0, 0x10, 0x20))
    return (b"\xff" * at + other)[:size].ljust(size, dice.choice((b"\xff", b"\x00")))


def _good(_corpus: Corpus, _dice: Random, sample: Sample) -> bytes:
    return sample.image


def _with(image: bytes, place: Place, own: bytes) -> bytes:
    return image[: place.address] + own + image[place.address + len(own) :]


CHANGES: Mapping[str, Change] = {
    "good": _good,
    "bits": _bits,
    "burst": _burst,
    "swapped": _swapped,
    "cut": _cut,
    "district": _district,
    "neighbour's block": _neighbour,
    "empty": _empty,
    "worn": _worn,
    "random": _random,
    "other chip's": _other_chip,
}
