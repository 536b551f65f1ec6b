"""Runs a clerk's work under cuts and brings it to its end, alone or with a neighbour desk."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import pytest

from cardstation.domain.guides import IN_DOUBT
from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import CardStationError, Defect, Refusal
from cardstation.services.answer_payment import answer_payment
from cardstation.services.begin_pay_out import begin_pay_out
from cardstation.services.dispute import dispute
from cardstation.services.pay_out import pay_out
from cardstation.services.recover import recover
from cardstation.services.refund import request_refund
from cardstation.services.resolve import resolve_card
from cardstation.services.station import Station
from cardstation.services.sync import sync
from drivers.layouts.open4442 import DECLARATION
from drivers.layouts.two_slot import TwoSlotLayout
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard, VirtualReader
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import number_of
from tests.kit.memory_ledger import Centre
from tests.kit.power import Cut, CutLine, CutLink, Power, PowerCut, Till, store_under, wired
from tests.kit.station import Desk, card_of, layout_of, neighbours, open_desk, repeat_chance
from tests.kit.sweep_oracle import ended, never_again
from tests.kit.sweep_waits import CODE_REFUSED, NOBODY_COMES, Wait

T = TypeVar("T")
SECOND = Approval("supervisor")
LOOKED = "slip and till were looked at"
TRIES = 6
HERE, THERE = "S001", "S002"
NAMES_NOBODY = TwoSlotLayout(DECLARATION, marks_loads=False)
"""The open layout as if it had no room for a mark: every desk's load looks the same."""


class Where(StrEnum):
    """Where the card is between a cut and what follows it; that nobody ever comes back is
    looked at after every cut."""

    SAME = "same station"
    HOME = "at home in between"
    ANOTHER = "another station in between"
    SOLD = "another station sells in between"


@dataclass
class World:
    """What outlives the processes: folders, cards, meters, money, books."""

    home: Path
    till: Till
    households: list[Household]
    cards: list[VirtualCard]
    meters: list[VirtualMeter]
    centre: Centre
    stations: tuple[str, ...]
    dialect: str = "acs"
    maker: MakerRules = MAKERS[0]
    names_nobody: bool = False
    put_back: bool = False
    credited: list[int] = field(default_factory=lambda: [0, 0])
    returned: dict[str, int] = field(default_factory=dict)
    handed_over: set[str] = field(default_factory=set)
    unwritten: set[str] = field(default_factory=set)
    """Cards to which a life that was cut wrote nothing: only theirs can be a code cut short."""

    def start(self, power: Power, name: str = HERE) -> Desk:
        """Switch a station on; its clerk does not know what was done before."""
        self.handed_over.clear()
        self.till.power = power
        for card in self.cards:
            card.chip.power = power  # type: ignore[attr-defined]
        desk = open_desk(
            self.home / name,
            store=store_under(power),
            payments=(self.till,),
            ledger=CutLine(name, self.centre, power),
            reader=VirtualReader(dialect=self.dialect, wrap=lambda link: CutLink(link, power)),
        )
        desk.station = replace(desk.station, name=name, number=int(name[1:]))
        desk.station = self.fitted(desk.station)
        return desk

    def fitted(self, station: Station) -> Station:
        """The station with what these cards need of it."""
        if self.names_nobody:
            return replace(station, layouts=(NAMES_NOBODY,), number=1)
        return station

    def meet_meters(self) -> None:
        """The customers put their cards into their meters at home."""
        for number, (card, meter) in enumerate(zip(self.cards, self.meters, strict=True)):
            self.credited[number] += number_of(meter.take(card).credited)

    def on_card(self, number: int) -> int:
        """What a card's meter would take from it now; a copy is asked."""
        twin = VirtualMeter(self.meters[number].state, layout_of(self.maker))
        return number_of(twin.take(self.cards[number].copy()).credited)

    def pay_out(self, desk: Desk, intent_id: str) -> None:
        """The clerk hands the money over where the desk says so, then confirms with the second."""
        with desk.station.store.reading() as reading:
            intent = reading.topups.get(intent_id)
        assert intent is not None
        never_was = intent.direction == "sale"
        money = intent.quote.money if never_was else intent.quote.total
        doubtful = begin_pay_out(desk.station, intent_id)
        if intent.tender not in (Tender.BATCH, Tender.ORDER):
            self.hand_over(intent_id, money.fen, doubtful=doubtful)
        pay_out(desk.station, intent_id, SECOND, found=LOOKED if doubtful else "")

    def hand_over(self, what: str, fen: int, *, doubtful: bool) -> None:
        """Money leaves the till. After a cut nobody knows that it did, unless the desk asks."""
        if doubtful:
            self.returned.setdefault(what, fen)
        elif what not in self.handed_over:
            self.returned[what] = self.returned.get(what, 0) + fen
        self.handed_over.add(what)


@dataclass(frozen=True)
class Job:
    """One money service and all around it, as a clerk does it until it is done.

    Attributes:
        prepare: What lies before it, uncut. run: The work; finds out itself what is done already.
        station: Where it is done. resolves: The clerk first lets every card tell its story.
        sold: Litres or fen live on each card at the end. taken_fen: Money kept, tenders, orders.
        open_end: Where what the meter or the neighbour does decides the end.
        names_nobody: Cards that have no room to say whose load they show.
        at_neighbour: What people do at the other desk with what they find there.
        waits: Why people may have to come where it was cut, and for nothing else.
    """

    name: str
    run: Callable[[World, Desk], None]
    sold: tuple[int, int]
    taken_fen: int
    prepare: Callable[[World], None] = lambda _world: None
    station: str = HERE
    resolves: bool = True
    open_end: tuple[Where, ...] = ()
    names_nobody: bool = False
    at_neighbour: Callable[[World, Desk], None] = lambda _world, _desk: None
    waits: frozenset[Wait] = NOBODY_COMES


@dataclass
class Lab:
    """Makes fresh worlds from prepared folders, and does a job in them."""

    folder: Path
    job: Job
    stock: Callable[[Desk, list[Household]], None]
    tender: Tender = Tender.CASH
    answers: bool = False
    dialect: str = "acs"
    where: Where = Where.SAME
    maker: MakerRules = MAKERS[0]
    runs: int = 0
    waits: Counter[Wait] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._homes = self.households()
        for name in (HERE, THERE):
            desk = open_desk(self.folder / "new" / name, households=self._homes)
            self.stock(desk, self._homes)
            desk.station.store.close()

    def households(self) -> list[Household]:
        """Whose cards are worked with."""
        return neighbours(2)

    def fresh(self) -> World:
        """A new world; the cards have never been here, and chance repeats itself."""
        self.runs += 1
        repeat_chance()
        home = self.folder / "run"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.folder / "new", home)
        centre = Centre()
        for name in (HERE, THERE):
            centre.enrol(name)
        till = Till(self.tender, self.answers)
        alone = self.where in (Where.SAME, Where.HOME) and self.job.station == HERE
        stations = (HERE,) if alone else (HERE, THERE)
        world = self.made(home, till, centre, stations)
        world.names_nobody, world.maker = self.job.names_nobody, self.maker
        self.job.prepare(world)
        return world

    def made(self, home: Path, till: Till, centre: Centre, stations: tuple[str, ...]) -> World:
        """The world with its cards and their meters."""
        cards = [wired(card_of(one, self.maker), Power()) for one in self._homes]
        layout = layout_of(self.maker)
        meters = [VirtualMeter.of_card(layout.decode(one.image), layout) for one in cards]
        return World(home, till, self._homes, cards, meters, centre, stations, self.dialect)

    def boundaries(self, cut: Cut | None = None) -> list[str]:
        """Names of the boundaries of the job, or of what follows a cut of it."""
        world, power = self.fresh(), Power(cut)
        self._life(world, power)
        if cut is None:
            return power.names
        after = Power()
        self._life(world, after)
        return after.names

    def run(self, *cuts: Cut) -> None:
        """Cut the job, then what follows it, and bring it to its end; check all the way."""
        world = self.fresh()
        try:
            self._run(world, *cuts)
        except (AssertionError, CardStationError, pytest.fail.Exception) as broken:
            broken.add_note(f"{self.job.name}, {self.where}, {self.dialect}: {cuts}")
            raise

    def _run(self, world: World, *cuts: Cut) -> None:
        for cut in cuts:
            images = [card.image for card in world.cards]
            self._life(world, Power(cut))
            world.unwritten |= {
                home.card_no
                for home, card, image in zip(world.households, world.cards, images, strict=True)
                if card.image == image
            }
            self._between(world)
        never_again(world)
        sure = self.where is not Where.SOLD
        self._life(world, Power(), supervised=not sure)
        if len(world.stations) > 1:
            self._visit(world, sells=False)
            self._life(world, Power(), supervised=not sure)
        exact = sure and self.where not in self.job.open_end
        waits = ended(world, self.job, exact=exact)
        assert waits <= self.may_wait(len(cuts)), ("nobody should have to come", waits)
        self.waits.update(waits)

    def may_wait(self, cuts: int) -> frozenset[Wait]:
        """Why people may have to come at all, after so many cuts of this job here."""
        may = {Wait.SOLD_OVER} if self.where is Where.SOLD else set()
        if cuts and self.dialect == "omnikey":
            may.add(Wait.UNREADABLE)
        if cuts > 1 and self.dialect != "omnikey":
            may.add(Wait.SPENT)
        return self.job.waits & may

    def _between(self, world: World) -> None:
        if self.where is Where.HOME:
            world.meet_meters()
        elif self.where in (Where.ANOTHER, Where.SOLD):
            self._visit(world, sells=self.where is Where.SOLD)

    def _visit(self, world: World, *, sells: bool) -> None:
        """The cards go to the other desk, which does what it can."""
        desk = world.start(Power(), THERE if self.job.station == HERE else HERE)
        try:
            _look(world, desk)
            _tried(lambda: self.job.at_neighbour(world, desk))
            if sells:
                _tried(lambda: desk.sell(world.cards[0], "50", tender=world.till.tender))
            _told(desk)
        finally:
            desk.reader.pull()
            desk.station.store.close()

    def _life(self, world: World, power: Power, *, supervised: bool = False) -> None:
        """One life of the process: it ends at a cut, or with the work done or stuck."""
        desk: Desk | None = None
        try:
            desk = world.start(power, self.job.station)
            stopped = "not begun"
            for _ in range(TRIES):
                if stopped and stopped != CODE_REFUSED:
                    stopped = self._stopped(world, desk)
            if stopped:
                _told(desk)
            if supervised:
                _supervise(world, desk)
        except PowerCut:
            pass
        finally:
            if desk is not None:
                desk.reader.pull()
                desk.station.store.close()

    def _stopped(self, world: World, desk: Desk) -> str:
        """Do the job to its end; what stopped it, as a code. A card that waits stops no other."""
        resolve = resolve_all if self.job.resolves else _nothing
        stopped = ""
        for step in (_answer, resolve, self.job.run, _sync, _sync):
            try:
                step(world, desk)
            except Defect:
                raise
            except CardStationError as stop:
                stopped = stop.code
                if stopped != CODE_REFUSED:
                    break
        return stopped


def _nothing(_world: World, _desk: Desk) -> None: ...


def _sync(_world: World, desk: Desk) -> None:
    sync(desk.station)


def resolve_all(world: World, desk: Desk) -> None:
    """The same cards are put in again before anything else; one that is refused stops no other."""

    def look(card: VirtualCard) -> None:
        inserted = desk.insert(card)
        try:
            resolve_card(desk.station, inserted)
        finally:
            inserted.close()

    each(world.cards, look)


def each(things: Iterable[T], work: Callable[[T], object]) -> None:
    """Work on all of them; the first that is refused is told at the end."""
    refused: list[Refusal] = []
    for thing in things:
        try:
            work(thing)
        except Refusal as stop:
            refused.append(stop)
    if refused:
        raise refused[0]


def _look(world: World, desk: Desk) -> None:
    """As `_resolve`, at a desk where a card may be refused."""
    _answer(world, desk)
    for card in world.cards:
        inserted = desk.insert(card)
        _tried(lambda held=inserted: resolve_card(desk.station, held))
        inserted.close()


def _answer(world: World, desk: Desk) -> None:
    """The clerk knows what is in the till."""
    for one in recover(desk.station):
        if one.code == "payment_question":
            answer_payment(desk.station, one.intent_id, taken=one.intent_id in world.till.taken)


def _told(desk: Desk) -> None:
    _tried(lambda: sync(desk.station))
    _tried(lambda: sync(desk.station))


def _supervise(world: World, desk: Desk) -> None:
    """What no card can finish any more: the money goes back, or two people look at it."""
    for card in world.cards:
        inserted = desk.insert(card)
        _tried(lambda held=inserted: request_refund(desk.station, held, SECOND))
        inserted.close()
    for one in recover(desk.station):
        if one.code in ("refund_requested", "payout_pending", IN_DOUBT):
            world.pay_out(desk, one.intent_id)
        elif one.code in ("outcome_unknown", "load_unfinished", "card_not_as_left"):
            _tried(lambda intent=one.intent_id: dispute(desk.station, intent, SECOND))
    _told(desk)


def _tried(work: Callable[[], object]) -> None:
    try:
        work()
    except Defect:
        raise
    except CardStationError:
        return
