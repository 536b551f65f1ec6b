"""A closed loop of months: one desk, its households' cards, and the meters they go into.

Households burn gas every day, come to the desk when little is left, and put their cards into their
meters. Cards are pulled at the desk and at the meter, the desk is switched off in the middle, cards
go in backwards and into a neighbour's meter, batteries run flat. After every step the gas that is
there, in meters and on cards, is compared with what the books say was sold.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from cardstation.domain.card import Quantity
from cardstation.domain.household import Household
from cardstation.domain.meter import CounterSchool, MakerRules, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUp, TopUpRequest, mark_of
from cardstation.domain.transitions import MAY_BE_ON_CARD, Direction, TopUpState
from cardstation.domain.volume import Volume
from cardstation.errors import CardStationError, Defect, Refusal
from cardstation.services.dispute import dispute
from cardstation.services.identify import Inserted
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.pay_out import pay_out
from cardstation.services.recover import recover
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.chips import CHIPS
from drivers.keys import DemoCardKeys
from drivers.layouts import LAYOUTS
from drivers.makers import MAKERS
from drivers.virtual import PullAfter, Tear, VirtualCard, VirtualReader
from drivers.virtual.maker import make_card
from drivers.virtual.meter_bench import MeterBench
from drivers.virtual.meter_errors import MeterError
from drivers.virtual.meter_life import new_battery, tampered
from drivers.virtual.meter_rules import MeterState, number_of
from drivers.virtual.tear import Cut
from tests.kit.loop_books import Home, gas_of, is_open, sold_of
from tests.kit.luck import USUAL, Luck
from tests.kit.station import Desk, neighbours, nobody, open_desk

SECOND = Approval("supervisor")
TRIES = 8
NEWS = 1_000
LITTLE = {MeterKind.VOLUME: 12_000, MeterKind.MONEY: 3_500}
"""Litres or fen at which people go to the desk."""


class Loop:
    """The world of one maker and one kind of meter.

    Args:
        folder: For the desk's records.
        rules: The maker.
        kind: Of the meters.
        seed: Of all chance.
        households: How many.
        luck: How bad.
    """

    meter_steps = 40

    def __init__(
        self,
        folder: Path,
        rules: MakerRules,
        kind: MeterKind,
        *,
        seed: int,
        households: int = 4,
        luck: Luck = USUAL,
    ) -> None:
        self.rules, self.kind, self.luck = rules, kind, luck
        self.chance = Random(f"{rules.code} {kind} {seed}")
        self.counts: Counter[str] = Counter()
        self._folder = folder
        self._booked: Counter[str] = Counter()
        self._seq = 0
        self.gone: list[Home] = []
        self.ended: Counter[MeterKind] = Counter()
        self._directory = neighbours(households, kind)
        self._build()
        self.homes = [self._moved_in(one) for one in self._directory]
        strict = self.homes[0].hung.meter
        strict.state = replace(strict.state, hoard=4 * LITTLE[kind])
        self.desk = self._switched_on()

    def _build(self) -> None:
        self.layout = next(one for one in LAYOUTS if one.code == self.rules.layout)
        driver = next(one for one in CHIPS if one.name == self.layout.chip)
        self._dialect = next(iter(driver.spoken))
        self.bench = MeterBench((self.layout,), MAKERS)

    def _issued(self, household: Household) -> VirtualCard:
        return make_card(household, self.rules, self.layout, DemoCardKeys())

    def _moved_in(self, household: Household) -> Home:
        card = self._issued(household)
        self.bench.hang(card)
        hung = self.bench[household.meter.meter_no]
        state = hung.meter.state
        home = Home(household, card, hung, state.residual, state.used_litres)
        home.credited[state.taken_mark] = 0
        return home

    def _switched_on(self) -> Desk:
        before = getattr(self, "desk", None)
        desk = open_desk(
            self._folder / "desk",
            households=self._directory,
            reader=VirtualReader(dialect=self._dialect),
            clock=before and before.clock,
            ledger=before and before.ledger,
        )
        recover(desk.station)
        return desk

    def _count(self, what: str, times: int = 1) -> None:
        self.counts[what] += times

    def strikes(self, per_cent: int) -> bool:
        return self.chance.randrange(100) < per_cent

    def live(self, days: int) -> None:
        """Let days pass, each with what people do on it; then everybody comes to the desk."""
        for _ in range(days):
            self.desk.clock.at += timedelta(days=1)
            self.bench.day(
                self.desk.clock.at.date(), lambda _: Volume(self.chance.randrange(2_500))
            )
            for home in self.homes:
                self._a_day_of(home)
        for home in self.homes:
            self._visit(home, buys=False, unlucky=False)
        self.prove_all()

    def close(self) -> None:
        self.desk.station.store.close()

    def _a_day_of(self, home: Home) -> None:
        state = home.hung.meter.state
        if state.closed and state.battery < 50:
            home.hung.meter.state = new_battery(state)
            self._count("new batteries")
        elif self.strikes(self.luck.magnet):
            home.hung.meter.state = tampered(state, "magnet")
            self._count("magnets")
        if state.residual <= LITTLE[home.kind] or state.locked or self.chance.randrange(20) == 0:
            self._visit(home, buys=True)
            if not self.strikes(self.luck.forgets_meter):
                self._meets_meter(home)

    def _desk_cut(self) -> Cut:
        return PullAfter(self.chance.randrange(28))

    def _meets_meter(self, home: Home) -> None:
        at = self.desk.clock.now()
        if self.strikes(self.luck.neighbour):
            other = self.chance.choice(self.homes)
            if other is not home:
                self._into(home, at, into=other)
        if self.strikes(self.luck.backwards):
            self._into(home, at, backwards=True)
        torn = self.strikes(self.luck.torn_meter)
        self._into(home, at, torn=torn)
        if torn and self.strikes(60):
            self._into(home, at)

    def _into(
        self,
        home: Home,
        at: datetime,
        *,
        into: Home | None = None,
        backwards: bool = False,
        torn: bool = False,
    ) -> None:
        cut = (
            Tear(self.chance.randrange(self.meter_steps), seed=self.chance.randrange(99))
            if torn
            else None
        )
        meter = home.hung.meter
        before = meter.state
        verdict = self.bench.take(
            home.card,
            at=at,
            cut=cut,
            backwards=backwards,
            into=(into or home).hung.meter.state.meter_no,
        )
        home.card.chip.arm(None)
        if into or backwards:
            assert meter.state.cumulative == before.cumulative
            wanted = MeterError.METER_NO if into else MeterError.CARD_RESET
            assert verdict.error in (wanted, MeterError.VOLTAGE)
        self._took(home, before)
        if verdict.torn:
            self._count("torn at the meter")
        elif verdict.error:
            self._count(f"meter error {verdict.error}")
        self._prove(home)

    def _took(self, home: Home, before: MeterState) -> None:
        """Keep what its meter credited since."""
        state = home.hung.meter.state
        taken = state.cumulative - before.cumulative
        if taken:
            again = state.taken_mark in home.credited
            assert not again or self.rules.school is CounterSchool.NONE, "gas was taken twice"
            home.twice += taken if again else 0
            home.credited.setdefault(state.taken_mark, taken)
            self._count("taken twice, no counter" if again else "loads taken")

    def _visit(self, home: Home, *, buys: bool, unlucky: bool = True) -> None:
        """The household at the counter, until all is done or it walks away."""
        for _ in range(TRIES):
            done = self._at_counter(home, buys=buys, unlucky=unlucky)
            self._prove(home)
            if done or (unlucky and self.strikes(self.luck.walks_away)):
                return
            if unlucky and self.strikes(self.luck.switched_off):
                self.close()
                self.desk = self._switched_on()
                self._count("switched off")
        assert unlucky, "nothing can be left open for ever"

    def _at_counter(self, home: Home, *, buys: bool, unlucky: bool) -> bool:
        desk, card = self.desk, home.card
        torn = unlucky and self.strikes(self.luck.torn_desk)
        inserted = desk.insert(card)
        if torn:
            card.chip.arm(self._desk_cut())
            self._count("torn at the desk")
        try:
            return self._served(home, inserted, buys=buys)
        except Defect:
            raise
        except Refusal as stop:
            self._count(f"stopped: {stop.code}")
            return True
        except CardStationError as error:
            if error.code == "card_not_as_left":
                self._people_settle(home, str(error.values["topup_id"]))
            return False
        finally:
            card.chip.arm(None)
            inserted.close()
            desk.reader.pull()

    def _served(self, home: Home, inserted: Inserted, *, buys: bool) -> bool:
        station = self.desk.station
        found = resolve_card(station, inserted)
        if found.outcome is not Outcome.NOTHING:
            self._count(f"found open, {found.outcome.value}")
        if found.outcome is Outcome.RETURNED and found.intent is not None:
            self._pay_out(found.intent.intent_id)
            return True
        if not buys:
            return True
        if self.strikes(self.luck.returns) and self._untaken(home, inserted):
            back = return_load(station, inserted, SECOND, nobody, reading="W1")
            self._pay_out(back.topup_id)
            return True
        if found.outcome is Outcome.NOTHING:
            yuan = str(self.chance.randrange(30, 200))
            wanted = TopUpRequest(money=Money.of_yuan(yuan))
            top_up(station, inserted, wanted, nobody)
            self._count("sold")
        return True

    def _people_settle(self, home: Home, topup_id: str) -> None:
        """What no card can tell two persons write down as it truly is (AT88SC102 only: a meter
        moves what it is told into the zone that a torn load had begun)."""
        assert self.layout.chip == "at88sc102", "a card tells what became of it"
        station = self.desk.station
        with station.store.reading() as reading:
            intent = reading.topups.get(topup_id)
        assert intent is not None
        mark = mark_of(intent.corrects or topup_id)
        credit = self.layout.decode(home.card.image).credit
        there = mark in home.credited or (credit is not None and credit.mark == mark)
        dispute(station, topup_id, SECOND)
        finding = Finding.LOADED if there else Finding.NOT_LOADED
        seen = "card and meter were looked at"
        meter = MeterCount(home.hung.meter.state.purchase_counter)
        settle_dispute(station, topup_id, finding, seen, SECOND, meter)
        if (
            self._state_of(topup_id) in (TopUpState.REFUND_REQUESTED, TopUpState.SEALED)
            and not there
        ):
            pay_out(station, topup_id, SECOND, found="the slip was looked at")
        self._count("settled by people")

    def _state_of(self, topup_id: str) -> TopUpState:
        with self.desk.station.store.reading() as reading:
            intent = reading.topups.get(topup_id)
        assert intent is not None
        return intent.state

    def _pay_out(self, topup_id: str) -> None:
        pay_out(self.desk.station, topup_id, SECOND, found="the slip was looked at")
        self._count("taken back")

    def _untaken(self, home: Home, inserted: Inserted) -> bool:
        """What an honest fitter would find: this load is not in the meter."""
        content = inserted.content
        if content.pending is None or content.credit is None:
            return False
        return content.credit.mark not in home.credited

    def on_card(self, home: Home) -> int:
        """The load on the card that the meter has truly not taken."""
        credit = self.layout.decode(home.card.image).credit
        if credit is None or credit.mark in home.credited:
            return 0
        return number_of(credit.quantity)

    def _prove(self, home: Home) -> None:
        """Gas in the meter and on the card is what was sold, give or take what is in doubt."""
        there = home.in_meter + self.on_card(home)
        booked, doubt = self._books_of(home)
        assert there - booked in (0, doubt), (there, booked, doubt)
        state = home.hung.meter.state
        taken = home.in_meter + home.twice - home.earlier
        assert state.cumulative - home.hung.began == taken
        burnt = home.hung.burnt.litres
        assert state.used_litres == home.used + burnt
        if home.kind is MeterKind.VOLUME:
            assert state.residual == home.residual + taken - burnt

    def _books_of(self, home: Home) -> tuple[int, int]:
        """Sold less taken back, and the one load that may be there or gone meanwhile."""
        account = home.household.account_no
        with self.desk.station.store.reading() as reading:
            news = [one.entry for one in reading.journal.since(self._seq, NEWS)]
            pending = [one for one in reading.topups.open_intents() if one.account_no == account]
        for entry in news:
            self._seq = entry.seq
            self._booked[entry.account_no] += gas_of(entry)
        return self._booked[account], sum(map(self._doubt, pending))

    def _doubt(self, intent: TopUp) -> int:
        if intent.state not in MAY_BE_ON_CARD:
            return 0
        if intent.direction is Direction.SALE:
            return number_of(intent.quantity)
        quote = intent.quote
        sold: Quantity = quote.total if quote.volume is None else quote.volume
        return -number_of(sold)

    def prove_all(self) -> None:
        """Nothing is open, every book agrees, and the gas of all together is what was sold."""
        found = verify(self.desk.station)
        assert found.ok, found.disagreements
        with self.desk.station.store.reading() as reading:
            waiting = [one for one in reading.topups.open_intents() if is_open(one)]
        assert not waiting, waiting
        there = Counter(self.ended)
        for home in (*self.homes, *self.gone):
            lies = home.in_meter + self.on_card(home)
            assert lies == self._books_of(home)[0]
            there[home.kind] += lies
        for kind in MeterKind:
            assert there[kind] == sold_of(found.gas_terms, kind)
        self._count("litres or fen sold", there.total())
