"""What a load of a purse costs and what a cut of it leaves, counted on its virtual twin."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from cardstation.errors import LinkFailed, fail
from cardstation.ports.purse import (
    LoadOrder,
    LoadPlan,
    PurseCard,
    PurseDriver,
    PurseKind,
    PurseStand,
)
from cardstation.ports.reader import Link
from drivers.keys.purse_keys import SoftwarePurseKeys, training_masters
from drivers.measured import SEEDS, TornLoads
from drivers.virtual.card import VirtualCard
from drivers.virtual.psam import TERMINAL
from drivers.virtual.purse_card import VirtualPurseCard
from drivers.virtual.reader import VirtualReader
from drivers.virtual.tear import every_tear

ORDER = LoadOrder(PurseKind.PURSE, 9765, TERMINAL, datetime(2026, 1, 15, 9, 30, 5))  # noqa: DTZ001
KEYS = SoftwarePurseKeys(training_masters(), TERMINAL)


@dataclass(frozen=True, slots=True)
class MeasuredPurse:
    """Exchanges with a reader, each from a fresh power-up with the application selected anew."""

    plan: int
    load: int
    find_out: int


class _Bench:
    """A reader with one card in it; counts exchanges of all its links."""

    def __init__(self, driver: PurseDriver, *, by_t1: bool = False) -> None:
        self.chip = VirtualPurseCard(by_t1=by_t1)
        self.exchanges = 0
        self._driver = driver
        self._reader = VirtualReader("bench", wrap=self._counted)
        self._link: Link | None = None
        self._card = VirtualCard(self.chip)

    def _counted(self, link: Link) -> Link:
        self._link = _CountedLink(link, self)
        return self._link

    def powered(self) -> PurseCard:
        if self._link is not None:
            self._link.close()
        if not self._reader.occupied:
            self._reader.insert(self._card)
        presence = self._reader.wait_card(0) or fail("a card lies in the reader")
        return self._driver.attach(self._reader.open(presence))

    @property
    def stand(self) -> PurseStand:
        cells = self.chip.state.of_kind(ORDER.kind)
        return PurseStand(cells.balance, cells.online)

    def taken(self) -> int:
        """Exchanges since the last call."""
        count, self.exchanges = self.exchanges, 0
        return count


class _CountedLink:
    """A link whose exchanges its bench counts."""

    def __init__(self, link: Link, bench: _Bench) -> None:
        self.reader, self.atr, self.dialect = link.reader, link.atr, link.dialect
        self._link, self._bench = link, bench

    def exchange(self, command: bytes) -> bytes:
        self._bench.exchanges += 1
        return self._link.exchange(command)

    def close(self) -> None:
        self._link.close()


def measured_purse(driver: PurseDriver, *, by_t1: bool) -> MeasuredPurse:
    """Count the exchanges of one load: planned, done, found out."""
    bench = _Bench(driver, by_t1=by_t1)
    plan = bench.powered().begin(ORDER, KEYS)
    planned = bench.taken()
    bench.powered().load(plan, KEYS)
    loaded = bench.taken()
    bench.powered().find_out(plan, KEYS)
    return MeasuredPurse(planned, loaded, bench.taken())


def torn_purse(driver: PurseDriver) -> TornLoads:
    """Take the power at every sub-step of one load, in several half-way states of each."""
    counted = _Bench(driver)
    plan = counted.powered().begin(ORDER, KEYS)
    purse = counted.powered()
    counted.chip.arm(None)
    purse.load(plan, KEYS)
    old, new = plan.before, counted.stand
    stands = []
    for tear in every_tear(counted.chip.steps, SEEDS):
        bench = _Bench(driver)
        purse = bench.powered()
        bench.chip.arm(tear)
        with suppress(LinkFailed):
            purse.load(LoadPlan(plan.card, ORDER, old), KEYS)
        stands.append(bench.stand)
    olds, news = stands.count(old), stands.count(new)
    return TornLoads(len(stands), olds, news, len(stands) - olds - news)
