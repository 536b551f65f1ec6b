"""What a load of a purse costs and what a cut of it leaves, counted on its virtual twin."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from cardstation.errors import LinkFailed, Refusal, fail
from cardstation.ports.purse import (
    LoadOrder,
    LoadPlan,
    LoadTruth,
    PurseKind,
    PurseStand,
)
from cardstation.ports.reader import Link
from drivers.keys.purse_keys import SoftwarePurseKeys, training_masters
from drivers.measured import SEEDS, TornLoads
from drivers.purses.clearing import clear_rest, take_head_off
from drivers.purses.gas_content import Parameters, Purpose, Returned, is_cleared
from drivers.purses.gas_files import RETURNED
from drivers.purses.pboc import PbocDriver, PbocPurse
from drivers.virtual.card import VirtualCard
from drivers.virtual.psam import TERMINAL
from drivers.virtual.purse_card import VirtualPurseCard
from drivers.virtual.purse_meter import PurseMeter, files_of, purse_in
from drivers.virtual.reader import VirtualReader
from drivers.virtual.tear import every_tear
from drivers.virtual.volume_purse import VirtualVolumePurse

ORDER = LoadOrder(PurseKind.PURSE, 9765, TERMINAL, datetime(2026, 1, 15, 9, 30, 5))  # noqa: DTZ001
LOAD_BYTES = 22
"""Key number, amount and terminal; then date, time and MAC2 (reference cards 3.1)."""

WRITTEN = 2
"""A challenge, and what is written under it."""

METER_NO, CUSTOMER_NO = "001799609893", "220104000017"
HEADED = 5
KEYS = SoftwarePurseKeys(training_masters(), TERMINAL)


@dataclass(frozen=True, slots=True)
class MeasuredPurse:
    """Exchanges with a reader, each from a fresh power-up with the application selected anew.

    Attributes:
        clear: What its meter wrote back, in the session of the load. sent: Bytes of data that the
            load sends.
    """

    plan: int
    load: int
    find_out: int
    clear: int
    sent: int


def twin_of(driver: PbocDriver, *, by_t1: bool = False) -> VirtualPurseCard:
    """A blank purse of a driver."""
    kinds = (VirtualPurseCard, VirtualVolumePurse)
    return next(one for one in kinds if one.kind == driver.name)(by_t1=by_t1)


class _Bench:
    """A reader with one card in it; counts exchanges of all its links."""

    def __init__(self, driver: PbocDriver, *, by_t1: bool = False) -> None:
        self.chip = twin_of(driver, by_t1=by_t1)
        self.chip.power_up()
        self.chip.write_back(Returned(METER_NO, CUSTOMER_NO, 0, 0))
        self.exchanges = self.sent = 0
        self._driver = driver
        self._reader = VirtualReader("bench", wrap=self._counted)
        self._link: Link | None = None
        self._card = VirtualCard(self.chip)

    def _counted(self, link: Link) -> Link:
        self._link = _CountedLink(link, self)
        return self._link

    def powered(self) -> PbocPurse:
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
        self._bench.sent += command[4] if len(command) > HEADED else 0
        return self._link.exchange(command)

    def close(self) -> None:
        self._link.close()


def measured_purse(driver: PbocDriver, *, by_t1: bool) -> MeasuredPurse:
    """Count the exchanges of one load: planned, done, found out."""
    bench = _Bench(driver, by_t1=by_t1)
    plan = bench.powered().begin(ORDER, KEYS)
    planned = bench.taken()
    selected = bench.sent
    bench.powered()
    selected = bench.sent - selected
    bench.taken()
    sent = bench.sent
    bench.powered().load(plan, KEYS)
    sent, loaded = bench.sent - sent - selected, bench.taken()
    purse = bench.powered()
    purse.find_out(plan, KEYS)
    found = bench.taken()
    take_head_off(purse, KEYS)
    clear_rest(purse, KEYS)
    return MeasuredPurse(planned, loaded, found, bench.taken(), sent)


def least_purse(*, by_t1: bool) -> MeasuredPurse:
    """What no desk can spare: the application selected, and one command for each thing asked.

    By T=0 what comes back on a command with data is fetched by another.
    """
    asked = 1 if by_t1 else 2
    return MeasuredPurse(1 + asked, 1 + 2 * asked, 1 + 2 * asked, WRITTEN, LOAD_BYTES)


def torn_at_meter(driver: PbocDriver) -> TornLoads:
    """Pull the card at every sub-step of what its meter does with it.

    Old: the load waits on the card. New: the meter has it, and the card says so. Neither: the
    meter has it, or knows at the next insertion that it has, and the card does not say so yet.
    """
    counted = _filled(driver)
    meter = PurseMeter.of_purse(counted)
    counted.chip.arm(None)
    meter.take(counted, at=ORDER.at)
    tally = dict.fromkeys(_Stand, 0)
    mended = 0
    for tear in every_tear(counted.chip.steps, SEEDS):
        card = _filled(driver)
        meter = PurseMeter.of_purse(card)
        meter.take(card, at=ORDER.at, cut=tear)
        stand = _stand(card)
        tally[stand] += 1
        if stand is not _Stand.NEW:
            meter.take(card, at=ORDER.at)
            mended += _stand(card) is _Stand.NEW and meter.state.cumulative == ORDER.fen
    old, new, neither = (tally[one] for one in _Stand)
    return TornLoads(old + new + neither, old, new, neither, mended)


class _Stand(Enum):
    """What a card shows that comes from its meter."""

    OLD = "old"
    NEW = "new"
    NEITHER = "neither"


def _filled(driver: PbocDriver) -> VirtualCard:
    """A household's card with one load on it."""
    bench = _Bench(driver)
    bench.chip.issue(Parameters(METER_NO, CUSTOMER_NO, Purpose.BUYING))
    plan = bench.powered().begin(ORDER, KEYS)
    bench.powered().load(plan, KEYS)
    return VirtualCard(bench.chip)


def _stand(card: VirtualCard) -> _Stand:
    chip = purse_in(card)
    if chip.state.of_kind(ORDER.kind).balance:
        return _Stand.OLD
    try:
        back = files_of(chip)[1]
    except Refusal:
        return _Stand.NEITHER
    return _Stand.NEITHER if back is None else _Stand.NEW


def torn_purse(driver: PbocDriver) -> TornLoads:
    """Take the power at every sub-step of one sale, in several half-way states of each."""
    counted = _Bench(driver)
    plan = counted.powered().begin(ORDER, KEYS)
    purse = counted.powered()
    counted.chip.arm(None)
    _sold(purse, plan)
    old, new = plan.before, counted.stand
    stands, mended = [], 0
    for tear in every_tear(counted.chip.steps, SEEDS):
        bench = _Bench(driver)
        purse = bench.powered()
        bench.chip.arm(tear)
        with suppress(LinkFailed):
            _sold(purse, plan)
        stands.append(bench.stand)
        found = bench.powered().find_out(plan, KEYS)
        if found.truth is LoadTruth.NOT_DONE:
            _sold(bench.powered(), plan)
            cleared = is_cleared(bench.chip.content(RETURNED))
            mended += cleared and bench.stand == new
    olds, news = stands.count(old), stands.count(new)
    return TornLoads(len(stands), olds, news, len(stands) - olds - news, mended)


def _sold(purse: PbocPurse, plan: LoadPlan) -> None:
    """What its meter wrote back is cleared, and the load is done."""
    if not is_cleared(purse.read_file(RETURNED)):
        take_head_off(purse, KEYS)
        clear_rest(purse, KEYS)
    purse.load(plan, KEYS)
