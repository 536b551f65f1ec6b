"""Rows that come to count after the money came: what lies there pays for them, and is proven."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import Verdict
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.preflight import IMPLAUSIBLE
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.add_row import add_row
from cardstation.services.batch_account import batch_account
from cardstation.services.begin_door_list import begin_door_list
from cardstation.services.count_entry import count_entry
from cardstation.services.judge_again import judge_again
from cardstation.services.leave_out import leave_out
from cardstation.services.lists.entry import read_keyed
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.rejoin import rejoin
from cardstation.services.release_amount import release_amount
from cardstation.services.release_line import release_line
from cardstation.services.reopen_line import reopen_line
from cardstation.services.return_load import return_load
from cardstation.services.settle_arrears import settle_arrears
from cardstation.services.settle_line import settle_line
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from tests.kit.desk import StandingClock
from tests.kit.lists import with_people
from tests.kit.memory_ledger import Centre
from tests.kit.station import Desk, card_of, line, neighbours, nobody, open_desk, put_batch
from tests.kit.two_stations import open_station

FIRST, LATER = neighbours(2)
MONEY, BOTH = Money(10_000), Money(20_000)
SECOND = Approval("supervisor")


def keyed(desk: Desk, batch: str, text: str) -> None:
    count_entry(desk.station, batch, rows=read_keyed(text), approval=SECOND)


Act = Callable[[Desk, str], int]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    owes = replace(LATER, arrears=Money(1_000))
    opened = open_desk(tmp_path / "desk", households=[FIRST, owes])
    yield opened
    opened.reader.pull()
    opened.station.store.close()


def settled(desk: Desk, batch: str) -> int:
    return settle_line(desk.station, batch, 2, LATER.account_no, MONEY)


def released(desk: Desk, batch: str) -> int:
    return release_amount(desk.station, batch, 2, SECOND)


def out_of_debt(desk: Desk, batch: str) -> int:
    with desk.station.store.unit() as unit:
        unit.households.update(replace(desk.household(LATER.account_no), arrears=Money(1_000)))
        unit.commit()
    [paid] = batch_account(desk.station, batch).payments
    settle_arrears(desk.station, batch, 2, paid.payment.payment_id, "signed")
    return judge_again(desk.station, batch, 2)


def taken_in_again(desk: Desk, batch: str) -> int:
    left_out(desk, batch)
    return reopen_line(desk.station, batch, 2)


def left_out(desk: Desk, batch: str) -> None:
    leave_out(desk.station, batch, 2, "unclear")


def at_the_door(desk: Desk, batch: str) -> int:
    left_out(desk, batch)
    return added(desk, batch)


def added(desk: Desk, batch: str) -> int:
    return add_row(desk.station, batch, LATER.account_no, MONEY, card_no=LATER.card_no)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (settled, "name_differs"),
        (released, IMPLAUSIBLE),
        (out_of_debt, "arrears"),
        (taken_in_again, "name_differs"),
        (at_the_door, "name_differs"),
    ],
)
def test_money_that_lies_there_pays_for_a_row_that_counts_now(
    desk: Desk, act: Act, reason: str
) -> None:
    with desk.station.store.unit() as unit:
        unit.households.update(replace(desk.household(LATER.account_no), arrears=NO_MONEY))
        unit.commit()
    waits = line(LATER, 3, verdict=Verdict.HUMAN, reasons=(reason,))
    batch = put_batch(desk, [line(FIRST, 2), waits])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(21_000))
    desk.clock.at += timedelta(minutes=10)
    place = act(desk, batch)
    with desk.station.store.reading() as reading:
        assert set(reading.funds.funded(batch)) == {1, place}
    for home in (FIRST, LATER):
        assert desk.load(batch, card_of(home)).state == "done"
    found = verify(desk.station)
    assert found.ok, found.disagreements


def test_a_row_left_out_lets_the_money_reach_those_behind_it(desk: Desk) -> None:
    batch = put_batch(desk, [line(FIRST, 2, yuan="200"), line(LATER, 3)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=MONEY)
    desk.clock.at += timedelta(minutes=10)
    leave_out(desk.station, batch, 1, "not_wanted")
    assert desk.load(batch, card_of(LATER)).state == "done"
    assert verify(desk.station).ok


def test_a_row_typed_after_the_money_came_waits_for_the_second_count(desk: Desk) -> None:
    with_people(desk)
    batch = begin_door_list(desk.station, "上门").batch_id
    add_row(desk.station, batch, FIRST.account_no, MONEY, card_no=FIRST.card_no)
    keyed(desk, batch, f"{FIRST.account_no} 100")
    pay_batch(desk.station, batch, tender=Tender.CASH, money=BOTH)
    desk.clock.at += timedelta(minutes=10)
    with desk.station.store.unit() as unit:
        unit.households.update(replace(desk.household(LATER.account_no), arrears=NO_MONEY))
        unit.commit()
    place = add_row(desk.station, batch, LATER.account_no, MONEY, card_no=LATER.card_no)
    with desk.station.store.reading() as reading:
        assert place not in reading.funds.funded(batch)
    desk.clock.at += timedelta(minutes=10)
    keyed(desk, batch, f"{LATER.account_no} 100")
    with desk.station.store.reading() as reading:
        assert place in reading.funds.funded(batch)
    found = verify(desk.station)
    assert found.ok, found.disagreements


def _row_released(desk: Desk, batch: str) -> None:
    release_line(desk.station, batch, 1, "absent")


def _load_refunded(desk: Desk, batch: str) -> None:
    card = card_of(FIRST)
    desk.load(batch, card)
    inserted = desk.insert(card)
    back = return_load(desk.station, inserted, SECOND, nobody, reading="photo 1")
    inserted.close()
    desk.clock.at += timedelta(minutes=10)
    pay_out(desk.station, back.topup_id, SECOND)


@pytest.mark.parametrize("frees", [_row_released, _load_refunded])
def test_money_that_a_row_gave_free_pays_for_no_row_that_nobody_counted(
    desk: Desk, frees: Callable[[Desk, str], None]
) -> None:
    with_people(desk)
    with desk.station.store.unit() as unit:
        unit.households.update(replace(desk.household(LATER.account_no), arrears=NO_MONEY))
        unit.commit()
    batch = begin_door_list(desk.station, "上门").batch_id
    add_row(desk.station, batch, FIRST.account_no, MONEY, card_no=FIRST.card_no)
    keyed(desk, batch, f"{FIRST.account_no} 100")
    pay_batch(desk.station, batch, tender=Tender.CASH, money=MONEY)
    place = add_row(desk.station, batch, LATER.account_no, Money(9_000), card_no=LATER.card_no)
    desk.clock.at += timedelta(minutes=10)
    frees(desk, batch)
    with desk.station.store.reading() as reading:
        assert place not in reading.funds.funded(batch)
    with pytest.raises(Refusal, match="line_unfunded"):
        desk.load(batch, card_of(LATER))
    desk.clock.at += timedelta(minutes=10)
    keyed(desk, batch, f"{LATER.account_no} 90")
    with desk.station.store.reading() as reading:
        assert place in reading.funds.funded(batch)
    found = verify(desk.station)
    assert found.ok, found.disagreements


def test_no_row_takes_the_place_of_one_that_was_lost(tmp_path: Path) -> None:
    """The ledger gives the load back; whose row it was is nowhere, and `verify` knows that."""
    centre, clock = Centre(), StandingClock()
    desk = open_station(tmp_path, centre, "S001", clock=clock, households=[FIRST, LATER])
    waits = line(LATER, 3, verdict=Verdict.HUMAN, reasons=("name_differs",))
    batch = put_batch(desk, [line(FIRST, 2), waits])
    sync(desk.station)
    desk.station.store.close()
    shutil.copy2(tmp_path / "S001" / "station.db", tmp_path / "copy.db")
    desk = open_station(tmp_path, centre, "S001", clock=clock, households=[FIRST, LATER])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=BOTH)
    desk.clock.at += timedelta(minutes=10)
    settled(desk, batch)
    desk.load(batch, card_of(LATER))
    sync(desk.station)
    desk.reader.pull()
    desk.station.store.close()
    for name in ("station.db-wal", "station.db-shm"):
        (tmp_path / "S001" / name).unlink(missing_ok=True)
    shutil.copy2(tmp_path / "copy.db", tmp_path / "S001" / "station.db")
    desk = open_station(tmp_path, centre, "S001", clock=clock, households=[FIRST, LATER])
    rejoin(desk.station, SECOND)
    found = verify(desk.station)
    assert found.ok, found.disagreements
    for act in (settled, left_out, added):
        with pytest.raises(Refusal, match="list_rows_lost"):
            act(desk, batch)
    assert desk.load(batch, card_of(FIRST)).state == "done"
    assert verify(desk.station).ok
    desk.reader.pull()
    desk.station.store.close()
