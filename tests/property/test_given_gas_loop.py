"""Sold, given, owed, taken back, withdrawn, burnt: what meters took is what was sold and given."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import pytest

from cardstation.domain.card import Quantity
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUpRequest
from cardstation.domain.transitions import TopUpState
from cardstation.domain.volume import Volume
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.grant_gas import grant_emergency, grant_gas
from cardstation.services.intent.gas_dues import dues_of
from cardstation.services.load_due import load_due
from cardstation.services.refund import request_refund
from cardstation.services.return_load import return_load
from cardstation.services.sync import sync
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from cardstation.services.withdraw_due import withdraw_due
from drivers.makers import MAKERS
from drivers.virtual import Tear
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import number_of
from tests.kit.station import card_of, layout_of, neighbours, nobody, open_desk, repeat_chance

SECOND = Approval("supervisor")
WHY = "its meter lost what was in it"
STEPS = 39
EXPECTED = {
    *("load_still_on_card", "load_still_on_card_money", "no_gas_due", "emergency_open"),
    *("hoard_limit", "hoard_limit_money", "nothing_to_return", "emergency_gas_paid"),
    *("gas_due_ended", "no_paid_load", "load_is_on_card", "meter_may_have_taken", "card_torn"),
    *("code_tries_low", "load_not_ours", "per_load_max"),
}
"""What the rules may say no to on such a day; anything else is a fault."""


class Day:
    """One household, its card and meter, and a clerk who does as chance says."""

    def __init__(self, folder: Path, seed: int, kind: MeterKind) -> None:
        self.chance = random.Random(seed)
        [self.home] = neighbours(1, kind)
        self.desk = open_desk(folder, households=[self.home])
        self.card = card_of(self.home)
        layout = layout_of(MAKERS[0])
        self.meter = VirtualMeter.of_card(layout.decode(self.card.image), layout)
        self.credited = 0

    def so_much(self, most: int) -> Quantity:
        amount = self.chance.randrange(1, most)
        money = self.home.meter.kind is MeterKind.MONEY
        return Money(amount * 100) if money else Volume(amount * 1_000)

    def sell(self) -> None:
        with closing(self.desk.insert(self.card)) as inserted:
            top_up(self.desk.station, inserted, TopUpRequest(money=Money(9_000)), nobody)

    def grant(self) -> None:
        if self.chance.random() < 0.3:
            grant_emergency(self.desk.station, self.home.account_no, "call", SECOND, WHY)
            return
        told = (self.home.account_no, self.so_much(60), Tender.MAKE_UP, "WO-7", SECOND, WHY)
        grant_gas(self.desk.station, *told)

    def load(self) -> None:
        with closing(self.desk.insert(self.card)) as inserted:
            load_due(self.desk.station, inserted, None, nobody)

    def torn(self) -> None:
        """Pulled somewhere in a load of what is due, or in nothing at all."""
        self.card.chip.arm(Tear(self.chance.randrange(25)))
        try:
            self.load()
        finally:
            self.card.chip.arm(None)

    def back(self) -> None:
        with closing(self.desk.insert(self.card)) as inserted:
            return_load(self.desk.station, inserted, SECOND, nobody, reading="photo 1")

    def given_up(self) -> None:
        with closing(self.desk.insert(self.card)) as inserted:
            request_refund(self.desk.station, inserted, SECOND)

    def withdraw(self) -> None:
        with self.desk.station.store.reading() as reading:
            due = next((one.due for one in dues_of(reading) if one.is_open), None)
        if due is not None:
            withdraw_due(self.desk.station, due.due_id, SECOND, WHY)

    def at_home(self) -> None:
        self.credited += number_of(self.meter.take(self.card).credited)
        self.meter.consume(Volume(self.chance.randrange(60_000)))
        self.meter.take(self.card)

    def step(self) -> None:
        work = (self.sell, self.grant, self.load, self.torn, self.back, self.given_up)
        act = self.chance.choice((*work, self.withdraw, self.at_home, self.at_home, self.load))
        try:
            act()
        except Refusal as stop:
            if stop.code not in EXPECTED:
                raise
        except (OutcomeUnknown, LinkFailed):
            if act != self.torn:
                raise


@pytest.mark.parametrize("kind", MeterKind)
@pytest.mark.parametrize("seed", range(2))
def test_what_is_credited_and_on_cards_was_sold_or_given(
    tmp_path: Path, seed: int, kind: MeterKind
) -> None:
    repeat_chance(seed)
    day = Day(tmp_path, seed, kind)
    for number in range(STEPS):
        day.step()
        if number % 13 == 12:
            found = verify(day.desk.station)
            assert found.ok, found.disagreements
    day.at_home()
    sync(day.desk.station)
    with day.desk.station.store.reading() as reading:
        sealed = [one for one in reading.topups.every() if one.state is TopUpState.SEALED]
        back = {one.corrects for one in reading.topups.every() if one.corrects}
        standings = dues_of(reading)
    loads = [one for one in sealed if not one.corrects and one.topup_id not in back]
    assert day.credited == sum(number_of(one.quantity) for one in loads)
    for one in standings:
        mine = [load for load in loads if load.order_id == one.due.due_id]
        assert one.withdrawn or number_of(one.left) + sum(
            number_of(load.quantity) for load in mine
        ) == number_of(one.due.quantity)
    given = [one for one in loads if one.is_given]
    assert given
    assert all(one.money == NO_MONEY for one in given)
    assert not day.desk.ledger.centre.chains["S001"].exceptions
    day.desk.station.store.close()
