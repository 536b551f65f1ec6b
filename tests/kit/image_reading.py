"""Whoever reads strange images: the station's own reading of cards, watched from both sides.

Every image goes through `insert_card` on a chip of paper that only shows it; every so many also
through reader, chip driver and virtual twin, where each command is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

from cardstation.bootstrap.purses import with_purses
from cardstation.domain.household import Household
from cardstation.domain.meter import Meter, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.topup import TopUpRequest
from cardstation.errors import Mishap, Refusal
from cardstation.ports.reader import Presence, Reader
from cardstation.services.identify import Inserted, insert_card
from cardstation.services.read_card import read_card
from cardstation.services.station import Station
from cardstation.services.top_up import top_up
from drivers.measured import Counter as Sent
from drivers.purses import gas_files
from drivers.virtual import VirtualCard, VirtualReader, new_chip
from drivers.virtual.gas_card import VirtualGasCard
from drivers.virtual.volume_purse_maker import make_purse_of
from tests.kit.chips import CASES
from tests.kit.paper_card import PaperChip, PaperReader, StrangerTouched
from tests.kit.purses import software
from tests.kit.station import neighbours, nobody, open_desk
from tests.kit.strange_images import DECLARED, KEYS, SHEETS, Corpus, Declared

REFUSED = frozenset(
    {"foreign_card", "blank_card", "card_damaged", "no_maker_rules", "chip_unknown", "tool_card"}
)
"""All that an image may be refused with; a reader in between may fail besides."""

NOBODYS = "nobody's card, and stopped"
"""A check value that fits by chance, or one household's card number beside another's account."""

READ = REFUSED | {"read", NOBODYS}
THROUGH_TWINS = 50
LOOKED_UP = 3
READING = frozenset({0xA4, 0xB0, 0xB1, 0xB2, 0x01})
TWISTED = {
    MeterKind.MONEY: ("220105000102", "220105000201"),
    MeterKind.VOLUME: ("220105000304", "220105000403"),
}
"""Accounts that two bytes in each other's places make of one another: a sum does not tell them."""

OPENING_SECTORS, PUBLIC_KEY, KEY_A = (0x82, 0x86), b"\xff" * 6, 0x60
ASKING_PURSES = frozenset({0xA4, 0xB0, 0xB2, 0xC0, 0x50, 0x5A})
"""INITIALIZE FOR LOAD (50) changes nothing and carries no key of ours: the card proves itself."""


_PARAMETERS_AT = VirtualGasCard.place(gas_files.PARAMETERS) + gas_files.HEADED
_NUMBERS = {
    MeterKind.MONEY: (range(13, 20), range(_PARAMETERS_AT + 0x1A, _PARAMETERS_AT + 0x26)),
    MeterKind.VOLUME: (range(13, 20), range(_PARAMETERS_AT + 0x14, _PARAMETERS_AT + 0x26)),
}
"""Of a purse card's memory: the card number, the numbers of meter and customer."""


@dataclass
class ImageDesk:
    """A station with everybody of the corpus on file.

    Attributes:
        folder: Of its records.
        counts: What became of the images.
    """

    folder: Path
    corpus: Corpus = field(default_factory=Corpus)
    counts: Counter[str] = field(default_factory=Counter)

    def __enter__(self) -> Self:
        purses = [
            _with_purse(home, no, kind)
            for kind, twisted in TWISTED.items()
            for home, no in zip(neighbours(2), twisted, strict=True)
        ]
        homes = [*self.corpus.homes, *purses]
        opened = open_desk(self.folder / "desk", households=homes)
        self._purses = {
            kind: [make_purse_of(home) for home in purses if home.meter.kind is kind]
            for kind in TWISTED
        }
        told = with_purses(replace(opened.station, keys=KEYS), software())
        self.station = replace(
            told,
            makers=(*told.makers, *(one.rules for one in SHEETS)),
            layouts=(*told.layouts, *(one.layout for one in SHEETS)),
        )
        self._paper = {
            one.chip: replace(self.station, chips=(PaperChip(one.chip),))
            for one in self.station.layouts
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.station.store.close()

    def read(self, seed: int, images: int) -> None:
        """Read so many strange images, all chance from one seed.

        Raises:
            StrangerTouched, AssertionError, Defect: what must never be.
        """
        dice = Random(seed)
        for number in range(images):
            name, sample, image = self.corpus.strange(dice)
            shown = self._on_paper(sample.layout, image, number)
            self.counts[shown] += 1
            assert shown in READ if name != "good" else shown == sample.good, (name, shown)
            if number % THROUGH_TWINS == 0:
                self._in_twin(dice, sample.layout.chip, image)
                self._in_purse(dice)

    def _on_paper(self, layout: Declared, image: bytes, number: int) -> str:
        station = self._paper[layout.chip]
        chip = station.chips[0]
        assert isinstance(chip, PaperChip)
        chip.image = image
        reader = PaperReader()
        with ExitStack() as stack:
            try:
                card = insert_card(station, reader, Presence(reader.name, 1, reader.atr))
            except Refusal as stop:
                return stop.code
            stack.callback(card.close)
            return self._judged(station, card, number)

    def _judged(self, station: Station, card: Inserted, number: int) -> str:
        if not self._in_corpus(card):
            assert read_card(station, card).stop is not None, card.content.identity
            return NOBODYS
        if number % LOOKED_UP == 0:
            read_card(station, card)
        return "read"

    def _in_corpus(self, card: Inserted) -> bool:
        who = card.content.identity
        if not self.corpus.knows(who):
            return False
        layout = next(one for one in DECLARED if one.code == card.layout.code)
        assert self.corpus.may_be(layout, card.image, who), who
        return True

    def _in_twin(self, dice: Random, kind: str, image: bytes) -> None:
        """The image on its own chip or on any other, in any reader that carries the chip."""
        kind = kind if dice.randrange(4) else dice.choice(CASES)[0].name
        firmware = dice.choice([one for one in CASES if one[0].name == kind])
        card = VirtualCard(new_chip(kind))
        put_on(card, image)
        for cells in card.chip.memories.values():
            for _ in range(dice.choice((0, 0, 1, 40))):
                cells[dice.randrange(len(cells))] ^= 1 << dice.randrange(8)
        self._put_in(card, firmware[2], firmware[1], _only_read, self._in_corpus)

    def _in_purse(self, dice: Random) -> None:
        """A CPU card whose files are spoilt, or hold another household's."""
        meter = dice.choice(tuple(TWISTED))
        mine, other = dice.sample(self._purses[meter], 2)
        card = mine.copy()
        cells = card.chip.main
        for _ in range(dice.randrange(4)):
            at, stop = sorted((dice.randrange(len(cells)), dice.randrange(len(cells))))
            kind = dice.randrange(3)
            if kind == 0:
                cells[at] ^= 1 << dice.randrange(8)
            elif kind == 1:
                cells[at], cells[stop] = cells[stop], cells[at]
            else:
                cells[at:stop] = other.chip.main[at:stop]
        issued = {one.name: one.chip.main for one in (mine, other)}

        def whose(found: Inserted) -> bool:
            """Its numbers stand in the files as somebody's were issued."""
            main = issued.get(found.content.identity.card_no, bytearray(len(cells)))
            return all(cells[at] == main[at] for part in _NUMBERS[meter] for at in part)

        self._put_in(card, "acs", "acs", _only_asked, whose)

    def _put_in(
        self,
        card: VirtualCard,
        firmware: str,
        dialect: str,
        fits: Callable[[bytes], bool],
        whose: Callable[[Inserted], bool],
    ) -> None:
        sent = Sent()
        reader = VirtualReader("twin", firmware, chosen=dialect, wrap=sent.wrap)
        before = {name: bytes(cells) for name, cells in card.chip.memories.items()}
        reader.insert(card)
        presence = reader.wait_card(0)
        assert presence is not None
        try:
            self._tried(reader, presence, whose)
        except Refusal as stop:
            self.counts[f"in a reader: {stop.code}"] += 1
        except Mishap as stop:
            self.counts[f"in a reader: {stop.code}"] += 1
        if any(not fits(command) for command in sent.sent):
            raise StrangerTouched(next(one.hex() for one in sent.sent if not fits(one)))
        after = {name: bytes(cells) for name, cells in card.chip.memories.items()}
        assert after == before, "a card that is read stays as it is"

    def _tried(self, reader: Reader, presence: Presence, whose: Callable[[Inserted], bool]) -> None:
        """Read it; and where the desk may not sell to it, try to."""
        with ExitStack() as stack:
            card = insert_card(self.station, reader, presence)
            stack.callback(card.close)
            stop = read_card(self.station, card).stop
            assert whose(card) or stop is not None, card.content.identity
            self.counts["in a reader: read"] += 1
            if stop is not None:
                top_up(self.station, card, TopUpRequest(money=Money.of_yuan("100")), nobody)
                raise AssertionError(f"sold in spite of {stop.code}")


def put_on(card: VirtualCard, image: bytes) -> None:
    """Let an image stand on a twin, as far as there is room."""
    cells = card.chip.main
    if card.chip.contactless:
        for at in range(0, len(image), 16):
            block = at // 48 * 64 + at % 48
            if block < len(cells):
                part = image[at : at + 16]
                cells[block : block + len(part)] = part
        return
    part = image[: len(cells)]
    cells[: len(part)] = part


def _only_read(command: bytes) -> bool:
    """It asks, or opens a sector with the key that everybody knows."""
    if command[1] == OPENING_SECTORS[0]:
        return command[5:] == PUBLIC_KEY
    return command[1] in READING or (command[1] == OPENING_SECTORS[1] and command[8] == KEY_A)


def _only_asked(command: bytes) -> bool:
    return command[1] in ASKING_PURSES


def _with_purse(home: Household, account_no: str, kind: MeterKind) -> Household:
    """A household with numbers of its own that have room on a purse."""
    return replace(
        home,
        account_no=account_no,
        card_no=f"88013099{account_no[-6:]}",
        meter=Meter(f"0017{account_no[-8:]}", kind, None),
        chip="epurse",
    )
