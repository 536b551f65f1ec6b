"""A row is judged again once what stood against it is settled; a decision of a person holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch import DECIDED, LineKind, ManifestLine, Verdict
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.errors import Refusal
from cardstation.services.add_row import add_row
from cardstation.services.batch_account import batch_account
from cardstation.services.intent.funding import batch_of
from cardstation.services.judge_again import judge_again
from cardstation.services.leave_out import leave_out
from cardstation.services.pay_batch import pay_batch
from cardstation.services.settle_arrears import settle_arrears
from tests.kit.station import Desk, line, neighbours, open_desk, put_batch

OWES, PAYS = neighbours(2)
OWES = replace(OWES, arrears=Money(3_460))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path, households=[OWES, PAYS])
    yield desk
    desk.station.store.close()


def asks(home: Household, row: int, reason: str = "arrears") -> ManifestLine:
    return replace(line(home, row), verdict=Verdict.HUMAN, reasons=(reason,))


def file(desk: Desk, home: Household) -> None:
    with desk.station.store.unit() as unit:
        unit.households.update(home)
        unit.commit()


def lines(desk: Desk, batch: str) -> tuple[ManifestLine, ...]:
    with desk.station.store.reading() as reading:
        return batch_of(reading, batch).lines


def test_a_row_without_debts_counts(desk: Desk) -> None:
    batch = put_batch(desk, [asks(OWES, 2), line(PAYS, 3)])
    file(desk, replace(OWES, arrears=NO_MONEY))
    assert judge_again(desk.station, batch, 1) == 3
    old, _, new = lines(desk, batch)
    assert (old.withdrawn, new.verdict, new.money) == ("judged_again", Verdict.READY, Money(10_000))


def test_what_still_stands_against_it_changes_nothing(desk: Desk) -> None:
    batch = put_batch(desk, [asks(OWES, 2), line(PAYS, 3)])
    entries = len(desk.kinds())
    assert (judge_again(desk.station, batch, 1), judge_again(desk.station, batch, 2)) == (1, 2)
    assert (len(lines(desk, batch)), len(desk.kinds())) == (2, entries)


def test_another_reason_takes_the_place_of_the_first(desk: Desk) -> None:
    batch = put_batch(desk, [asks(OWES, 2)])
    file(desk, replace(OWES, arrears=NO_MONEY, status=HouseholdStatus.STOPPED))
    assert judge_again(desk.station, batch, 1) == 2
    assert lines(desk, batch)[1].reasons == ("account_stopped",)


def test_what_a_person_decided_is_not_read_from_the_list_again(desk: Desk) -> None:
    decided = replace(asks(OWES, 2), ground=DECIDED, money=Money(5_000))
    batch = put_batch(desk, [replace(decided, row=replace(decided.row, amount="一百五"))])
    file(desk, replace(OWES, arrears=NO_MONEY))
    became = judge_again(desk.station, batch, 1)
    assert lines(desk, batch)[became - 1].money == Money(5_000)


@pytest.mark.parametrize("card_no", ["", OWES.card_no])
def test_a_debt_is_taken_off_a_decided_row_once(desk: Desk, card_no: str) -> None:
    batch = put_batch(desk, [line(PAYS, 2)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(25_000))
    place = add_row(desk.station, batch, OWES.account_no, Money(10_000), card_no=card_no)
    assert settle(desk, batch, place) == Money(3_460)
    for status in (HouseholdStatus.STOPPED, HouseholdStatus.CLOSED, OWES.status):
        file(desk, replace(OWES, arrears=NO_MONEY, status=status))
        place = judge_again(desk.station, batch, place)
        assert lines(desk, batch)[place - 1].money == Money(6_540)
    assert lines(desk, batch)[place - 1].verdict is Verdict.READY


@pytest.mark.parametrize("card_no", ["", OWES.card_no])
def test_what_is_said_after_a_debt_was_paid_is_what_is_left(desk: Desk, card_no: str) -> None:
    batch = put_batch(desk, [line(PAYS, 2), asks(OWES, 3)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(25_000))
    settle(desk, batch, 2)
    leave_out(desk.station, batch, 2, "unclear")
    file(desk, replace(OWES, arrears=NO_MONEY, status=HouseholdStatus.STOPPED))
    place = add_row(desk.station, batch, OWES.account_no, Money(6_540), card_no=card_no)
    file(desk, replace(OWES, arrears=NO_MONEY))
    place = judge_again(desk.station, batch, place)
    assert lines(desk, batch)[place - 1].money == Money(6_540)


def test_a_row_that_waits_for_its_amount_waits_on(desk: Desk) -> None:
    batch = put_batch(desk, [line(PAYS, 2)])
    place = add_row(desk.station, batch, OWES.account_no, None)
    file(desk, replace(OWES, arrears=NO_MONEY))
    place = judge_again(desk.station, batch, place)
    now = lines(desk, batch)[place - 1]
    assert (now.kind, now.reasons) == (LineKind.SALE, ("no_amount",))


def settle(desk: Desk, batch: str, place: int) -> Money:
    [paid] = batch_account(desk.station, batch).payments
    return settle_arrears(desk.station, batch, place, paid.payment.payment_id, "signed").money


def test_a_household_that_counts_already_is_not_counted_twice(desk: Desk) -> None:
    batch = put_batch(desk, [asks(OWES, 2), line(OWES, 3)])
    file(desk, replace(OWES, arrears=NO_MONEY))
    with pytest.raises(Refusal, match="already_on_list"):
        judge_again(desk.station, batch, 1)
    assert len(lines(desk, batch)) == 2


def test_a_row_that_counts_no_more_is_not_judged(desk: Desk) -> None:
    batch = put_batch(desk, [replace(asks(OWES, 2), withdrawn="left_out_unclear")])
    with pytest.raises(Refusal, match="line_withdrawn"):
        judge_again(desk.station, batch, 1)
    with pytest.raises(Refusal, match="unknown_line"):
        judge_again(desk.station, batch, 2)


def test_a_decided_household_that_left_the_directory_is_told(desk: Desk) -> None:
    gone = replace(asks(OWES, 2), ground=DECIDED, account_no="220104999999")
    batch = put_batch(desk, [gone])
    with pytest.raises(Refusal, match="unknown_household"):
        judge_again(desk.station, batch, 1)
