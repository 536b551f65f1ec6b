"""An account is stopped, restarted and put in another name; what is open keeps it from that."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.account_change import AccountEvent
from cardstation.domain.batch import LineState
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.ledger import Order
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.services.account_state import account_state
from cardstation.services.batch_state import batch_state
from cardstation.services.deposit import deposit
from cardstation.services.grant_gas import grant_gas
from cardstation.services.lease_batch import lease_batch
from cardstation.services.leave_out import leave_out
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.pay_batch import pay_batch
from cardstation.services.restart_account import restart_account
from cardstation.services.stop_account import stop_account
from cardstation.services.transfer_account import NewOwner, transfer_account
from cardstation.services.triage_list import triage_list
from cardstation.services.verify import verify
from cardstation.services.withdraw_due import withdraw_due
from drivers.virtual import Tear
from tests.kit.station import Desk, card_of, line, neighbours, nobody, open_desk, put_batch

SECOND = Approval("017")
WHY = "asked at the desk, form 118"
HOMES = neighbours(3)
A = HOMES[0].account_no
NEW = NewOwner("新户主", "13100000000", 5)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.station.store.close()


def put(desk: Desk, **facts: object) -> Household:
    """Change what is on file of the first household."""
    changed = replace(desk.household(A), **facts)  # type: ignore[arg-type]
    with desk.station.store.unit() as unit:
        unit.households.update(changed)
        unit.commit()
    return changed


def refused(code: str, act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as stop:
        act()
    assert stop.value.code == code
    return stop.value


def test_a_stopped_account_buys_nothing_until_two_people_restart_it(desk: Desk) -> None:
    card = card_of(HOMES[0])
    made = stop_account(desk.station, A, f" {WHY} ")
    assert (made.what, made.words, made.approver) == (AccountEvent.STOPPED, WHY, "")
    assert desk.household(A).status is HouseholdStatus.STOPPED
    refused("account_stopped", lambda: desk.sell(card))
    refused("account_stopped", lambda: stop_account(desk.station, A, WHY))
    refused("second_person_same", lambda: restart_account(desk.station, A, Approval("demo"), WHY))
    assert restart_account(desk.station, A, SECOND, WHY).approver == "017"
    refused("account_active", lambda: restart_account(desk.station, A, SECOND, WHY))
    desk.sell(card)
    assert verify(desk.station).ok
    assert [one.what for one in account_state(desk.station, A).changes] == [
        AccountEvent.STOPPED,
        AccountEvent.RESTARTED,
    ]


def test_nothing_is_changed_without_words_or_of_a_household_nobody_knows(desk: Desk) -> None:
    refused("proof_missing", lambda: stop_account(desk.station, A, "why"))
    refused("unknown_household", lambda: stop_account(desk.station, "0", WHY))
    with desk.station.work.on_card(HOMES[0].card_no, "a lane"):
        refused("card_at_work", lambda: stop_account(desk.station, A, WHY))
    put(desk, status=HouseholdStatus.CLOSED)
    refused("account_closed", lambda: restart_account(desk.station, A, SECOND, WHY))


def test_a_paid_row_of_an_account_that_was_stopped_meanwhile_is_not_loaded(desk: Desk) -> None:
    batch_id = put_batch(desk, [line(HOMES[0], 1), line(HOMES[1], 2)])
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money.of_yuan("200"))
    stop_account(desk.station, A, WHY)
    refused("account_stopped", lambda: desk.load(batch_id, card_of(HOMES[0])))
    first, _ = batch_state(desk.station, batch_id).outcomes
    assert (first.state, first.reason) == (LineState.STOPPED, "account_stopped")
    assert desk.load(batch_id, card_of(HOMES[1])).state is LineState.DONE
    restart_account(desk.station, A, SECOND, WHY)
    assert desk.load(batch_id, card_of(HOMES[0])).state is LineState.DONE
    assert verify(desk.station).ok


def order_of(home: Household) -> Order:
    return Order("O1", home.account_no, 2_800, 10_000, "x", home.purchase_counter, "S001")


def test_a_paid_order_of_a_stopped_account_waits(desk: Desk) -> None:
    order = order_of(HOMES[0])
    desk.station = replace(desk.station, ledger=None)
    with desk.station.store.unit() as unit:
        unit.orders.put([order])
        unit.commit()
    batch_id = put_batch(desk, [line(HOMES[0], 1, order=order)])
    assert lease_batch(desk.station, batch_id)[0].held
    stop_account(desk.station, A, WHY)
    [row] = lease_batch(desk.station, batch_id)
    assert row.refused is not None
    assert row.refused.code == "account_stopped"
    inserted = desk.insert(card_of(HOMES[0]))
    refused("account_stopped", lambda: load_prepaid(desk.station, inserted, None, nobody))
    inserted.close()
    restart_account(desk.station, A, SECOND, WHY)
    leave_out(desk.station, batch_id, 1, "unclear")
    refused("account_order_waits", lambda: transfer_account(desk.station, A, SECOND, NEW, WHY))


def test_no_team_is_sent_to_an_account_that_is_not_in_use(desk: Desk) -> None:
    put(desk, status=HouseholdStatus.CLOSED)
    found = triage_list(desk.station, HOMES[0].address.community)
    assert found.unread == len(HOMES) - 1


def test_an_account_goes_to_another_household_with_nothing_of_the_old_one(desk: Desk) -> None:
    put(desk, relief_per_month=Volume(8_000))
    made = transfer_account(desk.station, A, SECOND, NEW, WHY)
    now = desk.household(A)
    assert (now.name, now.phone, now.persons) == (NEW.name, NEW.phone, NEW.persons)
    assert now.relief_per_month == NO_GAS
    assert (now.meter, now.card_no) == (HOMES[0].meter, HOMES[0].card_no)
    assert (made.before.name, made.after.name) == (HOMES[0].name, NEW.name)
    assert not made.touches("status")
    refused("owner_same", lambda: transfer_account(desk.station, A, SECOND, NEW, WHY))
    assert desk.sell(card_of(HOMES[0])).name == NEW.name
    assert verify(desk.station).ok


@pytest.mark.parametrize(
    "owner", [NewOwner("", "1", 1), NewOwner("x", "1", 0), NewOwner("x" * 65, "", 1)]
)
def test_a_new_owner_is_named(desk: Desk, owner: NewOwner) -> None:
    refused("owner_not_said", lambda: transfer_account(desk.station, A, SECOND, owner, WHY))


def test_the_balance_is_settled_or_goes_along_by_a_paper(desk: Desk) -> None:
    desk.sell(card_of(HOMES[0]), "101")
    assert desk.household(A).balance > NO_MONEY
    stop = refused(
        "balance_not_settled", lambda: transfer_account(desk.station, A, SECOND, NEW, WHY)
    )
    assert stop.values["fen"] == desk.household(A).balance.fen
    transfer_account(desk.station, A, SECOND, replace(NEW, takes_balance=True), WHY)
    assert desk.household(A).balance > NO_MONEY
    assert verify(desk.station).ok


def test_arrears_are_paid_before(desk: Desk) -> None:
    put(desk, arrears=Money(500))
    stop = refused("account_owes", lambda: transfer_account(desk.station, A, SECOND, NEW, WHY))
    assert stop.values == {"account_no": A, "fen": 500}


def test_gas_that_is_due_is_loaded_or_withdrawn_before(desk: Desk) -> None:
    told = (A, Volume.of_m3("5"), Tender.MAKE_UP, "WO-7", SECOND, "its meter lost a load")
    due = grant_gas(desk.station, *told)
    refused("account_gas_due", lambda: transfer_account(desk.station, A, SECOND, NEW, WHY))
    withdraw_due(desk.station, due.due_id, SECOND, "the meter had it after all")
    transfer_account(desk.station, A, SECOND, NEW, WHY)


def test_a_load_that_is_not_finished_is_finished_before(desk: Desk) -> None:
    card = card_of(HOMES[0])
    card.chip.arm(Tear(12))
    with pytest.raises(OutcomeUnknown):
        desk.sell(card)
    refused("account_load_open", lambda: transfer_account(desk.station, A, SECOND, NEW, WHY))
    assert [one.code for one in account_state(desk.station, A).open] == ["account_load_open"]


def test_a_row_that_waits_or_holds_money_keeps_the_account(desk: Desk) -> None:
    batch_id = put_batch(desk, [line(HOMES[0], 7)])
    stop = refused("account_in_batch", lambda: transfer_account(desk.station, A, SECOND, NEW, WHY))
    assert (stop.values["batch_id"], stop.values["row"]) == (batch_id, 7)
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money.of_yuan("100"))
    stop_account(desk.station, A, WHY)
    refused("account_stopped", lambda: desk.load(batch_id, card_of(HOMES[0])))
    restart_account(desk.station, A, SECOND, WHY)
    refused("account_in_batch", lambda: transfer_account(desk.station, A, SECOND, NEW, WHY))
    assert desk.load(batch_id, card_of(HOMES[0])).state is LineState.DONE
    refused("account_card_in_bag", lambda: transfer_account(desk.station, A, SECOND, NEW, WHY))


@pytest.mark.parametrize("named", ["stop_account", "transfer_account"])
def test_money_that_comes_before_the_commit_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """The counter takes money of a household without its account in hand."""
    service = sys.modules[f"cardstation.services.{named}"]
    alone = service.changed_alone

    def late(*told: object) -> object:
        deposit(desk.station, A, Money(500), tender=Tender.CASH)
        return alone(*told)

    monkeypatch.setattr(service, "changed_alone", late)
    if named == "stop_account":
        stop_account(desk.station, A, WHY)
    else:
        refused("balance_not_settled", lambda: transfer_account(desk.station, A, SECOND, NEW, WHY))
        monkeypatch.undo()
        transfer_account(desk.station, A, SECOND, replace(NEW, takes_balance=True), WHY)
    assert desk.household(A).balance == Money(500)
    assert verify(desk.station).ok
