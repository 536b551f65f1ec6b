"""Lives of a desk's process under power cuts, over books and cards that outlive them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, Protocol

from cardstation.errors import CardStationError, LedgerUnreachable
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.virtual import VirtualCard, VirtualReader
from tests.kit.memory_ledger import Centre
from tests.kit.power import Cut, CutLine, CutLink, Power, PowerCut, moments, store_under
from tests.kit.station import Desk, go_on, open_desk, repeat_chance

HERE = "S001"
SPOILED = {"card_code_unknown", "code_tries_low", "code_refused", "foreign_card"}
"""Why a card that was cut while its code changed is given up."""


class CutWorld(Protocol):
    """What outlives the processes: a folder, the books, cards and meters.

    Attributes:
        aside: Why a card of it was given up.
    """

    aside: list[str]

    def life(self, power: Power) -> str:
        """One life of the process: the work is done, or what stopped it is told."""
        ...

    def brought_to_its_end(self) -> None:
        """The work is done, or people gave its card up."""
        ...

    def proven(self) -> None:
        """What must hold at the end, whatever was cut."""
        ...


@dataclass(frozen=True)
class CutWork:
    """One work on a whole card, on one chip, in one reader.

    Attributes:
        begin: Makes a world in a new folder, up to where the work begins.
    """

    name: str
    layout: str
    dialect: str
    begin: Callable[[Path], CutWorld]

    def __str__(self) -> str:
        return f"{self.name}, {self.layout}, {self.dialect}"


@dataclass
class CutLab:
    """Makes worlds of one work, and cuts it in them; what lies before it is done once."""

    folder: Path
    work: CutWork
    _before: tuple[Random, CutWorld] | None = None

    def fresh(self) -> CutWorld:
        """A world in which the work begins; chance repeats itself."""
        home, before = self.folder / "run", self.folder / "before"
        if self._before is None:
            self._before = repeat_chance(), self.work.begin(home)
            shutil.copytree(home, before)
        else:
            shutil.rmtree(home)
            shutil.copytree(before, home)
        chance, world = deepcopy(self._before)
        go_on(chance)
        return world

    def cuts(self, *first: Cut) -> list[Cut]:
        """Every cut of the work, or of what follows others."""
        world, power = self.fresh(), Power()
        for cut in first:
            world.life(Power(cut))
        world.life(power)
        return [Cut(at, when) for at, name in enumerate(power.names) for when in moments(name)]

    def run(self, *cuts: Cut) -> list[str]:
        """Cut the work, then what follows it, and bring it to its end; returns what was given up.

        Raises:
            AssertionError, CardStationError: It did not hold.
        """
        world = self.fresh()
        try:
            for cut in cuts:
                world.life(Power(cut))
            world.brought_to_its_end()
            world.proven()
        except (AssertionError, CardStationError) as broken:
            broken.add_note(f"{self.work}: {cuts}")
            raise
        return world.aside


@dataclass
class Town:
    """A folder, the books and the card that is worked on; each work adds what it has besides."""

    home: Path
    dialect: str
    card: VirtualCard
    centre: Centre = field(default_factory=Centre)
    aside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        self.centre.enrol(HERE)
        self.start(Power()).station.store.close()

    def start(self, power: Power) -> Desk:
        """A desk whose every effect (disk, ledger, reader, cards) this power may cut."""
        raise NotImplementedError

    def agreed(self, desk: Desk) -> None:
        """The records are whole, and the ledger has every one of them."""
        sync(desk.station)
        proof = verify(desk.station)
        assert proof.ok, proof.disagreements
        assert self.centre.chains[HERE].last_seq == proof.entries
        assert not self.centre.chains[HERE].exceptions
        desk.reader.pull()
        desk.station.store.close()


def started(
    power: Power,
    home: Path,
    centre: Centre,
    cards: Sequence[VirtualCard],
    *,
    dialect: str = "acs",
    **more: Any,
) -> Desk:
    """A desk whose every effect (disk, ledger, reader, cards) this power may cut."""
    for card in cards:
        card.chip.power = power  # type: ignore[attr-defined]
    desk = open_desk(
        home,
        store=store_under(power),
        ledger=CutLine(HERE, centre, power),
        reader=VirtualReader(dialect=dialect, wrap=lambda link: CutLink(link, power)),
        **more,
    )
    desk.station = replace(desk.station, name=HERE, number=1)
    return desk


def one_life(start: Callable[[], Desk], tried: Callable[[Desk], str]) -> str:
    """One life of the process: what is tried is done, or what stopped it is told."""
    desk: Desk | None = None
    try:
        desk = start()
        stopped = tried(desk)
        _told(desk)
        return stopped
    except PowerCut:
        return "power_cut"
    finally:
        if desk is not None:
            desk.reader.pull()
            desk.station.store.close()


def _told(desk: Desk) -> None:
    try:
        sync(desk.station)
    except (LedgerUnreachable, CardStationError):
        return
