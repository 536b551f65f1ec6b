"""Money of a household that was begun one way goes out no other way before that is settled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.charge import Original
from cardstation.domain.closing import FinalReading
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.services.begin_balance_payout import begin_balance_payout
from cardstation.services.begin_charge_reversal import begin_charge_reversal
from cardstation.services.begin_closing import begin_closing
from cardstation.services.close_account import Leaving, close_account
from cardstation.services.deposit import deposit
from cardstation.services.pay_arrears import pay_arrears
from cardstation.services.pay_out_balance import pay_out_balance
from cardstation.services.quote_closing import quote_closing
from cardstation.services.reverse_charge import reverse_charge
from cardstation.services.transfer_account import NewOwner, transfer_account
from cardstation.services.verify import verify
from cardstation.services.withdraw_payout import withdraw_payout
from drivers.payments import PAYMENTS
from tests.integration.test_charges_kept import Service
from tests.kit.charging import ACCOUNT, HOME, counter_desk
from tests.kit.station import Desk, card_of

SECOND = Approval("second")
SEEN, WHY = "slip and till were looked at", "typed for the wrong household"
HUNDRED = Money(10_000)
EMPTY = FinalReading(Volume(0), "fitter", "CB-118")
OWNER = NewOwner("新户主", "13100000000", 2, takes_balance=True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = counter_desk(tmp_path / "desk")
    pay_arrears(desk.station, ACCOUNT, tender=Tender.CASH)
    yield desk
    proof = verify(desk.station)
    desk.station.store.close()
    assert proof.ok, proof.disagreements


@pytest.fixture
def kept(desk: Desk) -> str:
    """Number of the receipt of a hundred that is in the balance."""
    return deposit(desk.station, ACCOUNT, HUNDRED, tender=Tender.CASH).receipt_no


def ways(desk: Desk, kept: str) -> dict[str, Callable[[], object]]:
    """How money of the balance leaves it, each as its clerk begins it."""
    station = desk.station
    return {
        "payout": lambda: begin_balance_payout(station, ACCOUNT, HUNDRED),
        "reversal": lambda: begin_charge_reversal(station, kept),
        "closing": lambda: begin_closing(station, ACCOUNT, EMPTY),
        "sale": lambda: desk.sell(card_of(HOME), "60", tender=Tender.BALANCE),
        "transfer": lambda: transfer_account(station, ACCOUNT, SECOND, OWNER, WHY),
    }


@pytest.mark.parametrize("begun", ["payout", "reversal", "closing"])
@pytest.mark.parametrize("restarted", [False, True])
def test_what_was_begun_one_way_goes_out_no_other(
    desk: Desk, kept: str, begun: str, restarted: bool
) -> None:
    every = ways(desk, kept)
    assert not every[begun]()
    if restarted:
        desk.station.store.begun.clear()
    for name in every.keys() - {begun}:
        with pytest.raises(Refusal, match="payout_in_doubt"):
            every[name]()
    assert every[begun]() is restarted
    assert desk.household(ACCOUNT).balance == HUNDRED


def test_once_it_is_said_what_became_of_it_all_goes_on(desk: Desk, kept: str) -> None:
    begin_charge_reversal(desk.station, kept)
    withdraw_payout(desk.station, kept, SECOND)
    begin_balance_payout(desk.station, ACCOUNT, HUNDRED)
    pay_out_balance(desk.station, ACCOUNT, HUNDRED, SECOND)
    transfer_account(desk.station, ACCOUNT, SECOND, OWNER, WHY)
    assert desk.household(ACCOUNT).balance == NO_MONEY


def test_what_was_begun_is_recorded_and_then_the_next_begins(desk: Desk, kept: str) -> None:
    more = deposit(desk.station, ACCOUNT, Money(500), tender=Tender.CASH).receipt_no
    begin_charge_reversal(desk.station, kept)
    with pytest.raises(Refusal, match="payout_in_doubt"):
        begin_charge_reversal(desk.station, more)
    desk.station.store.begun.clear()
    reverse_charge(desk.station, kept, SECOND, WHY, original=Original.LOST, found=SEEN)
    assert not begin_charge_reversal(desk.station, more)


@pytest.mark.parametrize("what", ["closed", "owes", "more"])
def test_a_closing_that_is_out_is_recorded_whatever_came_since(
    desk: Desk, kept: str, what: str
) -> None:
    """A directory came in, or more money into the balance; the sum is that which was begun."""
    begin_closing(desk.station, ACCOUNT, EMPTY)
    desk.station.store.begun.clear()
    with pytest.raises(Refusal, match="payout_in_doubt"):
        deposit(desk.station, ACCOUNT, Money(700), tender=Tender.CASH)
    come: dict[str, dict[str, object]] = {
        "closed": {"status": HouseholdStatus.CLOSED},
        "owes": {"arrears": Money(1_200)},
        "more": {"balance": HUNDRED + Money(700)},
    }
    with desk.station.store.unit() as unit:
        filed = replace(desk.household(ACCOUNT), **come[what])  # type: ignore[arg-type]
        unit.households.update(filed)
        unit.commit()
    assert begin_closing(desk.station, ACCOUNT, EMPTY)
    leaving = Leaving(EMPTY, WHY, quote_closing(desk.station, ACCOUNT, EMPTY).total, "it is lost")
    with pytest.raises(Refusal, match="payout_in_doubt"):
        close_account(desk.station, ACCOUNT, SECOND, leaving)
    made = close_account(desk.station, ACCOUNT, SECOND, replace(leaving, found=SEEN))
    assert made.settlement.total == HUNDRED
    now = desk.household(ACCOUNT)
    assert (now.status, now.balance) == (HouseholdStatus.CLOSED, filed.balance - HUNDRED)
    assert now.arrears == filed.arrears
    with pytest.raises(Refusal, match="account_closed"):
        quote_closing(desk.station, ACCOUNT, EMPTY)
    with desk.station.store.unit() as unit:
        unit.households.update(replace(now, balance=NO_MONEY))
        unit.commit()


@pytest.mark.parametrize("way", ["transfer", "close"])
def test_a_charge_of_the_owner_before_is_not_taken_back(desk: Desk, kept: str, way: str) -> None:
    station = desk.station
    if way == "transfer":
        transfer_account(station, ACCOUNT, SECOND, OWNER, WHY)
    else:
        close_account(station, ACCOUNT, SECOND, Leaving(EMPTY, WHY, HUNDRED, "it is lost"))
    for number in ("S001-2026-000001", kept):
        with pytest.raises(Refusal, match="account_changed_since"):
            begin_charge_reversal(station, number)


def test_a_payment_that_nobody_answered_keeps_the_account(desk: Desk) -> None:
    desk.station = replace(desk.station, payments=(PAYMENTS[0], Service()))
    with pytest.raises(OutcomeUnknown):
        deposit(desk.station, ACCOUNT, HUNDRED, tender=Tender.QR_CODE)
    for go in (
        lambda: transfer_account(desk.station, ACCOUNT, SECOND, OWNER, WHY),
        lambda: begin_closing(desk.station, ACCOUNT, EMPTY),
    ):
        with pytest.raises(Refusal, match="account_payment_open"):
            go()
