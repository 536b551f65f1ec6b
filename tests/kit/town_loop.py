"""The closed loop in which households also move away and others come, and fitters use their cards.

Who moves away gets back what its meter holds. Who comes begins with a blank and a meter that nobody
has opened. A fitter lets test gas through, and opens a meter that a magnet locked.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

from cardstation.domain.closing import FinalReading
from cardstation.domain.household import Household
from cardstation.domain.money import NO_MONEY
from cardstation.domain.tool_book import ToolOrder
from cardstation.domain.tool_card import Tool
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.ports.reader import Presence
from cardstation.services.begin_closing import begin_closing
from cardstation.services.close_account import Leaving, close_account
from cardstation.services.issue_card import issue_card
from cardstation.services.make_tool_card import make_tool_card
from cardstation.services.quote_closing import quote_closing
from cardstation.services.take_back_tool import take_back_tool_card
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.virtual import Tear, VirtualCard
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterState
from tests.kit.issuing import blank
from tests.kit.loop_books import Home
from tests.kit.meter_loop import SECOND
from tests.kit.services_loop import WHY, Other, ServicesLoop
from tests.kit.station import nobody

LOOKED = "slip and till were looked at"
TEST_GAS = Volume(500)
MOVES = 2
"""Per cent of days on which a household would move away."""


class TownLoop(ServicesLoop):
    """The world of `ServicesLoop`, whose households come and go."""

    _orders = 0

    def _acts(self) -> tuple[Callable[[Home], None], ...]:
        return (*super()._acts(), self._fitter_came, self._other_kind)

    def _a_day_of(self, home: Home) -> None:
        if self.strikes(MOVES):
            self._tried(home, self._moved_away)
        else:
            super()._a_day_of(home)

    def _other_kind(self, home: Home) -> None:
        """A meter that counts money hangs where one counted gas, or the other way round."""
        [*other] = self.rules.kinds - {home.kind}
        booked, doubt = self._books_of(home)
        if not other or doubt or booked != home.in_meter or self._is_odd(home):
            return
        was = home.kind
        self._changed_for(home, other[0])
        self._more[home.household.account_no].before = None
        self.ended[was] += booked
        self._booked[home.household.account_no] = 0
        home.credited = dict.fromkeys(home.credited, 0)
        home.twice = home.earlier = 0
        self._count(f"now counts {home.kind}")

    def _moved_away(self, home: Home) -> None:
        """Its account is closed, and another household comes, with a meter of its own."""
        if self.on_card(home):
            return
        state = home.hung.meter.state
        left = state.quantity(max(state.residual, 0))
        final = FinalReading(left, "fitter", "CB-118")
        station, account_no = self.desk.station, home.household.account_no
        total = quote_closing(station, account_no, final).total
        with closing(self.desk.insert(home.card)) as inserted:
            doubtful = begin_closing(station, account_no, final, inserted)
            said = Leaving(final, WHY, total, found=LOOKED if doubtful else "")
            paid = close_account(station, account_no, SECOND, said, inserted).settlement
        self.desk.reader.pull()
        self.ended[home.kind] -= paid.volume.litres or paid.gas.fen
        self.gone.append(home)
        self.homes[self.homes.index(home)] = self._comes(home)

    def _comes(self, before: Home) -> Home:
        number = len(self.gone)
        old = before.household
        new = replace(
            self._directory[0],
            account_no=f"22010499{number:04d}",
            card_no=f"8801302599{number:04d}",
            meter=replace(old.meter, kind=self.kind, meter_no=f"QM27{number:08d}"),
            address=replace(old.address, room=str(900 + number)),
            purchase_counter=0,
            generation=0,
            balance=NO_MONEY,
        )
        with self.desk.station.store.unit() as unit:
            unit.households.put([new])
            unit.commit()
        self._more[new.account_no] = Other()
        fresh = MeterState(new.meter.meter_no, kind=self.kind, school=self.rules.school)
        self.bench.replace(before.hung.meter.state.meter_no, VirtualMeter(fresh, self.layout))
        hung = self.bench[new.meter.meter_no]
        return Home(new, self._first_card(new), hung, 0, 0, {fresh.taken_mark: 0})

    def _first_card(self, household: Household) -> VirtualCard:
        card = blank(self.rules)

        def work(presence: Presence) -> None:
            desk, maker = self.desk, self.rules.code
            account_no = household.account_no
            issue_card(desk.station, desk.reader, presence, account_no, nobody, maker=maker)

        self._at_reader(card, work)
        self._count("issued")
        return card

    def _is_for_other_meter(self, home: Home) -> bool:
        """A card that opens the meter it meets first is for the one on the wall."""
        named = self.layout.decode(home.card.image).identity.meter_no
        return bool(named) and super()._is_for_other_meter(home)

    def _into(
        self,
        home: Home,
        at: datetime,
        *,
        into: Home | None = None,
        backwards: bool = False,
        torn: bool = False,
    ) -> None:
        """A new household's first card goes into its own meter: any other new one would take it."""
        if into is None or self.layout.decode(home.card.image).identity.meter_no:
            super()._into(home, at, into=into, backwards=backwards, torn=torn)

    def _fitter_came(self, home: Home) -> None:
        """A tool card is made, used, torn from the meter perhaps, and taken back."""
        if self.layout.chip not in {one.chip for one in TOOL_LAYOUTS}:
            return
        order = self._order(home)
        card = blank(self.rules)

        def made(presence: Presence) -> None:
            desk = self.desk
            make_tool_card(desk.station, desk.reader, presence, order, SECOND, WHY, nobody)

        def back(presence: Presence) -> None:
            desk = self.desk
            take_back_tool_card(desk.station, desk.reader, presence, SECOND, WHY, nobody)

        self._at_reader(card, made)
        meter = home.hung.meter
        before = meter.state.used_litres
        cut = Tear(self.chance.randrange(self.meter_steps), seed=self.chance.randrange(99))
        torn = self.strikes(self.luck.torn_meter)
        for one in (cut, None) if torn else (None,):
            meter.use(card, at=self.desk.clock.now(), cut=one)
            card.chip.arm(None)
        home.used += meter.state.used_litres - before
        self._at_reader(card, back)
        self._count(f"fitter's card: {order.tool.value}")

    def _order(self, home: Home) -> ToolOrder:
        tool = Tool.UNLOCK if home.hung.meter.state.locked else Tool.TEST
        self._orders += 1
        return ToolOrder(
            tool,
            home.hung.meter.state.meter_no,
            f"GD-{self._orders}",
            "李师傅",
            self.desk.clock.now() + timedelta(days=3),
            test_gas=TEST_GAS if tool is Tool.TEST else NO_GAS,
            maker=self.rules.code,
        )
