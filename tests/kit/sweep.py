"""Runs a clerk's work under cuts and brings it to its end, alone or with a neighbour desk."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest

from cardstation.domain.guides import IN_DOUBT
from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules
from cardstation.domain.payment import Tender
from cardstation.errors import CardStationError, Defect, Refusal
from cardstation.services.answer_payment import answer_payment
from cardstation.services.dispute import dispute
from cardstation.services.recover import recover
from cardstation.services.refund import request_refund
from cardstation.services.resolve import resolve_card
from cardstation.services.sync import sync
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit.memory_ledger import Centre
from tests.kit.power import Cut, Power, PowerCut, Till, wired
from tests.kit.station import (
    Desk,
    card_of,
    go_on,
    layout_of,
    neighbours,
    open_desk,
    repeat_chance,
)
from tests.kit.sweep_oracle import ended, never_again
from tests.kit.sweep_waits import CODE_REFUSED, Wait
from tests.kit.sweep_world import HERE, SECOND, THERE, Job, Where, World

T = TypeVar("T")
TRIES = 6


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
    _before: tuple[Random, World] | None = None

    def __post_init__(self) -> None:
        self._homes = self.households()
        for name in (HERE, THERE):
            desk = open_desk(self.folder / "new" / name, households=self._homes)
            self.stock(desk, self._homes)
            desk.station.store.close()

    def households(self) -> list[Household]:
        """Whose cards are worked with."""
        chip = layout_of(self.maker).chip
        return [replace(one, chip=chip) for one in neighbours(2)]

    def fresh(self) -> World:
        """A world in which the job's work begins; the cards are new, and chance repeats itself.

        What lies before the work is done once: its folders and its memory are copied.
        """
        self.runs += 1
        home, before = self.folder / "run", self.folder / "before"
        if self._before is None:
            self._before = repeat_chance(), self.prepared(home)
            shutil.copytree(home, before)
        else:
            shutil.rmtree(home)
            shutil.copytree(before, home)
        chance, world = deepcopy(self._before)
        go_on(chance)
        return world

    def prepared(self, home: Path) -> World:
        """A new world in a folder, with all that lies before the work."""
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
    each(world.cards, lambda card: _held(desk, card, resolve_card))


def _held(desk: Desk, card: VirtualCard, service: Callable[..., object], *said: object) -> None:
    """One service on a card in the reader; what a cut left of it may be no card at all."""
    inserted = desk.insert(card)
    try:
        service(desk.station, inserted, *said)
    finally:
        inserted.close()


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
        _tried(lambda lying=card: _held(desk, lying, resolve_card))


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
        _tried(lambda lying=card: _held(desk, lying, request_refund, SECOND))
    for one in recover(desk.station):
        if one.code in ("refund_requested", "payout_pending", "given_up_open", IN_DOUBT):
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
