"""A restored station has its lists as the backup knew them: what the day changed pays for nothing.

The list is in the backup; it was changed, paid for and loaded after it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import LineState
from cardstation.domain.custody import Party
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.tariff import Period, PurchaseCap
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.add_row import add_row
from cardstation.services.batch_account import batch_account
from cardstation.services.batch_state import BatchMoney, batch_state
from cardstation.services.close_batch import close_batch
from cardstation.services.judge_again import judge_again
from cardstation.services.leave_out import leave_out
from cardstation.services.lists.changing import ROW_HELD
from cardstation.services.pay_batch import pay_batch
from cardstation.services.purge_batch import purge_batch
from cardstation.services.release_line import release_line
from cardstation.services.revise_list import revise_list
from cardstation.services.settle_arrears import settle_arrears
from cardstation.services.settle_line import settle_line
from cardstation.services.sync import sync
from tests.integration.test_lost_list import HOMES, Day
from tests.kit.desk import StandingClock
from tests.kit.handing import hand
from tests.kit.lists import list_row, made_list
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.prices import RESIDENTIAL
from tests.kit.station import DESK_RULES, Desk, card_of, open_desk
from tests.kit.two_desks import proved

ROW = Money.of_yuan("100")


class Listed(Day):
    """A desk whose folder was copied after it took in a list of three rows of ¥100."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self.folder, self.opened, self.ledger = folder, opened, MemoryLedger()
        self.clock = StandingClock()
        self.desk = self.open("day")
        self.batch_id = self.listed(HOMES[:3]).batch_id
        sync(self.desk.station)
        self.desk.station.store.close()
        shutil.copytree(folder / "day", folder / "backup")
        self.desk = self.open("day")

    def open(self, name: str) -> Desk:
        desk = open_desk(self.folder / name, households=HOMES, ledger=self.ledger, clock=self.clock)
        self.opened.callback(desk.station.store.close)
        return desk

    def pay(self, yuan: str, line: int = 0) -> None:
        money = Money.of_yuan(yuan)
        pay_batch(self.desk.station, self.batch_id, tender=Tender.CASH, money=money, line=line)
        self.desk.clock.at += timedelta(minutes=10)

    def load(self, *homes: int) -> None:
        for home in homes:
            assert self.desk.load(self.batch_id, card_of(HOMES[home])).state is LineState.DONE

    def refused(self, home: int) -> str:
        with pytest.raises(Refusal) as stop:
            self.desk.load(self.batch_id, card_of(HOMES[home]))
        self.desk.reader.pull()
        return stop.value.code

    def revised(self, *homes: int) -> None:
        found = made_list([list_row(HOMES[home], "100") for home in homes])
        revise_list(self.desk.station, self.batch_id, found)
        self.desk.clock.at += timedelta(minutes=10)

    def states(self) -> list[LineState]:
        return [one.state for one in batch_state(self.desk.station, self.batch_id).outcomes]

    def money(self) -> BatchMoney:
        return batch_state(self.desk.station, self.batch_id).money

    def sold(self, home: int) -> None:
        self.desk.sell(card_of(HOMES[home]))
        self.desk.reader.pull()
        self.desk.clock.at += timedelta(minutes=10)

    def capped(self) -> None:
        """Nobody may buy twice ¥100 of gas in a month from now on."""
        with self.desk.station.store.unit() as unit:
            caps = {"residential": PurchaseCap(Volume.of_m3("30"), Period.MONTH)}
            unit.tariffs.replace((RESIDENTIAL,), replace(DESK_RULES, purchase_caps=caps))
            unit.commit()


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Listed]:
    with ExitStack() as opened:
        yield Listed(tmp_path, opened)


def test_a_row_left_out_is_left_out_again_and_takes_no_money(day: Listed) -> None:
    leave_out(day.desk.station, day.batch_id, 1, "unclear")
    day.pay("200")
    day.load(1, 2)
    day.restored()
    assert day.states() == [LineState.WITHDRAWN, LineState.DONE, LineState.DONE]
    assert day.money().remainder == NO_MONEY
    assert day.refused(0) == "card_not_in_batch"


def test_the_rows_that_it_was_paid_for_are_loaded_and_not_the_one_left_out(day: Listed) -> None:
    leave_out(day.desk.station, day.batch_id, 1, "unclear")
    day.pay("200")
    day.restored()
    assert day.states() == [LineState.WITHDRAWN, LineState.WAITING, LineState.WAITING]
    day.load(1, 2)
    proved(day.desk)


def test_an_amount_that_was_changed_and_loaded_is_not_paid_for_twice(day: Listed) -> None:
    settle_line(day.desk.station, day.batch_id, 1, HOMES[0].account_no, Money.of_yuan("50"))
    day.pay("250")
    day.load(0, 1)
    day.restored()
    assert day.states() == [LineState.WITHDRAWN, LineState.DONE, LineState.WAITING]
    assert day.money().remainder == NO_MONEY
    assert day.refused(0) == "loaded_on_other_card", "a card made anew shows no load"
    day.load(2)
    proved(day.desk)


def test_where_a_changed_row_was_lost_the_others_wait_and_say_so(day: Listed) -> None:
    """¥50 of ¥150 was its own; nobody can tell that any more."""
    settle_line(day.desk.station, day.batch_id, 1, HOMES[0].account_no, Money.of_yuan("50"))
    day.pay("150")
    day.restored()
    assert day.money().funded == NO_MONEY
    assert [day.refused(home) for home in (0, 1, 2)] == [ROW_HELD] * 3
    with pytest.raises(Refusal, match="list_rows_lost"):
        day.revised(0, 1, 2)
    proved(day.desk)


def test_a_row_that_was_passed_over_is_not_paid_for_beyond_what_came(day: Listed) -> None:
    """Its household had reached its cap; the cap came after the backup."""
    day.sold(0)
    day.capped()
    day.pay("100")
    day.load(1)
    day.restored()
    assert day.states() == [LineState.UNFUNDED, LineState.DONE, LineState.UNFUNDED]
    assert day.money().remainder == NO_MONEY


def test_money_that_reaches_some_rows_waits_until_the_list_is_taken_again(day: Listed) -> None:
    day.sold(0)
    day.capped()
    day.pay("100")
    day.restored()
    assert day.money().funded == NO_MONEY
    assert [day.refused(home) for home in (0, 1, 2)] == [ROW_HELD] * 3
    day.desk.clock.at += timedelta(minutes=10)
    day.capped()
    day.revised(0, 1, 2)
    day.load(1)
    assert day.money().remainder == NO_MONEY
    proved(day.desk)


def test_a_list_that_was_revised_waits_until_it_is_taken_again(day: Listed) -> None:
    """The newer list had only the rows 1 and 3."""
    day.revised(0, 2)
    day.pay("200")
    day.load(0)
    day.restored()
    assert day.states() == [LineState.DONE, LineState.WITHDRAWN, LineState.WITHDRAWN]
    assert [day.refused(home) for home in (1, 2)] == [ROW_HELD, ROW_HELD]
    day.desk.clock.at += timedelta(minutes=10)
    day.revised(0, 2)
    day.load(2)
    assert day.money().remainder == NO_MONEY
    proved(day.desk)


def test_an_unchanged_list_goes_on_where_it_was(day: Listed) -> None:
    day.pay("260")
    release_line(day.desk.station, day.batch_id, 1, "absent")
    day.pay("40")
    day.load(1)
    before = (day.states(), day.money())
    day.restored()
    assert (day.states(), day.money()) == before
    day.load(2)
    proved(day.desk)


def test_who_bought_since_the_money_came_is_asked_about(day: Listed) -> None:
    """The line was bound to the counter before that purchase."""
    day.pay("300")
    day.sold(0)
    day.restored()
    assert day.refused(0) == ROW_HELD
    day.load(1, 2)
    proved(day.desk)


def test_what_lay_in_the_envelope_of_a_lost_row_pays_for_no_other(day: Listed) -> None:
    lost = add_row(day.desk.station, day.batch_id, HOMES[3].account_no, ROW)
    day.pay("90", line=lost)
    day.restored()
    for home in (3, 4):
        with pytest.raises(Refusal, match="list_rows_lost"):
            add_row(day.desk.station, day.batch_id, HOMES[home].account_no, Money.of_yuan("90"))
    assert day.money().remainder == Money.of_yuan("90")


def owes(day: Listed, home: int, yuan: str) -> None:
    with day.desk.station.store.unit() as unit:
        household = unit.households.get(HOMES[home].account_no)
        assert household is not None
        unit.households.update(replace(household, arrears=Money.of_yuan(yuan)))
        unit.commit()


def test_the_envelope_of_a_row_that_was_judged_again_is_spent_once(day: Listed) -> None:
    """Its debt was paid out of it, the rest was loaded by a row that is lost."""
    station, home = day.desk.station, HOMES[3]
    owes(day, 3, "10")
    place = add_row(station, day.batch_id, home.account_no, ROW)
    day.pay("100", line=place)
    day.pay("300")
    (first, *_) = batch_account(station, day.batch_id).payments
    settle_arrears(station, day.batch_id, place, first.payment.payment_id, "signed")
    judge_again(station, day.batch_id, place)
    day.load(3)
    day.restored()
    remains = [one.remains for one in batch_account(day.desk.station, day.batch_id).payments]
    assert remains == [NO_MONEY, NO_MONEY]
    owes(day, 0, "10")
    with pytest.raises(Refusal, match="unknown_payment"):
        settle_arrears(day.desk.station, day.batch_id, 1, first.payment.payment_id, "signed")
    owes(day, 0, "0")
    day.load(0, 1, 2)
    proved(day.desk)


def test_a_row_that_was_lost_before_any_money_came_keeps_its_place(day: Listed) -> None:
    add_row(day.desk.station, day.batch_id, HOMES[3].account_no, ROW)
    day.restored()
    with pytest.raises(Refusal, match="list_rows_lost"):
        add_row(day.desk.station, day.batch_id, HOMES[4].account_no, ROW)


def test_names_that_were_removed_do_not_come_back(day: Listed) -> None:
    day.pay("300")
    day.load(0, 1, 2)
    station = day.desk.station
    hand(station, day.batch_id, Party.DESK, Party.MANAGER)
    close_batch(station, day.batch_id)
    purge_batch(station, day.batch_id)
    day.restored()
    with day.desk.station.store.reading() as reading:
        batch = reading.batches.get(day.batch_id)
    assert batch is not None
    assert batch.purged_at is not None
    assert {(line.name, line.row.name) for line in batch.lines} == {("", "")}
