"""Images nobody wrote: read without a crash, never for another household's card, never with a code.

`FUZZ=1000000` tries so many of each layout.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from cardstation.domain.card import CardIdentity
from cardstation.errors import Refusal
from cardstation.ports.layout import Layout
from cardstation.ports.reader import Link
from cardstation.services.identify import insert_card
from drivers.keys import CombinedCardKeys
from drivers.layouts import LAYOUTS
from drivers.makers import MAKERS
from drivers.measured import Counter
from drivers.virtual import VirtualCard, VirtualReader, new_chip
from drivers.virtual.maker import make_card
from tests.kit import cards
from tests.kit.station import Desk, layout_of, open_desk

IMAGES = int(os.environ.get("FUZZ", "3000"))
MAKER = {rules.layout: rules for rules in reversed(MAKERS)}
KEYS = CombinedCardKeys(bytes(range(32)))
every_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.code)
CODE_COMMANDS = frozenset({0x20, 0x21, 0x82})
BURST = 16
"""A check value of 16 bits finds every change that lies within so many bits."""


def mutated(dice: random.Random, image: bytes) -> bytes:
    """A good card with one burst of wrong bits, as a bad contact leaves it."""
    start = dice.randrange(8 * len(image))
    number = int.from_bytes(image)
    number ^= (dice.getrandbits(BURST) | 1) << start
    return number.to_bytes(len(image) + 3)[-len(image) :]


def strange(dice: random.Random, image: bytes) -> bytes:
    """Bytes of nobody: random, of one kind, or the head of a good card before random ones."""
    kind = dice.randrange(4)
    if kind == 0:
        return bytes([dice.randrange(256)]) * len(image)
    keep = 0 if kind == 1 else dice.randrange(len(image))
    return image[:keep] + dice.randbytes(len(image) - keep)


def told(layout: Layout, image: bytes) -> CardIdentity | str:
    """Whose card it is, or the code of the refusal."""
    try:
        return layout.decode(image).identity
    except Refusal as stop:
        return stop.code


@every_layout
def test_whatever_is_read_is_this_household_or_a_refusal(
    layout: Layout, record_property: Callable[[str, object], None]
) -> None:
    dice = random.Random(7)
    good = make_card(cards.household(), MAKER[layout.code], layout, KEYS).image
    whose = layout.decode(good).identity
    read = 0
    for number in range(IMAGES):
        image = (strange if number % 2 else mutated)(dice, good)
        layout.is_blank(image)
        layout.is_torn(image)
        shown = told(layout, image)
        assert shown in (whose, "foreign_card", "card_damaged")
        read += shown == whose
    assert read > IMAGES // 10
    record_property("counted", {"strange images read, wrong household 0:": IMAGES})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    yield opened
    opened.station.store.close()


@pytest.mark.parametrize("kind", ["sle4442", "sle4428", "at24c02", "at88sc102", "mifare1k"])
def test_no_code_is_presented_to_a_stranger(desk: Desk, kind: str) -> None:
    """The public key of contactless cards is no code of a card; it is how they are read."""
    dice, counter = random.Random(11), Counter()
    contactless = kind == "mifare1k"
    good = next(one for one in LAYOUTS if one.chip == kind)
    issued = make_card(cards.household(), MAKER[good.code], layout_of(MAKER[good.code]), KEYS)

    def watched(link: Link) -> Link:
        return counter.wrap(link)

    for _ in range(40):
        desk.reader = VirtualReader(dialect="part3" if contactless else "acs", wrap=watched)
        card = VirtualCard(new_chip(kind))
        spoilt(dice, card, issued)
        before = {name: bytes(cells) for name, cells in card.chip.memories.items()}
        desk.reader.insert(card)
        presence = desk.reader.wait_card(0)
        assert presence is not None
        with suppress(Refusal):
            insert_card(desk.station, desk.reader, presence).close()
        assert {name: bytes(cells) for name, cells in card.chip.memories.items()} == before
    codes = [one for one in counter.sent if one[1] in CODE_COMMANDS]
    assert counter.sent
    assert all(contactless and one[5:] == b"\xff" * 6 for one in codes)


def spoilt(dice: random.Random, card: VirtualCard, issued: VirtualCard) -> None:
    """Other bytes where data stands; the chip's own are left, or the reader would not know it."""
    image = strange(dice, issued.image)
    at = {"mifare1k": 16}.get(card.chip.kind, 0x20)
    card.chip.main[at : at + 48] = image[at : at + 48]
