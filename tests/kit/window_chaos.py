"""A bag in the window's lanes while a seed draws what hands, readers, paper and clerks do.

The window is whole and without threads, over the real services, store and layout: what a watch
would tell of a reader is told at once. An accident strikes inside a write of the chip.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from cardstation.bootstrap.desk_readers import DeskReaders
from cardstation.bootstrap.desk_wiring import Wiring
from cardstation.domain.batch import LineState, ManifestLine
from cardstation.domain.household import Address, Household
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.errors import Mishap, ReaderGone
from cardstation.ports.reader import Reader
from cardstation.services.batch_state import batch_state
from cardstation.services.close_shift import close_shift
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from cardstation.settings import Settings
from drivers.virtual import PullAfter, VirtualCard, VirtualReader
from tests.kit.shifts import ANNA, BEN, FLOAT, PINS, desk_on_duty
from tests.kit.station import Desk, card_of, line, neighbours, put_batch
from tests.kit.window_stage import application
from ui.courier import InlineCourier
from ui.desk import DeskWindow
from ui.screens.batch import BatchScreen, BatchView
from ui.screens.batch.lane_state import LaneState
from ui.screens.counter.state import Phase
from ui.session import Lanes, Session

LANES, CARDS, STRANGERS = 3, 9, 4
MOST_BYTES = 20
"""A load changes fewer; an accident beyond them never strikes."""
MOST_HARM = 2
"""So often one card is harmed: a password has three tries."""
MOST_CARDS = 8 * CARDS
"""Cards laid in peace before a bag counts as stuck."""


class Luck(StrEnum):
    """What happens to one card, or around it."""

    PLAIN = "left alone"
    TORN = "pulled inside a write"
    SWAPPED = "exchanged inside a write"
    UNPLUGGED = "reader unplugged inside a write"
    STRANGE = "card of nobody on the list"
    PAUSED = "run paused"
    RELIEVED = "another clerk took over"
    NO_PAPER = "printer out of paper"
    OTHER = "out of another's envelope"
    LATER = "its envelope scanned later"


HARMS = frozenset({Luck.TORN, Luck.SWAPPED, Luck.UNPLUGGED})


@dataclass(frozen=True)
class Room:
    """The readers of this process."""

    all: tuple[VirtualReader, ...]

    def readers(self) -> tuple[Reader, ...]:
        return self.all


@dataclass
class Paper:
    """A printer that is out of paper for the next so many receipts."""

    missing: int = 0
    refused: int = 0

    def refuses(self) -> bool:
        if not self.missing:
            return False
        self.missing -= 1
        self.refused += 1
        return True


@dataclass
class WindowBag:
    """The desk, its window, and a bag of cards.

    Attributes:
        cards, strangers: By household; nothing is ever written to a stranger's.
        told: What happened, and how often.
    """

    desk: Desk
    window: DeskWindow
    readers: tuple[VirtualReader, ...]
    batch_id: str
    cards: dict[str, VirtualCard]
    strangers: list[VirtualCard]
    homes: Sequence[Household]
    paper: Paper
    chance: random.Random
    clerk: str = ANNA
    harmed: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)

    @property
    def batch(self) -> BatchScreen:
        found = self.window.session.screens["batch"]
        assert isinstance(found, BatchScreen)
        return found

    @property
    def lanes(self) -> tuple[LaneState, ...]:
        return self.batch.model.state.lanes

    def play(self, moves: int) -> None:
        """So many moves of bad luck."""
        for _ in range(moves):
            luck = self.chance.choice(list(Luck))
            self.told[luck.value] += 1
            if luck is Luck.PAUSED:
                self.batch.model.pause()
                self._card_comes(luck)
                self.batch.model.start()
            elif luck is Luck.RELIEVED:
                self._relieve()
            elif luck is Luck.NO_PAPER:
                self.paper.missing += self.chance.randrange(3)
            else:
                self._card_comes(luck)
            self.nothing_stays()

    def finish(self) -> None:
        """In peace: every card that is not loaded comes until it is."""
        self.paper.missing = 0
        for at in range(LANES):
            self._empty(at)
        for at in range(MOST_CARDS):
            left = self.left()
            if not left:
                break
            if not self.batch.model.state.running:
                self.batch.model.start()
            lane = at % LANES
            self._lay(lane, self.cards[self._wanted(lane, left)])
            self.nothing_stays()
            self._empty(lane)
        assert not self.left(), [(one, self.lanes) for one in self.left()]
        self.nothing_stays()

    def left(self) -> list[str]:
        """Cards that are not loaded, or not finished."""
        outcomes = batch_state(self.desk.station, self.batch_id).outcomes
        return [one.line.card_no for one in outcomes if one.state is not LineState.DONE]

    def nothing_stays(self) -> None:
        """A tile speaks of the household whose card lies there, and of nobody else."""
        application().processEvents()
        view = self.window.view("batch")
        assert isinstance(view, BatchView)
        tiles = view.open.lanes.tiles
        for at, (lane, tile) in enumerate(zip(self.lanes, tiles, strict=True)):
            said = f"{tile.state.title} {tile.state.line} {tile.accessibleName()}"
            card = None if lane.trouble else self._lying(at)
            own = "" if card is None else self._home_of(card).name
            assert not [one.name for one in self.homes if one.name in said and one.name != own]
            if card is None:
                assert lane.phase in (Phase.EMPTY, Phase.PULLED), lane
                assert (lane.place, lane.done, lane.envelope) == (0, None, ""), lane

    def _card_comes(self, luck: Luck) -> None:
        at = self.chance.randrange(LANES)
        self._empty(at)
        self.nothing_stays()
        if luck is Luck.STRANGE:
            self._lay(at, self._stranger())
            return
        lying = [self._lying(one) for one in range(LANES)]
        free = [card_no for card_no, one in self.cards.items() if one not in lying]
        left = set(self.left()) if luck in HARMS else set()
        card_no = self.chance.choice([one for one in free if one in left] or free)
        card = self.cards[card_no]
        if luck in HARMS and self.harmed[card_no] < MOST_HARM:
            self.harmed[card_no] += 1
            self._arm(luck, at, card)
        self._lay(at, card, luck)
        self.told["accidents inside a write"] += self._struck(at, card)
        card.chip.on_change = None
        card.chip.arm(None)

    def _arm(self, luck: Luck, at: int, card: VirtualCard) -> None:
        """The accident strikes once, after so many bytes of the card have changed."""
        reader, after = self.readers[at], self.chance.randrange(1, MOST_BYTES)
        if luck is Luck.TORN:
            card.chip.arm(PullAfter(after))
            return
        card.chip.arm(None)
        other = self._stranger() if luck is Luck.SWAPPED else None

        def strike() -> None:
            if card.chip.changed_bytes < after:
                return
            card.chip.on_change = None
            if other is None:
                reader.unplug()
            else:
                reader.pull()
                reader.insert(other)

        card.chip.on_change = strike

    def _scan(self, at: int, luck: Luck) -> None:
        """Envelopes as the tiles ask for them, until the card of this reader has had its turn."""
        while self.lanes[at].waits_for_scan and luck is not Luck.LATER:
            asks = self.batch.model.state.scanning
            assert asks is not None
            own = self.batch.model.state.line(asks.place)
            assert own is not None
            if luck is not Luck.OTHER:
                self.batch.model.scan(own.line.envelope)
                continue
            images = [card.image for card in self.cards.values()]
            self.batch.model.scan(self._other_envelope(own.line))
            assert self.lanes[asks.number - 1].code == "card_in_other_envelope"
            assert [card.image for card in self.cards.values()] == images

    def _other_envelope(self, own: ManifestLine) -> str:
        lines = batch_state(self.desk.station, self.batch_id).batch.lines
        return self.chance.choice([one.envelope for one in lines if one.envelope != own.envelope])

    def _lay(self, at: int, card: VirtualCard, luck: Luck = Luck.PLAIN) -> None:
        """Put it in; then the watch tells what it finds afterwards."""
        reader, places = self.readers[at], self.window.session.tools.place
        reader.insert(card)
        presence = reader.wait_card(0)
        assert presence is not None
        places.well(reader.name)
        places.arrived(presence)
        self._scan(at, luck)
        try:
            over = reader.wait_removed(presence, 0)
            now = reader.wait_card(0)
        except ReaderGone as gone:
            places.troubled(gone, reader.name)
            return
        if over:
            places.gone(reader.name)
            if now is not None:
                places.arrived(now)

    def _empty(self, at: int) -> None:
        """Nothing lies there, the reader is plugged in, and nothing is held back for it."""
        reader, places = self.readers[at], self.window.session.tools.place
        reader.pull()
        reader.plug()
        places.well(reader.name)
        places.gone(reader.name)
        assert not reader.occupied

    def _wanted(self, at: int, left: list[str]) -> str:
        """The card that was torn in this lane goes first."""
        torn = self.lanes[at].torn
        return torn.card_no if torn is not None and torn.card_no in left else left[0]

    def _relieve(self) -> None:
        """The clerk closes the shift in the middle of the run; another opens one and goes on."""
        heir = BEN if self.clerk == ANNA else ANNA
        station = self.desk.station
        close_shift(station, PINS[self.clerk], counted=FLOAT, handed_to=heir, handed_pin=PINS[heir])
        open_shift(station, heir, PINS[heir], float_money=FLOAT)
        self.clerk = heir
        self.batch.model.look_round()
        self.batch.model.start()

    def _struck(self, at: int, card: VirtualCard) -> bool:
        """Something came between this card and its reader."""
        return self._lying(at) is not card or self.lanes[at].trouble is not None

    def _lying(self, at: int) -> VirtualCard | None:
        firmware = self.readers[at]._firmware
        return None if firmware is None else firmware.card

    def _home_of(self, card: VirtualCard) -> Household:
        every = [*self.cards.values(), *self.strangers]
        return self.homes[every.index(card)]

    def _stranger(self) -> VirtualCard:
        lying = [self._lying(at) for at in range(LANES)]
        return self.chance.choice([one for one in self.strangers if one not in lying])


def people() -> list[Household]:
    """Households with names of one length, that are part of nothing else."""
    return [
        replace(one, name=f"住户{at:02d}号", address=Address("阳光花园", "3", "2", f"{1000 + at}"))
        for at, one in enumerate(neighbours(CARDS + STRANGERS))
    ]


@contextmanager
def window_bag(home: Path, seed: int) -> Iterator[WindowBag]:
    """A paid bag on the screen, three readers, two clerks who take turns."""
    application()
    homes = people()
    desk = desk_on_duty(home, households=homes)
    numbered = [line(one, at, envelope=f"E{at}") for at, one in enumerate(homes[:CARDS], start=2)]
    batch_id = put_batch(desk, numbered)
    money = Money.of_yuan(str(100 * CARDS))
    pay_batch(desk.station, batch_id, tender=Tender.BANK_TRANSFER, money=money, reference="1")
    readers = tuple(VirtualReader(f"reader {at}") for at in range(1, LANES + 1))
    services = Wiring(Settings(home=home), desk.station, DeskReaders(Room(readers))).services()
    paper, file = Paper(), services.print_receipt

    def printed(number: str) -> Path:
        if paper.refuses():
            raise Mishap("paper_not_printed", printer="80 mm")
        return file(number)

    quiet = replace(services.settings, sound=False)
    services = replace(services, settings=quiet, print_receipt=printed)
    window = DeskWindow(Session(services, InlineCourier(), Lanes.inline()))
    window.show()
    window.session.tools.place.plugged(tuple(one.name for one in readers))
    window.go("batch")
    cards = [card_of(one) for one in homes]
    bag = WindowBag(
        desk=desk,
        window=window,
        readers=readers,
        batch_id=batch_id,
        cards={one.card_no: card for one, card in zip(homes[:CARDS], cards, strict=False)},
        strangers=cards[CARDS:],
        homes=homes,
        paper=paper,
        chance=random.Random(seed),
    )
    bag.batch.model.open(batch_id)
    bag.batch.model.start()
    try:
        yield bag
    finally:
        window.close()
        window.deleteLater()
        desk.station.store.close()
