"""Two hands at one desk: while a service runs on its card, another one runs whole in between.

A boundary is an effect the power sweep counts (an exchange with the card, a payment, a message to
the ledger), and besides each look into the store and each unit before it is opened:
there another lane or page may act, and what was read is old. Inside a unit, or while the
anchor is written, nobody else writes.
One thread: what is found is found again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cardstation.domain.ledger import EntryKind
from cardstation.domain.shift import cash_of
from cardstation.errors import CardStationError, Defect
from cardstation.services.sync import FREEZING
from cardstation.store import Reading, Store, Unit
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit.power import Power, When
from tests.kit.station import Desk, layout_of
from tests.kit.sweep import Lab, _supervise, _told
from tests.kit.sweep_oracle import ended, never_again
from tests.kit.sweep_world import Job, World

Act = Callable[[], None]
Hand = Callable[["Desk", "World", "VirtualCard"], None]
"""What somebody else does whole, at a desk with these cards and a copy of the card at work."""


@dataclass
class Meeting(Power):
    """Counts the boundaries of one service at which somebody else may act, and has them act at one.

    Attributes:
        at: Place of the boundary; none = they are counted only.
        act: What is done there; None while nobody is at work.
        places: The boundaries by name, in order.
    """

    at: int = -1
    act: Act | None = None
    places: list[str] = field(default_factory=list)
    _units: int = 0

    def due(self, name: str) -> When | None:
        if name not in ("chip", "commit", "anchor"):
            self.meet(name)
        return super().due(name)

    def meet(self, name: str) -> None:
        """A boundary: the other one acts whole if it is the place, and is met by nobody."""
        if self.act is None or self._units:
            return
        act, self.act = self.act, None
        self.places.append(name)
        if self.at == len(self.places) - 1:
            act()
        self.act = act

    def watch(self, store: Store) -> None:
        """Every look and every unit of this store is a boundary from here on."""
        unit, passing, reading = store.unit, store.passing_unit, store.reading

        @contextmanager
        def looked() -> Iterator[Reading]:
            self.meet("look")
            with reading() as opened:
                yield opened

        store.unit = lambda: self._within(unit)  # type: ignore[method-assign]
        store.passing_unit = lambda: self._within(passing)  # type: ignore[method-assign]
        store.reading = looked  # type: ignore[method-assign]

    @contextmanager
    def _within(self, unit: Callable[[], Iterator[Unit]]) -> Iterator[Unit]:
        self.meet("unit")
        with unit() as opened:  # type: ignore[attr-defined]
            self._units += 1
            try:
                yield opened
            finally:
                self._units -= 1


@dataclass
class Pair:
    """A service on its card, and what somebody else does meanwhile.

    Attributes:
        lab: Makes worlds in which the first one's job waits.
        hand: The other one.
        resume: What opens the desk again afterwards: a shift, where it was closed.
        close: What ends the day; with it goes the last count.
        told: How each meeting went for both, by code; empty = done.
    """

    lab: Lab
    hand: Hand
    resume: Callable[[World], None] = lambda _world: None
    close: Callable[[World], None] = lambda _world: None
    told: Counter[str] = field(default_factory=Counter)

    @property
    def job(self) -> Job:
        return self.lab.job

    def places(self) -> list[str]:
        """The boundaries of the first one's service."""
        meeting = Meeting()
        self._meet(self.lab.fresh(), meeting)
        return meeting.places

    def run(self, at: int) -> None:
        """Have the other one act at one boundary, bring everything to its end, look at all."""
        world = self.lab.fresh()
        self._meet(world, Meeting(at=at))
        never_again(world)
        self.resume(world)
        self._finish(world)
        self.close(world)
        ended(world, self.job, exact=False)
        ensure_whole(world)

    def _meet(self, world: World, meeting: Meeting) -> None:
        desk, copied = world.start(meeting, self.job.station), world.cards[0].copy()
        before, said = litres_on(world, copied), "not met"

        def act() -> None:
            nonlocal said
            said = stopped(lambda: self.hand(desk, world, copied)) or "done"

        meeting.watch(desk.station.store)
        meeting.act = act
        try:
            own = stopped(lambda: self.job.run(world, desk)) or "done"
        finally:
            meeting.act = None
            desk.reader.pull()
            desk.station.store.close()
        assert not FREEZING & {own, said}, ("two hands of one desk stop it", own, said)
        if meeting.at >= 0:
            self.told[f"{own} / {said}"] += 1
        world.credited[0] += litres_on(world, copied) - before

    def _finish(self, world: World) -> None:
        desk = world.start(Power(), self.job.station)
        try:
            if self.lab._stopped(world, desk):
                self.lab._stopped(world, desk)
            _told(desk)
            _supervise(world, desk)
        finally:
            desk.reader.pull()
            desk.station.store.close()


def stopped(work: Act) -> str:
    """Do it; the code of what stopped it, empty when nothing did. A defect stops the test."""
    try:
        work()
    except Defect:
        raise
    except CardStationError as stop:
        return stop.code
    return ""


def litres_on(world: World, copied: VirtualCard) -> int:
    """What the household's meter would take from a copy of its card."""
    layout = layout_of(world.maker)
    taken = VirtualMeter(world.meters[0].state, layout).take(copied.copy()).credited
    return getattr(taken, "litres", 0)


def ensure_whole(world: World) -> None:
    """No lump sum is spent twice, and all cash went through somebody's counted till.

    The one who counts knows the real till only; over or short is money the records do not know.
    """
    over = {n: fen for n, fen in world.centre.balances.items() if n.startswith("unalloc")}
    assert all(fen <= 0 for fen in over.values()), ("lump sums spent twice", over)
    desk = world.start(Power())
    try:
        with desk.station.store.reading() as reading:
            entries = [stored.entry for stored in reading.journal.every()]
    finally:
        desk.station.store.close()
    if not any(one.kind is EntryKind.SHIFT_OPENED for one in entries):
        return
    on_duty = False
    for entry in entries:
        if entry.kind in (EntryKind.SHIFT_OPENED, EntryKind.SHIFT_CLOSED):
            on_duty = entry.kind is EntryKind.SHIFT_OPENED
            assert on_duty or not entry.balance_fen, ("over or short", entry.balance_fen)
        else:
            assert on_duty or not cash_of([entry]).fen, ("cash in nobody's till", entry.kind)
