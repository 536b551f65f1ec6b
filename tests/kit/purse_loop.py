"""The closed loop of months over purse cards: desk, CPU card and the meter that empties it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cardstation.bootstrap.purses import with_purses
from cardstation.domain.household import Household
from cardstation.domain.meter import MeterKind
from cardstation.errors import Refusal
from drivers.makers.purse_cards import PURSE_CARDS
from drivers.purses.chip import KIND
from drivers.purses.opencpu import OPEN_CPU
from drivers.virtual import Tear, VirtualCard
from drivers.virtual.meter_rules import number_of
from drivers.virtual.purse_bench import PurseBench
from drivers.virtual.purse_meter import PurseMeter, purse_in
from drivers.virtual.tear import Cut
from drivers.virtual.volume_purse_maker import make_purse_of
from tests.kit.loop_books import Home
from tests.kit.luck import Luck
from tests.kit.meter_loop import Loop
from tests.kit.purses import software
from tests.kit.station import Desk

ROUGH = Luck(torn_desk=40, torn_meter=30, returns=0)
STEPS_OF_LOAD, STEPS_AT_METER = 8, 7


class PurseLoop(Loop):
    """The world of one kind of purse card; nothing is ever taken back at the desk."""

    meter_steps = STEPS_AT_METER

    def __init__(
        self,
        folder: Path,
        kind: MeterKind,
        *,
        seed: int,
        households: int = 4,
    ) -> None:
        super().__init__(folder, PURSE_CARDS, kind, seed=seed, households=households, luck=ROUGH)

    def _build(self) -> None:
        self._dialect = "acs"
        self.bench = PurseBench((), ())
        self._directory = [_on_purse(one, place) for place, one in enumerate(self._directory)]

    def _issued(self, household: Household) -> VirtualCard:
        return make_purse_of(household)

    def _switched_on(self) -> Desk:
        desk = super()._switched_on()
        desk.station = with_purses(desk.station, software())
        return desk

    def _visit(self, home: Home, *, buys: bool, unlucky: bool = True) -> None:
        """What a meter's torn answer stops at the desk, the meter mends."""
        if not unlucky:
            self._into(home, self.desk.clock.now())
        super()._visit(home, buys=buys, unlucky=unlucky)

    def _at_counter(self, home: Home, *, buys: bool, unlucky: bool) -> bool:
        try:
            return super()._at_counter(home, buys=buys, unlucky=unlucky)
        except Refusal as stop:
            if stop.code != "card_damaged":
                raise
            self._count("sent back to the meter first")
            self.desk.reader.pull()
            return True

    def _desk_cut(self) -> Cut:
        return Tear(self.chance.randrange(STEPS_OF_LOAD), seed=self.chance.randrange(99))

    def on_card(self, home: Home) -> int:
        """What is in the purse, and what it gave to a meter that has not heard so yet."""
        cells, meter = purse_in(home.card).state.of_kind(KIND), home.hung.meter
        assert isinstance(meter, PurseMeter)
        noted = meter.noted
        if noted is None or cells.offline <= noted.spent or noted.content.credit is None:
            return cells.balance
        self._count("given while the card was pulled")
        return cells.balance + number_of(noted.content.credit.quantity)


def _on_purse(home: Household, place: int) -> Household:
    """A money card has room for a meter number of digits only."""
    number = f"001799600{place:03d}"
    money = home.meter.kind is MeterKind.MONEY
    meter = replace(home.meter, meter_no=number) if money else home.meter
    return replace(home, meter=meter, chip=OPEN_CPU.name)
