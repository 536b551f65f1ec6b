"""The sweep over cards of a worked sheet: the same work and oracle, one place for each thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cardstation.domain.household import Household
from cardstation.services.station import Station
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import number_of
from tests.kit.memory_ledger import Centre
from tests.kit.power import Power, Till, wired
from tests.kit.sheet_station import SheetCards
from tests.kit.station import neighbours, repeat_chance
from tests.kit.sweep import Lab
from tests.kit.sweep_world import World


@dataclass
class SheetWorld(World):
    """Two households with cards of the sheet, at desks that hold its keys."""

    made_of: SheetCards = field(default_factory=lambda: SheetCards("secured4442"))

    def fitted(self, station: Station) -> Station:
        return self.made_of.at(station)

    def on_card(self, number: int) -> int:
        twin = VirtualMeter(self.meters[number].state, self.made_of.layout)
        return number_of(twin.take(self.cards[number].copy()).credited)


@dataclass
class SheetLab(Lab):
    """Makes worlds of such cards."""

    made_of: SheetCards = field(default_factory=lambda: SheetCards("secured4442"))

    def fresh(self) -> World:
        """A new world every time: keys are never copied."""
        self.runs += 1
        repeat_chance()
        return self.prepared(self.folder / "run")

    def households(self) -> list[Household]:
        return [self.made_of.fits(one) for one in neighbours(2)]

    def made(self, home: Path, till: Till, centre: Centre, stations: tuple[str, ...]) -> World:
        cards = [wired(self.made_of.issued(one), Power()) for one in self._homes]
        world = SheetWorld(
            *(home, till, self._homes, cards, [self.made_of.meter(one) for one in cards]),
            *(centre, stations, self.dialect),
        )
        world.made_of = self.made_of
        return world
