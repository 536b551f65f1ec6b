"""The closed loop with every service on a card: given gas, cards lost and found, other meters.

Beside what `Loop` does, fitters read meters and hang others, cards are lost, found, replaced and
cleared, changes and new cards are taken back, and a household begins with a blank. All of it with
cards pulled at any moment and the desk switched off in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from cardstation.domain.card import CardType
from cardstation.domain.household import Household
from cardstation.domain.meter import CounterSchool, MakerRules, MeterKind
from cardstation.domain.meter_change import FinalReading, NewMeter
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.domain.volume import Volume
from cardstation.errors import CardStationError, Defect, Refusal
from cardstation.ports.reader import Presence
from cardstation.services.cancel_meter_change import cancel_meter_change
from cardstation.services.cancel_reissue import cancel_reissue
from cardstation.services.change_card import change_card
from cardstation.services.change_meter import change_meter, reckon_change
from cardstation.services.clear_card import clear_card
from cardstation.services.grant_gas import grant_emergency, grant_gas
from cardstation.services.identify import Inserted
from cardstation.services.intent.gas_dues import dues_of
from cardstation.services.intent.lost_card import MeterRead
from cardstation.services.issue_card import issue_card
from cardstation.services.load_due import load_due
from cardstation.services.reissue_card import reissue_card
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.restart_account import restart_account
from cardstation.services.stop_account import stop_account
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterState, number_of
from tests.kit.issuing import blank
from tests.kit.loop_books import Home
from tests.kit.luck import USUAL, Luck
from tests.kit.meter_loop import SECOND, TRIES, Loop
from tests.kit.station import nobody

WHY = "seen by both, order 12"
OFTEN = 12
"""Per cent of days on which something else than a purchase happens to a household."""
Work = Callable[[Presence], object]


@dataclass
class Other:
    """What else a household has.

    Attributes:
        lost: Cards that are somewhere. before: The meter that a change took down, while it may
            hang there again.
    """

    lost: list[VirtualCard] = field(default_factory=list)
    before: VirtualMeter | None = None


class ServicesLoop(Loop):
    """The world of `Loop`, in which everything else that a desk does with cards happens, too."""

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
        self._more: dict[str, Other] = {}
        self._meters = 0
        self._blanks: list[VirtualCard] = []
        super().__init__(folder, rules, kind, seed=seed, households=households, luck=luck)

    def _build(self) -> None:
        super()._build()
        self._directory = [replace(one, chip=self.layout.chip) for one in self._directory]

    def _moved_in(self, household: Household) -> Home:
        self._more[household.account_no] = Other()
        return super()._moved_in(household)

    def _a_day_of(self, home: Home) -> None:
        if self.strikes(OFTEN):
            self._tried(home, self.chance.choice(self._acts()))
        if self._is_odd(home):
            self._tried(home, self._card_is_ready)
        super()._a_day_of(home)

    def _acts(self) -> tuple[Callable[[Home], None], ...]:
        """What else may happen to a household."""
        return (
            *(self._granted, self._emergency, self._lost, self._lost, self._found),
            *(self._other_meter, self._other_meter, self._stopped_a_while, self._cleared),
        )

    def _is_odd(self, home: Home) -> bool:
        """A card of another meter, or one that opens a meter and met it."""
        identity = self.layout.decode(home.card.image).identity
        return self._is_for_other_meter(home) or identity.card_type is CardType.OPENING

    def _tried(self, home: Home, act: Callable[[Home], None]) -> None:
        """A refusal is an answer like another; what went off a card is paid back."""
        name = act.__name__.strip("_")
        try:
            act(home)
            self._count(name)
        except Refusal as stop:
            self._count(f"{name} stopped: {stop.code}")
        with self.desk.station.store.reading() as reading:
            owed = [one for one in reading.topups.open_intents() if _is_owed(one)]
        for one in owed:
            self._pay_out(one.topup_id)
        self._prove(home)

    def _at_reader(self, card: VirtualCard, work: Work) -> None:
        """A work on a whole card, pulled, switched off in between, until it is done or refused."""
        for number in range(TRIES):
            unlucky = number < TRIES - 1
            self.desk.reader.pull()
            self.desk.reader.insert(card)
            presence = self.desk.reader.wait_card(0)
            assert presence is not None
            if unlucky and self.strikes(self.luck.torn_desk):
                card.chip.arm(self._desk_cut())
                self._count("torn at the desk")
            try:
                work(presence)
                return
            except (Defect, Refusal):
                raise
            except CardStationError as error:
                self._count(f"again: {error.code}")
            finally:
                card.chip.arm(None)
                self.desk.reader.pull()
            if unlucky and self.strikes(self.luck.switched_off):
                self.close()
                self.desk = self._switched_on()
                self._count("switched off")
        raise AssertionError("nothing can be left open for ever")

    def _served(self, home: Home, inserted: Inserted, *, buys: bool) -> bool:
        """What is due goes onto the card before anything is bought, mostly."""
        account_no = home.household.account_no
        with self.desk.station.store.reading() as reading:
            due = any(one.is_open and one.due.account_no == account_no for one in dues_of(reading))
        if not buys or not due or self.strikes(30):
            return super()._served(home, inserted, buys=buys)
        if resolve_card(self.desk.station, inserted).outcome is Outcome.NOTHING:
            load_due(self.desk.station, inserted, None, nobody)
            self._count("given")
        return True

    def _so_much(self, home: Home) -> Money | Volume:
        amount = self.chance.randrange(1, 30)
        return Money(amount * 100) if home.kind is MeterKind.MONEY else Volume(amount * 1_000)

    def on_card(self, home: Home) -> int:
        """As of a loop, on all its cards; a load on two of them is one."""
        loads: dict[bytes, int] = {}
        for card in (home.card, *self._more[home.household.account_no].lost):
            credit = self.layout.decode(card.image).credit
            if credit is not None and credit.mark not in home.credited:
                loads[credit.mark] = number_of(credit.quantity)
        return sum(loads.values())

    def _granted(self, home: Home) -> None:
        told = (home.household.account_no, self._so_much(home), Tender.MAKE_UP, "WO-7", SECOND, WHY)
        grant_gas(self.desk.station, *told)

    def _emergency(self, home: Home) -> None:
        grant_emergency(self.desk.station, home.household.account_no, "call", SECOND, WHY)

    def _stopped_a_while(self, home: Home) -> None:
        account_no = home.household.account_no
        stop_account(self.desk.station, account_no, WHY)
        sold = self.counts["sold"]
        self._visit(home, buys=True)
        assert self.counts["sold"] == sold
        restart_account(self.desk.station, account_no, SECOND, WHY)

    def _lost(self, home: Home) -> None:
        """Its card is somewhere; a new one is made, after a fitter looked or not."""
        card = self._blanks.pop() if self._blanks else blank(self.rules)
        read = self._fitter(home)

        def work(presence: Presence) -> None:
            desk, account_no = self.desk, home.household.account_no
            told = (account_no, SECOND, WHY, nobody)
            maker = self.rules.code
            reissue_card(desk.station, desk.reader, presence, *told, maker=maker, meter=read)

        self._at_reader(card, work)
        more = self._more[home.household.account_no]
        more.lost.append(home.card)
        home.card = card
        if read is not None and self.rules.school is CounterSchool.NONE:
            # Whoever read the meter has seen to it that no other card brings that load.
            more.lost[:] = [one for one in more.lost if self._mark(one) != self._mark(card)]

    def _fitter(self, home: Home) -> MeterRead | None:
        """What an honest fitter reads, where one goes."""
        if self.strikes(60):
            return None
        if self.rules.school is not CounterSchool.NONE:
            return MeterRead("photo", home.hung.meter.state.purchase_counter)
        return MeterRead("photo") if super().on_card(home) else None

    def _mark(self, card: VirtualCard) -> bytes:
        credit = self.layout.decode(card.image).credit
        return b"" if credit is None else credit.mark

    def _found(self, home: Home) -> None:
        """A card that was lost turns up: at the meter, at the desk, or to be used again."""
        lost = self._more[home.household.account_no].lost
        if not lost:
            return
        if self.strikes(40):
            before = home.hung.meter.state
            number = before.meter_no
            self.bench.take(self.chance.choice(lost), at=self.desk.clock.now(), into=number)
            self._took(home, before)
        elif self.strikes(50):
            inserted = self.desk.insert(self.chance.choice(lost))
            try:
                resolve_card(self.desk.station, inserted)
            finally:
                inserted.close()
                self.desk.reader.pull()
        else:
            self._used_again(home, lost)

    def _used_again(self, home: Home, lost: list[VirtualCard]) -> None:
        def work(presence: Presence) -> None:
            desk = self.desk
            cancel_reissue(desk.station, desk.reader, presence, SECOND, WHY, nobody)

        self._at_reader(home.card, work)
        self._count("used_again")
        if self.layout.is_blank(home.card.image):
            self._blanks.append(home.card)
        home.card = lost.pop()

    def _cleared(self, home: Home) -> None:
        lost = self._more[home.household.account_no].lost
        if not lost:
            return
        card = self.chance.choice(lost)

        def work(presence: Presence) -> None:
            desk = self.desk
            clear_card(desk.station, desk.reader, presence, SECOND, WHY, nobody)

        self._at_reader(card, work)
        lost.remove(card)
        self._blanks.append(card)

    def _other_meter(self, home: Home) -> None:
        """A fitter hangs another meter, or the one before again, as if it had never gone."""
        more = self._more[home.household.account_no]
        if more.before is not None and self.strikes(50):
            before, more.before = more.before, None
            cancel_meter_change(self.desk.station, home.household.account_no, SECOND, WHY)
            self._on_wall(home, before)
            self._count("put_back")
            return
        before = home.hung.meter
        self._changed_for(home, home.kind)
        more.before = before

    def _changed_for(self, home: Home, kind: MeterKind) -> None:
        self._meters += 1
        state = home.hung.meter.state
        new = NewMeter(f"QM26{self._meters:08d}", kind)
        left = state.quantity(max(state.residual, 0))
        read = FinalReading(left, state.purchase_counter, "HB-117")
        desk, account_no = self.desk, home.household.account_no
        agreed = reckon_change(desk.station, account_no, new, read)
        change_meter(desk.station, account_no, new, read, agreed, SECOND, WHY)
        fresh = MeterState(new.meter_no, kind=kind, school=self.rules.school)
        self._on_wall(home, VirtualMeter(fresh, self.layout))

    def _on_wall(self, home: Home, meter: VirtualMeter) -> None:
        self.bench.replace(home.hung.meter.state.meter_no, meter)
        home.hung = self.bench[meter.state.meter_no]
        home.residual, home.used = meter.state.residual, meter.state.used_litres
        home.earlier = home.in_meter + home.twice

    def _meets_meter(self, home: Home) -> None:
        if not self._is_for_other_meter(home):
            super()._meets_meter(home)

    def _is_for_other_meter(self, home: Home) -> bool:
        identity = self.layout.decode(home.card.image).identity
        return identity.meter_no != home.hung.meter.state.meter_no

    def _card_is_ready(self, home: Home) -> None:
        """The card, or a blank, is written for the meter on the wall; bound once it opened it."""
        changes = self._is_for_other_meter(home)
        fits = self.layout.rewrites
        card = home.card if fits or not changes else blank(self.rules)

        def work(presence: Presence) -> None:
            desk, account_no = self.desk, home.household.account_no
            if changes and fits:
                change_card(desk.station, desk.reader, presence, account_no, nobody)
            else:
                maker = self.rules.code
                issue_card(desk.station, desk.reader, presence, account_no, nobody, maker=maker)

        self._at_reader(card, work)
        if card is not home.card:
            self._more[home.household.account_no].lost.append(home.card)
            home.card = card


def _is_owed(one: TopUp) -> bool:
    return one.direction is Direction.RETURN and one.state is TopUpState.SEALED
