"""The sweep over purses: the same work, places and oracle, on cards that keep money themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cardstation.domain.household import Household
from cardstation.domain.meter import Meter, MeterKind
from cardstation.domain.money import Money
from cardstation.errors import OutcomeUnknown
from cardstation.services.batch_state import batch_state
from cardstation.services.pay_batch import pay_batch
from cardstation.services.station import Station
from cardstation.services.sync import sync
from drivers.virtual import Tear, VirtualCard
from tests.kit.memory_ledger import Centre
from tests.kit.power import Power, Till, wired
from tests.kit.purse_station import LOADS, at_its_meter, issued, with_purse
from tests.kit.station import Desk, line, neighbours, put_batch, repeat_chance
from tests.kit.sweep import Lab, each, resolve_all
from tests.kit.sweep_jobs import BATCH, closed, counter_sale
from tests.kit.sweep_waits import OVER
from tests.kit.sweep_world import THERE, Job, World

LOADED, NOT_LOADED = Tear(5, seed=1), Tear(3, seed=1)
"""Cuts of a load inside the card, its answer cleared: it did happen, and it did not."""


@dataclass(frozen=True)
class Taken:
    """What a meter took from a purse."""

    credited: Money


class PurseMeter:
    """Takes all that is in the purse, where its last answer was cleared, and answers."""

    def take(self, card: VirtualCard) -> Taken:
        return Taken(Money(at_its_meter(card)))


class PurseWorld(World):
    """Two households whose cards are purses, at desks that hold their keys."""

    def fitted(self, station: Station) -> Station:
        return with_purse(station)

    def on_card(self, number: int) -> int:
        return at_its_meter(self.cards[number].copy())


class PurseLab(Lab):
    """Makes worlds of purses."""

    def fresh(self) -> World:
        """A new world every time: the keys in these cards are never copied."""
        self.runs += 1
        repeat_chance()
        return self.prepared(self.folder / "run")

    def households(self) -> list[Household]:
        return [
            replace(
                one,
                meter=Meter(f"00179960{number:04d}", MeterKind.MONEY, None),
                chip="epurse",
                purchase_counter=LOADS,
            )
            for number, one in enumerate(neighbours(2, MeterKind.MONEY), start=1)
        ]

    def made(self, home: Path, till: Till, centre: Centre, stations: tuple[str, ...]) -> World:
        cards = [wired(issued(one), Power()) for one in self._homes]
        meters = [PurseMeter() for _ in cards]
        return PurseWorld(home, till, self._homes, cards, meters, centre, stations, self.dialect)  # type: ignore[arg-type]


def stock_purses(desk: Desk, homes: list[Household]) -> None:
    """A batch of two sales lies ready."""
    put_batch(desk, [line(homes[0], 4), line(homes[1], 5, yuan="50")], BATCH)


def _bag(world: World, desk: Desk) -> None:
    """A lump sum for a batch of two purses."""
    if not batch_state(desk.station, BATCH).money.received:
        pay_batch(desk.station, BATCH, tender=world.till.tender, money=Money(15_000))
    done = batch_state(desk.station, BATCH).outcomes
    left = [card for card, one in zip(world.cards, done, strict=True) if not one.receipt_no]
    each(left, lambda card: desk.load(BATCH, card))


def _cut_inside(tear: Tear) -> Callable[[World], None]:
    """A sale whose card lost its power inside the load; what is armed was sent."""

    def prepare(world: World) -> None:
        desk = world.start(Power())
        world.cards[0].chip.arm(tear)
        with pytest.raises(OutcomeUnknown):
            desk.sell(world.cards[0], "100", tender=world.till.tender)
        world.cards[0].chip.arm(None)
        sync(desk.station)
        closed(desk)

    return prepare


PURSE_SALE = Job("sale to a purse", counter_sale, (10_000, 0), 10_000, waits=OVER)
PURSE_BAG = Job("bag of purses", _bag, (10_000, 5_000), 15_000, waits=OVER)
PURSE_LOADED = Job(
    "another station's load, in the purse",
    *(resolve_all, (10_000, 0), 10_000, _cut_inside(LOADED), THERE),
    resolves=False,
    waits=OVER,
)
PURSE_NOT_LOADED = Job(
    "another station's load, not in the purse",
    *(resolve_all, (10_000, 0), 10_000, _cut_inside(NOT_LOADED), THERE),
    resolves=False,
    waits=OVER,
)
PURSE_JOBS = (PURSE_SALE, PURSE_BAG, PURSE_LOADED, PURSE_NOT_LOADED)
