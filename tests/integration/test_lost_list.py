"""A restored station has the money of its lists from the ledger, and not the lists."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch import Batch, LineState
from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, Party, Why
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.tariff import Period, PurchaseCap
from cardstation.domain.volume import Volume
from cardstation.errors import LedgerRefused, Refusal
from cardstation.services.add_row import add_row
from cardstation.services.batch_account import batch_account
from cardstation.services.batch_state import batch_state
from cardstation.services.close_batch import close_batch
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.explain_card import explain_card
from cardstation.services.intent.signed_over import open_items
from cardstation.services.pay_batch import pay_batch
from cardstation.services.purge_batch import purge_batch, purge_due
from cardstation.services.rejoin import rejoin
from cardstation.services.release_line import release_line
from cardstation.services.return_remainder import return_remainder
from cardstation.services.sync import sync
from tests.kit.handing import go_back, hand
from tests.kit.lists import list_row, taken
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.prices import RESIDENTIAL
from tests.kit.station import DESK_RULES, Desk, card_of, neighbours, open_desk
from tests.kit.two_desks import SECOND, proved

HOMES = neighbours(6)
OURS = HOMES[:3]
PAID = Money.of_yuan("300")


class Day:
    """A desk whose folder was copied before it took in a list, got ¥300 and loaded a card."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self.folder, self.opened, self.ledger = folder, opened, MemoryLedger()
        desk = self.open("day")
        desk.sell(card_of(HOMES[5]))
        sync(desk.station)
        desk.station.store.close()
        shutil.copytree(folder / "day", folder / "backup")
        self.desk = self.open("day")
        self.batch_id = self.listed(OURS).batch_id
        pay_batch(self.desk.station, self.batch_id, tender=Tender.CASH, money=PAID)

    def open(self, name: str) -> Desk:
        desk = open_desk(self.folder / name, households=HOMES, ledger=self.ledger)
        self.opened.callback(desk.station.store.close)
        return desk

    def listed(self, homes: Sequence[Household], yuan: str = "100") -> Batch:
        return taken(self.desk.station, [list_row(home, yuan) for home in homes])

    def restored(self) -> None:
        sync(self.desk.station)
        self.desk.station.store.close()
        self.desk = self.open("backup")
        with pytest.raises(LedgerRefused, match="ledger_ahead"):
            sync(self.desk.station)
        rejoin(self.desk.station, SECOND)
        proved(self.desk)


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with ExitStack() as opened:
        yield Day(tmp_path, opened)


def test_the_same_rows_in_another_order_are_another_list(day: Day) -> None:
    """What was paid for a place was paid for the household that stood there."""
    day.restored()
    again = day.listed(OURS[::-1])
    assert again.batch_id != day.batch_id
    account = batch_account(day.desk.station, again.batch_id)
    assert account.payments == ()


def test_the_next_list_takes_neither_its_id_nor_its_money(day: Day) -> None:
    day.restored()
    other = day.listed(HOMES[3:5])
    assert other.batch_id != day.batch_id
    pay_batch(day.desk.station, other.batch_id, tender=Tender.CASH, money=Money(1))
    money = batch_state(day.desk.station, other.batch_id).money
    assert (money.received, money.funded) == (Money(1), NO_MONEY)
    with pytest.raises(Refusal) as refused:
        day.desk.load(other.batch_id, card_of(HOMES[3]))
    assert refused.value.code == "line_unfunded"
    proved(day.desk)


def test_its_money_is_listed_signed_over_and_goes_back(day: Day) -> None:
    """One card of it is loaded already; its gas stays sold."""
    day.desk.load(day.batch_id, card_of(HOMES[0]))
    day.restored()
    station, left = day.desk.station, Money.of_yuan("200")
    (case,) = exceptions_state(station)
    assert (case.code, case.batch_id, case.money) == ("batch_money_open", day.batch_id, left)
    with station.store.reading() as reading:
        (item,) = open_items(reading, station.clock.now())
    assert (item.code, item.batch_id, item.money) == ("batch_money_open", day.batch_id, left)
    (payment,) = batch_account(station, day.batch_id).payments
    assert (payment.payment.money, payment.remains) == (PAID, left)
    with pytest.raises(Refusal) as refused:
        pay_batch(station, day.batch_id, tender=Tender.CASH, money=PAID)
    assert refused.value.code == "unknown_batch"

    payment_id = payment.payment.payment_id
    return_remainder(station, day.batch_id, payment_id, left, SECOND, found="not given before")
    assert not exceptions_state(station)
    with pytest.raises(Refusal, match="cards_not_back"):
        close_batch(station, day.batch_id)
    assert go_back(station, day.batch_id).stage is Stage.CLOSED
    with station.store.reading() as reading:
        assert not open_items(reading, station.clock.now())
    proved(day.desk)


def test_what_one_of_its_rows_gave_free_is_counted_once(day: Day) -> None:
    release_line(day.desk.station, day.batch_id, 1, "absent")
    day.restored()
    money = batch_state(day.desk.station, day.batch_id).money
    assert (money.funded, money.remainder) == (NO_MONEY, PAID)
    assert day.listed(OURS).batch_id == day.batch_id
    states = [one.state for one in batch_state(day.desk.station, day.batch_id).outcomes]
    assert states == [LineState.STOPPED, LineState.WAITING, LineState.WAITING]
    proved(day.desk)


def test_the_same_list_has_its_own_id_and_its_money_again(day: Day) -> None:
    day.desk.load(day.batch_id, card_of(HOMES[0]))
    day.restored()
    assert day.listed(OURS).batch_id == day.batch_id
    states = [one.state for one in batch_state(day.desk.station, day.batch_id).outcomes]
    assert states == [LineState.DONE, LineState.WAITING, LineState.WAITING]
    proved(day.desk)
    day.desk.load(day.batch_id, card_of(HOMES[1]))
    assert batch_state(day.desk.station, day.batch_id).money.remainder == NO_MONEY
    with pytest.raises(Refusal) as refused:
        day.listed(OURS)
    assert refused.value.code == "same_list_again"
    proved(day.desk)
    assert day.listed(OURS, "60").batch_id != day.batch_id


def changed(day: Day, place: int, **values: object) -> None:
    with day.desk.station.store.unit() as unit:
        home = unit.households.get(HOMES[place].account_no)
        assert home is not None
        unit.households.update(replace(home, **values))
        unit.commit()


def test_a_list_whose_loads_were_for_other_cards_is_taken_in_anew(day: Day) -> None:
    """The loaded card was replaced meanwhile: its row names another."""
    day.desk.load(day.batch_id, card_of(HOMES[0]))
    day.restored()
    changed(day, 0, card_no="880130259999")
    again = taken(day.desk.station, [list_row(home, card_no="") for home in OURS])
    assert again.batch_id != day.batch_id
    proved(day.desk)


@pytest.mark.parametrize("how", ["capped", "closed"])
def test_a_row_that_was_loaded_is_what_it_was(day: Day, how: str) -> None:
    """What it bought counts against its household's cap; an account may be closed since."""
    day.desk.load(day.batch_id, card_of(HOMES[0]))
    day.restored()
    if how == "capped":
        caps = {"residential": PurchaseCap(Volume.of_m3("30"), Period.MONTH)}
        with day.desk.station.store.unit() as unit:
            unit.tariffs.replace((RESIDENTIAL,), replace(DESK_RULES, purchase_caps=caps))
            unit.commit()
    else:
        changed(day, 0, status=HouseholdStatus.CLOSED)
    assert day.listed(OURS).batch_id == day.batch_id
    states = [one.state for one in batch_state(day.desk.station, day.batch_id).outcomes]
    assert states == [LineState.DONE, LineState.WAITING, LineState.WAITING]
    for home in OURS[1:]:
        day.desk.load(day.batch_id, card_of(home))
    assert batch_state(day.desk.station, day.batch_id).money.remainder == NO_MONEY
    proved(day.desk)


def test_its_bag_is_signed_over_too(day: Day) -> None:
    """Three cards came and one of them is kept for its household; its list is not on file."""
    station = day.desk.station
    hand(station, day.batch_id, Party.MANAGER, Party.DESK)
    for home in OURS:
        day.desk.load(day.batch_id, card_of(home))
        day.desk.reader.pull()
    explain_card(station, day.batch_id, Explanation(Why.ABSENT, (2,)))
    day.restored()
    with day.desk.station.store.reading() as reading:
        (item,) = open_items(reading, day.desk.station.clock.now())
    assert (item.code, item.batch_id) == ("cards_not_back", day.batch_id)
    with pytest.raises(Refusal, match="cards_not_back"):
        close_batch(day.desk.station, day.batch_id)


def test_a_list_that_comes_back_after_its_purge_is_purged_again(day: Day) -> None:
    station = day.desk.station
    for home in OURS:
        day.desk.load(day.batch_id, card_of(home))
        day.desk.reader.pull()
    hand(station, day.batch_id, Party.DESK, Party.MANAGER)
    close_batch(station, day.batch_id)
    purge_batch(station, day.batch_id)
    day.restored()
    assert purge_due(day.desk.station, 0) == ()
    assert day.listed(OURS).batch_id == day.batch_id
    assert purge_due(day.desk.station, 0) == (day.batch_id,)
    assert purge_due(day.desk.station, 0) == ()
    proved(day.desk)


def test_a_list_that_was_changed_before_it_was_lost_is_taken_in_anew(day: Day) -> None:
    home, money = HOMES[4], Money.of_yuan("50")
    add_row(day.desk.station, day.batch_id, home.account_no, money, card_no=home.card_no)
    day.restored()
    assert day.listed(OURS).batch_id != day.batch_id
    assert batch_state(day.desk.station, day.batch_id).money.remainder == PAID
    proved(day.desk)
