"""What is swept: a world that outlives its processes, and the work a clerk does in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules
from cardstation.domain.payment import WITHOUT_ASKING
from cardstation.domain.shift import Approval
from cardstation.services.begin_pay_out import begin_pay_out
from cardstation.services.pay_out import pay_out
from cardstation.services.station import Station
from drivers.layouts.open4442 import DECLARATION
from drivers.layouts.two_slot import TwoSlotLayout
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard, VirtualReader
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import number_of
from tests.kit.memory_ledger import Centre
from tests.kit.power import CutLine, CutLink, Power, Till, store_under
from tests.kit.station import (
    Desk,
    layout_of,
    open_desk,
)
from tests.kit.sweep_waits import NOBODY_COMES, Wait

SECOND = Approval("supervisor")
LOOKED = "slip and till were looked at"
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
        """The customers put their cards into their meters at home, which have their own power."""
        for number, (card, meter) in enumerate(zip(self.cards, self.meters, strict=True)):
            card.chip.power = Power()  # type: ignore[attr-defined]
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
        if intent.tender not in WITHOUT_ASKING:
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
        whole: It writes a whole card, whose code is proven after that. One that is sold to at
            another desk before that is known is left to people, and a meter that was taken down
            takes nothing any more: there its end is not looked for.
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
    whole: bool = False
