"""Every registered purse behind the real card service, its keys in a module in the second slot."""

from __future__ import annotations

import pytest

from cardstation.errors import LoadUnanswered
from cardstation.ports.purse import LoadTruth, PurseCard, PurseDriver, PurseKeys, PurseStand
from cardstation.ports.reader import Link, Presence
from drivers.keys.psam import PsamPurseKeys
from drivers.measured_purse import twin_of
from drivers.purses import PURSES
from drivers.virtual import Firmware, Tear, VirtualCard
from drivers.virtual.psam import VirtualPsam
from drivers.virtual.purse_card import VirtualPurseCard
from tests.kit.pcsc import PLENTY_S, Bench
from tests.kit.purses import PURSE, order, software

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]

BEFORE_THE_MARK, AFTER_IT = Tear(0, seed=1), Tear(2, seed=1)
"""Cuts of a load: its copy half written, and the copy whole but the purse half written."""


class Counter:
    """A purse card in the first slot and a secure module in the second."""

    def __init__(self, bench: Bench, driver: PurseDriver, chip: VirtualPurseCard) -> None:
        self.bench, self.driver, self.card = bench, driver, VirtualCard(chip)
        self.lain: Presence | None = None
        self.links: list[Link] = []
        self.insert()
        bench.slots[1].insert(Firmware(VirtualCard(VirtualPsam())))
        presence = bench.readers[1].wait_card(PLENTY_S)
        assert presence is not None
        self.module = bench.readers[1].open(presence)
        self.keys: PurseKeys = PsamPurseKeys(self.module)

    def insert(self) -> None:
        self.bench.slots[0].insert(Firmware(self.card))

    def powered(self) -> PurseCard:
        """The card after a fresh power-up."""
        while self.links:
            self.links.pop().close()
        self.lain = self.bench.readers[0].wait_card(PLENTY_S)
        assert self.lain is not None
        assert self.driver.recognises(self.lain.atr)
        self.links.append(self.bench.readers[0].open(self.lain))
        return self.driver.attach(self.links[-1])

    def gone(self) -> None:
        """Wait until the torn card is noticed to be out."""
        assert self.lain is not None
        self.links.pop().close()
        assert self.bench.slots[0].wait_empty(PLENTY_S)
        assert self.bench.readers[0].wait_removed(self.lain, PLENTY_S)

    def close(self) -> None:
        for link in (*self.links, self.module):
            link.close()


@pytest.mark.parametrize("by_t1", [False, True], ids=["t0", "t1"])
@pytest.mark.parametrize("driver", PURSES, ids=lambda driver: driver.name)
def test_a_purse_over_the_real_stack(bench: Bench, driver: PurseDriver, by_t1: bool) -> None:
    chip = twin_of(driver, by_t1=by_t1)
    counter = Counter(bench, driver, chip)
    plan = counter.powered().begin(order(), counter.keys)
    assert software().tac_fits(plan, counter.powered().load(plan, counter.keys))
    for tear, truth, stand in (
        (BEFORE_THE_MARK, LoadTruth.NOT_DONE, PurseStand(5000, 1)),
        (AFTER_IT, LoadTruth.DONE, PurseStand(5700, 2)),
    ):
        plan = counter.powered().begin(order(700), counter.keys)
        purse = counter.powered()
        chip.arm(tear)
        with pytest.raises(LoadUnanswered):
            purse.load(plan, counter.keys)
        counter.gone()
        counter.insert()
        finding = counter.powered().find_out(plan, counter.keys)
        assert (finding.truth, finding.stand) == (truth, stand)
    counter.close()
    cells = chip.state.of_kind(PURSE)
    assert (cells.balance, cells.online) == (5700, 2)
