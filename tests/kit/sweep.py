"""Runs a clerk's work under cuts and checks what must hold afterwards, whatever was cut."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cardstation.domain.household import Household
from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import MAY_BE_ON_CARD, TopUpState
from cardstation.domain.volume import Volume
from cardstation.errors import CardStationError
from cardstation.services.answer_payment import answer_payment
from cardstation.services.batch_state import batch_state
from cardstation.services.pay_batch import pay_batch
from cardstation.services.recover import recover
from cardstation.services.resolve import resolve_card
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.layouts.open4442 import OPEN4442
from drivers.virtual import VirtualCard, VirtualReader
from drivers.virtual.meter import VirtualMeter
from tests.kit.power import Cut, CutLink, Power, PowerCut, Till, ledger_boundary, store_under, wired
from tests.kit.scripted_ledger import MemoryLedger
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch, repeat_chance

ORDER = Order("D1", "220104000002", 5600, 20_000, "residential@2026-01-01", 50, "S001")
BATCH = "2026-11-24-01"
TRIES = 6


@dataclass
class World:
    """What outlives the process: folder, cards, meters, money, ledger."""

    home: Path
    till: Till
    households: list[Household]
    cards: list[VirtualCard]
    meters: list[VirtualMeter]
    ledger: MemoryLedger
    credited: list[int] = field(default_factory=lambda: [0, 0])

    def start(self, power: Power) -> Desk:
        """Switch the station on."""
        self.till.power = power
        self.ledger.boundary = ledger_boundary(power)  # type: ignore[assignment]
        for card in self.cards:
            card.chip.power = power  # type: ignore[attr-defined]
        reader = VirtualReader(wrap=lambda link: CutLink(link, power))
        return open_desk(
            self.home,
            store=store_under(power),
            payments=(self.till,),
            ledger=self.ledger,
            reader=reader,
        )

    def meet_meters(self) -> None:
        """The customers put their cards into their meters at home."""
        for number, (card, meter) in enumerate(zip(self.cards, self.meters, strict=True)):
            verdict = meter.take(card)
            assert isinstance(verdict.credited, Volume)
            self.credited[number] += verdict.credited.litres


Work = Callable[[World, Desk], None]


def sale(world: World, desk: Desk) -> None:
    """A counter sale of 100 yuan, brought to its end; then the ledger."""
    with desk.station.store.reading() as reading:
        done = reading.receipts.every()
    if not done:
        desk.sell(world.cards[0], "100", tender=world.till.tender)
    sync(desk.station)


def bag(world: World, desk: Desk) -> None:
    """A lump sum for a batch, a card of a sale and a card of a paid order; then the ledger."""
    if not batch_state(desk.station, BATCH).money.received:
        pay_batch(desk.station, BATCH, tender=world.till.tender, money=Money(10_000))
    for card, outcome in zip(world.cards, batch_state(desk.station, BATCH).outcomes, strict=True):
        if not outcome.receipt_no:
            desk.load(BATCH, card)
    sync(desk.station)


@dataclass
class Lab:
    """Makes fresh worlds from one prepared folder, and runs work in them."""

    folder: Path
    work: Work
    tender: Tender = Tender.CASH
    answers: bool = False
    runs: int = 0

    def __post_init__(self) -> None:
        self._homes = neighbours(2)
        desk = open_desk(self.folder / "new", households=self._homes)
        put_batch(desk, [line(self._homes[0], 4), line(self._homes[1], 5, order=ORDER)], BATCH)
        with desk.station.store.unit() as unit:
            unit.orders.put([ORDER])
            unit.commit()
        desk.station.store.close()

    def fresh(self) -> World:
        """A new world; the cards have never been here, and chance repeats itself."""
        self.runs += 1
        repeat_chance()
        home = self.folder / "run"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.folder / "new", home)
        cards = [wired(card_of(one), Power()) for one in self._homes]
        meters = [VirtualMeter.of_card(OPEN4442.decode(one.image), OPEN4442) for one in cards]
        ledger = MemoryLedger(waiting=[ORDER])
        return World(home, Till(self.tender, self.answers), self._homes, cards, meters, ledger)

    def boundaries(self, cut: Cut | None = None) -> list[str]:
        """Names of the boundaries of the work, or of what follows a cut of it."""
        world, power = self.fresh(), Power(cut)
        self._life(world, power)
        if cut is None:
            return power.names
        after = Power()
        self._life(world, after)
        return after.names

    def run(self, *cuts: Cut, at_home: bool = False) -> None:
        """Cut the work, then what follows it, and bring it to its end; check all the way."""
        world = self.fresh()
        for cut in cuts:
            self._life(world, Power(cut))
            if at_home:
                world.meet_meters()
        self._never_again(world)
        self._life(world, Power())
        self._finished(world, stuck_allowed=len(cuts) > 1)

    def _life(self, world: World, power: Power) -> None:
        """One life of the process: it ends at a cut, or with the work done or stuck."""
        desk: Desk | None = None
        try:
            desk = world.start(power)
            for _ in range(TRIES):
                if self._tried(world, desk):
                    break
        except PowerCut:
            pass
        finally:
            if desk is not None:
                desk.reader.pull()
                desk.station.store.close()

    def _tried(self, world: World, desk: Desk) -> bool:
        try:
            _settle(world, desk)
            self.work(world, desk)
        except CardStationError:
            return False
        return True

    def _never_again(self, world: World) -> None:
        """Nobody ever comes back: books hold, and no card carries what no record names."""
        desk = world.start(Power())
        try:
            _answer(world, desk)
            _books(world, desk)
            with desk.station.store.reading() as reading:
                loads = reading.topups.every()
            for number, card in enumerate(world.cards):
                twin = VirtualMeter(world.meters[number].state, OPEN4442)
                on_card = twin.take(card.copy()).credited
                assert isinstance(on_card, Volume)
                mine = [one for one in loads if one.identity.card_no == _number(world, number)]
                sealed = sum(_litres(o) for o in mine if o.state is TopUpState.SEALED)
                possible = {sealed} | {
                    sealed + _litres(one) for one in mine if one.state in MAY_BE_ON_CARD
                }
                assert world.credited[number] + on_card.litres in possible
        finally:
            desk.station.store.close()

    def _finished(self, world: World, *, stuck_allowed: bool) -> None:
        """The clerk came to the end: money, cards, meters, journal and ledger agree.

        A code cut short twice waits for the supervisor; then only the books are looked at.
        """
        desk = world.start(Power())
        try:
            _answer(world, desk)
            _books(world, desk)
            found = verify(desk.station)
            if stuck_allowed and any(card.chip.security[0] != 7 for card in world.cards):
                return
            world.meet_meters()
            litres = [_sealed(desk, _number(world, number)) for number in range(2)]
            assert world.credited == litres
            assert litres == ([29_000, 0] if self.work is sale else [29_000, 20_000]), litres
            assert found.money_terms["paid_not_loaded"] == 0
            assert found.taken_fen == found.loaded_fen == found.posted_fen
            assert found.taken_fen == (10_000 if self.work is sale else 15_600)
            assert found.acked_seq == found.entries == len(world.ledger.entries)
        finally:
            desk.station.store.close()


def _settle(world: World, desk: Desk) -> None:
    """What the clerk does first: answer open questions, put the same card in again."""
    _answer(world, desk)
    for card in world.cards:
        inserted = desk.insert(card)
        try:
            resolve_card(desk.station, inserted)
        finally:
            inserted.close()


def _answer(world: World, desk: Desk) -> None:
    """The clerk knows what is in the till."""
    for one in recover(desk.station):
        if one.code == "payment_question":
            answer_payment(desk.station, one.intent_id, taken=one.intent_id in world.till.taken)


def _books(world: World, desk: Desk) -> None:
    found = verify(desk.station)
    assert found.ok, found.disagreements
    real = sum(money.fen for money in world.till.taken.values())
    assert found.money_terms["tenders"] == real


def _sealed(desk: Desk, card_no: str) -> int:
    with desk.station.store.reading() as reading:
        entries = [stored.entry for stored in reading.journal.every()]
    return sum(one.litres for one in entries if one.kind == "sealed" and one.card_no == card_no)


def _number(world: World, number: int) -> str:
    return world.households[number].card_no


def _litres(load: TopUp) -> int:
    assert isinstance(load.quantity, Volume)
    return load.quantity.litres


def numbered(names: list[str]) -> Iterator[tuple[int, str]]:
    """Boundaries with their number."""
    return iter(enumerate(names))
