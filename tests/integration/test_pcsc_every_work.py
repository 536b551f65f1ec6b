"""Every work on a whole card behind the real card service, on every chip that cards are issued on.

Two readers, so that nobody waits for a hand: the card in the first one is issued, bound, sold to,
lost, found and cleared; the one in the second is made in its place, taken back and made again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from cardstation.domain.meter import MakerRules
from cardstation.domain.money import Money
from cardstation.domain.topup import TopUpRequest, Work
from cardstation.domain.volume import Volume
from cardstation.ports.reader import Presence, Reader
from cardstation.services.cancel_reissue import cancel_reissue
from cardstation.services.clear_card import clear_card
from cardstation.services.identify import insert_card
from cardstation.services.issue_card import issue_card
from cardstation.services.make_tool_card import make_tool_card
from cardstation.services.reissue_card import reissue_card
from cardstation.services.station import Station
from cardstation.services.take_back_tool import take_back_tool_card
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.virtual import Firmware, VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit.clearing import CLEARABLE, is_blank
from tests.kit.cut_works import ONE_A_LAYOUT, SPOKEN
from tests.kit.issuing import blank, meter_for, newcomer
from tests.kit.pcsc import PLENTY_S, Bench
from tests.kit.reissuing import SECOND, WHY
from tests.kit.station import layout_of, nobody, open_desk
from tests.kit.tooling import order

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]

CASES = [
    (rules, dialect)
    for rules in ONE_A_LAYOUT
    for dialect in SPOKEN[layout_of(rules).chip]
    if dialect != "acr1252"  # as part3, but for where its keys lie
]
TOOL_CHIPS = {one.chip for one in TOOL_LAYOUTS}
GAS = Volume.of_m3("29")


@dataclass
class Counter:
    """A station with two readers, and a household that has no card."""

    station: Station
    bench: Bench
    rules: MakerRules
    dialect: str

    def __post_init__(self) -> None:
        self.home = newcomer(self.rules)
        self.meter: VirtualMeter = meter_for(self.home, self.rules)
        self.bench.room._dialects = dict.fromkeys(
            (one.name for one in self.bench.readers), self.dialect
        )
        self.first, self.second = (self._lies(slot) for slot in (0, 1))

    def _lies(self, slot: int) -> VirtualCard:
        card = blank(self.rules)
        self.bench.slots[slot].insert(Firmware(card, self.dialect))
        return card

    def at(self, slot: int) -> tuple[Station, Reader, Presence]:
        reader = self.bench.readers[slot]
        presence = reader.wait_card(PLENTY_S)
        assert presence is not None
        return self.station, reader, presence

    def issued(self) -> Work:
        account_no = self.home.account_no
        return Work(issue_card(*self.at(0), account_no, nobody, maker=self.rules.code).work)

    def reissued(self) -> Work:
        account_no, maker = self.home.account_no, self.rules.code
        slip = reissue_card(*self.at(1), account_no, SECOND, WHY, nobody, maker=maker)
        return Work(slip.work)

    def sold(self, slot: int) -> None:
        inserted = insert_card(*self.at(slot))
        try:
            top_up(self.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
        finally:
            inserted.close()

    def tool_card(self) -> None:
        """A fitter's card of the blank in the first reader, used, and a blank again."""
        wanted = order(maker=self.rules.code)
        make_tool_card(*self.at(0), wanted, SECOND, WHY, nobody)
        assert self.meter.use(self.first, at=self.station.clock.now()).did
        take_back_tool_card(*self.at(0), SECOND, WHY, nobody)
        assert is_blank(self.first, self.rules)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0].layout}-{case[1]}")
def test_every_work_over_the_real_stack(
    bench: Bench, tmp_path: Path, case: tuple[MakerRules, str]
) -> None:
    rules, dialect = case
    station = open_desk(tmp_path, households=[newcomer(rules)]).station
    counter = Counter(station, bench, rules, dialect)
    assert counter.issued() is Work.ISSUE
    assert counter.meter.take(counter.first).written
    assert counter.issued() is Work.BIND
    counter.sold(0)
    assert counter.meter.take(counter.first).credited == GAS
    assert counter.reissued() is Work.REISSUE
    cancel_reissue(*counter.at(1), SECOND, WHY, nobody)
    assert not layout_of(rules).recognises(counter.second.image)
    live = 0
    if rules in CLEARABLE:
        assert counter.reissued() is Work.REISSUE
        clear_card(*counter.at(0), SECOND, WHY, nobody)
        assert is_blank(counter.first, rules)
        live = 1
        if layout_of(rules).chip in TOOL_CHIPS:
            counter.tool_card()
    card = (counter.first, counter.second)[live]
    counter.meter.take(card)
    counter.sold(live)
    assert counter.meter.take(card).credited == GAS
    assert counter.meter.state.residual == 2 * GAS.litres
    assert verify(station).ok
    station.store.close()
