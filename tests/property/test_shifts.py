"""Any day of sales, returns and shifts: each till adds up, and no cut opens or counts twice."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUpRequest
from cardstation.errors import Refusal
from cardstation.services.close_shift import close_shift
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.return_load import return_load
from cardstation.services.shift_state import shift_state
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from tests.kit import cards
from tests.kit.power import Cut, Power, PowerCut, When, store_under
from tests.kit.shifts import ANNA, BEN, CHIEF, FLOAT, PINS, desk_on_duty, desk_with_clerks
from tests.kit.station import Desk, card_of, line, nobody, put_batch, take

HOME = cards.household()
SEEDS = range(12)


class Day:
    """A desk, and beside it a till that knows only notes going in and out."""

    def __init__(self, home: Path, seed: int) -> None:
        self.desk = desk_with_clerks(home)
        self.chance = random.Random(seed)
        self.card = card_of(HOME)
        self.till = NO_MONEY
        self.clerk = ""
        self.batch = put_batch(self.desk, [line(HOME, 1)])

    def sell(self) -> None:
        tender = self.chance.choice([Tender.CASH, Tender.CASH, Tender.QR_CODE])
        money = Money(self.chance.randrange(1_000, 9_000))
        inserted = self.desk.insert(self.card)
        try:
            top_up(self.desk.station, inserted, TopUpRequest(money=money, tender=tender), nobody)
            self.till += money if tender is Tender.CASH else NO_MONEY
            if self.chance.random() < 0.4:
                back = return_load(self.desk.station, inserted, Approval(CHIEF), nobody)
                pay_out(self.desk.station, back.topup_id, Approval(CHIEF))
                self.till -= back.quote.total if tender is Tender.CASH else NO_MONEY
                return
        finally:
            inserted.close()
        take(self.card)

    def lump(self) -> None:
        tender = self.chance.choice([Tender.CASH, Tender.BANK_TRANSFER])
        money = Money(self.chance.randrange(1, 50_000))
        pay_batch(self.desk.station, self.batch, tender=tender, money=money)
        self.till += money if tender is Tender.CASH else NO_MONEY

    def open(self) -> None:
        self.clerk = self.chance.choice([ANNA, BEN])
        self.till = Money(self.chance.randrange(100_000))
        opened = open_shift(self.desk.station, self.clerk, PINS[self.clerk], float_money=self.till)
        last = shift_state(self.desk.station).last
        assert last is None or last.digest == opened.digest
        assert opened.appeared == opened.gone == ()

    def close(self) -> int:
        wrong = self.chance.choice([0, 0, -50, 137])
        counted = max(self.till + Money(wrong), NO_MONEY)
        closed = close_shift(self.desk.station, PINS[self.clerk], counted=counted)
        self.clerk = ""
        assert closed.expected == self.till
        assert closed.over_short == counted - self.till
        return closed.over_short.fen


@pytest.mark.parametrize("seed", SEEDS)
def test_every_till_of_any_day_adds_up(tmp_path: Path, seed: int) -> None:
    day, over = Day(tmp_path, seed), 0
    for _ in range(14):
        if not day.clerk:
            with pytest.raises(Refusal, match="no_shift"):
                day.lump()
            day.open()
            continue
        work: Callable[[], Any] = day.chance.choice([day.sell, day.sell, day.lump, day.close])
        over += work() or 0
    if day.clerk:
        over += day.close()
    found = verify(day.desk.station)
    assert found.ok, found.disagreements
    assert found.money_terms["cash_over_short"] == over
    day.desk.station.store.close()


def opening(desk: Desk) -> None:
    open_shift(desk.station, ANNA, PINS[ANNA], float_money=FLOAT)


def closing(desk: Desk) -> None:
    close_shift(
        desk.station, PINS[ANNA], counted=Money(60_000), handed_to=BEN, handed_pin=PINS[BEN]
    )


def finished(desk: Desk, work: Callable[[Desk], None]) -> bool:
    state = shift_state(desk.station)
    return state.open is not None if work is opening else state.last is not None


def facts(desk: Desk) -> list[str]:
    kinds = {EntryKind.SHIFT_OPENED.value, EntryKind.SHIFT_CLOSED.value}
    return [kind for kind in desk.kinds() if kind in kinds]


def once(home: Path, work: Callable[[Desk], None], cut: Cut | None) -> list[str]:
    """Do it in a copy of a day under one cut; repeat it as a clerk would, until it is done."""
    power = Power()
    desk = desk_with_clerks(home, store=store_under(power))
    power.names.clear()
    power.cut = cut
    with suppress(PowerCut):
        work(desk)
    desk.station.store.close()
    again = desk_with_clerks(home)
    if not finished(again, work):
        work(again)
    with pytest.raises(Refusal, match="shift_open_already" if work is opening else "no_shift"):
        work(again)
    seen = facts(again)
    with again.station.store.reading() as reading:
        assert len(reading.shifts.every_count()) == (0 if work is opening else 1)
    proof = verify(again.station)
    assert proof.ok, proof.disagreements
    if work is closing:
        closed = shift_state(again.station).last
        assert closed is not None
        assert (closed.over_short, closed.handed_to) == (NO_MONEY, BEN)
    again.station.store.close()
    assert seen == ["shift_opened", "shift_closed"][: 1 if work is opening else 2]
    return list(power.names)


@pytest.mark.parametrize("work", [opening, closing], ids=["open", "close"])
def test_cut_anywhere_a_shift_is_opened_and_counted_once(
    tmp_path: Path, work: Callable[[Desk], None]
) -> None:
    begun = (desk_on_duty if work is closing else desk_with_clerks)(tmp_path / "day")
    if work is closing:
        begun.sell(card_of(HOME))
    begun.station.store.close()

    def copy(name: str) -> Path:
        return Path(shutil.copytree(tmp_path / "day", tmp_path / name))

    names = once(copy("whole"), work, None)
    assert names.count("commit") == (3 if work is opening else 6)
    for at in range(len(names)):
        for when in (When.BEFORE, When.AFTER):
            once(copy(f"{at}-{when}"), work, Cut(at, when))


def test_another_count_after_a_cut_is_refused(tmp_path: Path) -> None:
    """The commit of the count is the fifth of a close with a receiver."""
    desk_on_duty(tmp_path).station.store.close()
    power = Power()
    desk = desk_with_clerks(tmp_path, store=store_under(power))
    power.names.clear()
    power.cut = Cut(4, When.AFTER)
    with pytest.raises(PowerCut):
        closing(desk)
    desk.station.store.close()
    again = desk_with_clerks(tmp_path)
    assert shift_state(again.station).counted
    with pytest.raises(Refusal, match="count_stands"):
        close_shift(again.station, PINS[ANNA], counted=FLOAT)
    assert close_shift(again.station, PINS[ANNA], counted=None).counted == Money(60_000)
    again.station.store.close()
