"""One world: a town, its stations and its ledger, moved on step by step by one number."""

from __future__ import annotations

import atexit
import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from cardstation.errors import CardStationError, Defect, OutcomeUnknown, Refusal
from cardstation.services.intent import ids
from cardstation.services.recover import recover
from cardstation.services.station import Station
from tests.kit.fast_disk import fast_folder
from tests.kit.memory_ledger import Centre
from tests.sim.clock import AUTUMN, NEW_YEARS_EVE, TrueTime
from tests.sim.desk import Desk, prepare
from tests.sim.network import HostileLedger, Weather
from tests.sim.oracle import Oracle
from tests.sim.power import Fuse, PowerCut
from tests.sim.town import Home, Town, households
from tests.sim.watch import Broken

SHOWN = 20
MACHINES = "M900"
"""The name under which the loading machines hold orders at the centre."""


@dataclass(frozen=True)
class Size:
    """How large a world is, how long it runs, and what else people do in it.

    Attributes:
        grants: They decide on offline grants. counter: They pay charges, get them back, are given
            gas, and have accounts stopped.
    """

    stations: int
    households: int
    steps: int
    trouble: float = 0.15
    grants: bool = False
    counter: bool = False


def small(seed: object) -> Size:
    """A world of 3 stations and 60 households; most are short, some are long."""
    chance = Random(f"size {seed}")
    steps = chance.choices((4, 8, 16, 40, 120), (25, 30, 27, 13, 5))[0]
    length, trouble = chance.randrange(steps // 2, steps + 1), chance.choice((0.0, 0.1, 0.3, 0.6))
    return Size(3, 60, length, trouble, grants=chance.random() < 0.5)


CROWDED = Size(3, 20, 60, 0.3, counter=True)
"""Few households, so that much happens to each."""


def large(seed: object) -> Size:
    """A world of at least 20 stations and 2 000 households."""
    chance = Random(f"size {seed}")
    return Size(chance.randrange(20, 25), chance.randrange(2_000, 2_200), 5_000)


class World:
    """Everything there is.

    Attributes:
        chance: Where every choice comes from. trace: What happened, a line a step.
        counts: Steps, faults and outcomes by name.
    """

    def __init__(self, seed: object, size: Size, folder: Path) -> None:
        self.seed, self.size, self.folder = seed, size, folder
        self.chance = Random(f"world {seed}")
        self.counts: Counter[str] = Counter()
        self.time = TrueTime(NEW_YEARS_EVE if self.chance.random() < 0.1 else AUTUMN)
        directory, self.template = _prepared(size.households)
        self.town = Town(directory)
        self.centre = Centre(now=lambda: self.time.at)
        self.weather = Weather(Random(f"weather {seed}"), count=self.fault)
        self.oracle = Oracle(self.town, self.centre)
        self.desks: list[Desk] = []
        self.bags: list[object] = []
        self.going_home: list[Home] = []
        self.trace: list[str] = []
        self.digest = hashlib.sha256()
        self.touched_desks: dict[str, Desk] = {}
        self.touched_homes: dict[str, Home] = {}
        self.made = 0
        for number in range(1, size.stations + 1):
            name = f"S{number:03d}"
            self.centre.enrol(name)
            self.add(self.desk_at(name, number, folder / name))
        self.centre.enrol(MACHINES)

    def desk_at(self, name: str, number: int, folder: Path) -> Desk:
        ledger = HostileLedger(name, self.centre, self.weather, Fuse())
        return Desk(name, number, folder, self.time, ledger)

    def add(self, desk: Desk) -> None:
        self.desks.append(desk)
        self.oracle.follow(desk.watch)

    def fault(self, name: str) -> None:
        self.counts[f"fault: {name}"] += 1

    def say(self, line: str) -> None:
        """One line of the trace."""
        self.trace.append(line)
        self.digest.update(f"{line}\n".encode())

    def touch(self, desk: Desk | None = None, home: Home | None = None) -> None:
        """The oracle will look at these at the end of the step."""
        if desk is not None:
            desk.ready(self.template)
            self.touched_desks[desk.key] = desk
        if home is not None:
            self.touched_homes[home.account_no] = home

    def look(self) -> None:
        """Let the oracle see what the step touched."""
        desks, homes = list(self.touched_desks.values()), list(self.touched_homes.values())
        self.touched_desks.clear()
        self.touched_homes.clear()
        self.oracle.look(desks, homes)

    def work(self, desk: Desk, doing: Callable[[Station], object]) -> bool:
        """The clerk does something at a desk; True when it came to its end."""
        self.touch(desk)
        try:
            doing(desk.station or self.start(desk))
        except PowerCut:
            self.counts["fault: station killed"] += 1
            self.say(f"  {desk.key} loses its power")
            desk.die()
            return False
        except Defect:
            raise
        except CardStationError as error:
            kind = "unknown" if isinstance(error, OutcomeUnknown) else "refused"
            self.counts[f"{kind}: {error.code}"] += 1
            self.say(f"  {desk.key} says {error.code}")
            return False
        finally:
            desk.fuse.out()
            desk.pull()
        return True

    def start(self, desk: Desk) -> Station:
        """Switch a desk on: recovery comes first, as always."""
        station = desk.start(self.town.till, self.chance)
        recover(station)
        self.counts["starts"] += 1
        return station

    def close(self) -> None:
        """Everything is given back."""
        for desk in self.desks:
            desk.fuse.out()
            desk.die()
            desk.watch.close()
        for watch in self.oracle.watches:
            watch.close()


_TEMPLATES: dict[int, tuple[list, Path]] = {}  # type: ignore[type-arg]


def _prepared(count: int) -> tuple[list, Path]:  # type: ignore[type-arg]
    """The directory of a town and a data folder that knows it, made once per process."""
    if count not in _TEMPLATES:
        directory = households(count)
        place = fast_folder("sim-")
        prepare(place / "new", directory)
        _TEMPLATES[count] = (directory, place / "new")
    return _TEMPLATES[count]


@atexit.register
def forget_templates() -> None:
    """Remove what `_prepared` made."""
    for _, place in _TEMPLATES.values():
        shutil.rmtree(place.parent, ignore_errors=True)
    _TEMPLATES.clear()


@contextmanager
def world(seed: object, size: Size) -> Iterator[World]:
    """A world in a folder of its own; chance at ids is given back at the end."""
    randbits = ids.randbits
    ids.randbits = Random(f"ids {seed}").getrandbits  # type: ignore[assignment]
    folder = fast_folder("sim-")
    made = World(seed, size, folder)
    try:
        yield made
    finally:
        with suppress(Exception):
            made.close()
        ids.randbits = randbits
        shutil.rmtree(folder, ignore_errors=True)


__all__ = ["SHOWN", "Broken", "Refusal", "Size", "World", "large", "small", "timedelta", "world"]
