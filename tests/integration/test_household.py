"""A household is found by what somebody says, and shown with what waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Step, TopUpRequest
from cardstation.domain.volume import Volume
from cardstation.errors import CardRemoved, OutcomeUnknown, Refusal
from cardstation.services import find_household as finding
from cardstation.services.deposit import deposit
from cardstation.services.find_household import find_household
from cardstation.services.grant_gas import grant_gas
from cardstation.services.household_state import household_state
from cardstation.services.return_load import return_load
from cardstation.services.stop_account import stop_account
from cardstation.services.top_up import top_up
from tests.kit.lists import list_row, taken
from tests.kit.station import Desk, card_of, neighbours, nobody, open_desk

MINUTE = timedelta(minutes=1)
BY, WHY = Approval("017"), "asked at the desk, form 118"
FIRST, SECOND = neighbours(2)
SECOND = replace(SECOND, phone="19912345678", name="欧阳喆")
ELSEWHERE = replace(
    FIRST,
    account_no="330104000001",
    card_no="9901302500001",
    meter=replace(FIRST.meter, meter_no="QM9"),
    address=replace(FIRST.address, community="阳光花园"),
    name="50%",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    opened = open_desk(tmp_path_factory.mktemp("desk"), households=[FIRST, SECOND, ELSEWHERE])
    yield opened
    opened.station.store.close()


@pytest.mark.parametrize(
    "said",
    [
        SECOND.account_no,
        SECOND.card_no,
        SECOND.meter.meter_no,
        "5678",
        "欧阳",
        f" {SECOND.address.door} ",
        f"{SECOND.address.building}栋{SECOND.address.unit}单元{SECOND.address.room}室",
    ],
)
def test_each_way_finds_the_one(desk: Desk, said: str) -> None:
    assert find_household(desk.station, said) == (SECOND,)


def test_a_door_of_two_communities_is_both_until_one_is_said(desk: Desk) -> None:
    door = FIRST.address.door
    assert set(find_household(desk.station, door)) == {FIRST, ELSEWHERE}
    assert find_household(desk.station, f"阳光花园 {door}") == (ELSEWHERE,)


def test_signs_of_the_query_are_letters_of_a_name(desk: Desk) -> None:
    assert find_household(desk.station, "0%") == (ELSEWHERE,)
    with pytest.raises(Refusal, match="nobody_found"):
        find_household(desk.station, "_%")


@pytest.mark.parametrize("said", ["", "  ", "567", "nobody"])
def test_nobody_is_said(desk: Desk, said: str) -> None:
    with pytest.raises(Refusal, match="nobody_found"):
        find_household(desk.station, said)


def test_a_list_too_long_to_read_is_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST", 1)
    with pytest.raises(Refusal, match="too_many_found"):
        find_household(desk.station, FIRST.address.door)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=[FIRST, SECOND])
    yield opened
    opened.station.store.close()


def test_what_waits_is_shown(own: Desk) -> None:
    desk = own
    with pytest.raises(Refusal, match="unknown_household"):
        household_state(desk.station, "1")
    before = household_state(desk.station, FIRST.account_no)
    assert (before.household, before.waits, before.last) == (FIRST, 0, None)

    batch = taken(desk.station, [list_row(FIRST), list_row(SECOND)])
    card = card_of(FIRST)

    def pulled(step: Step) -> None:
        if step is Step.VERIFY:
            raise CardRemoved

    inserted = desk.insert(card)
    with suppress(OutcomeUnknown):
        top_up(desk.station, inserted, TopUpRequest(money=Money.of_yuan("100")), pulled)
    inserted.close()
    after = household_state(desk.station, FIRST.account_no)
    assert [one.code for one in after.open] == ["outcome_unknown"]
    assert [(one.batch_id, one.row) for one in after.rows] == [(batch.batch_id, 1)]
    assert after.waits == 2
    assert after.last is None, "it is not sealed"


def test_what_was_done_is_told_the_latest_first(own: Desk) -> None:
    desk = own
    account_no, card = FIRST.account_no, card_of(FIRST)
    sold = desk.sell(card)
    other = desk.sell(card_of(SECOND))
    desk.clock.at += MINUTE
    gas = Volume.of_m3("5")
    grant_gas(desk.station, account_no, gas, Tender.MAKE_UP, "WO-7", BY, WHY)
    desk.clock.at += MINUTE
    inserted = desk.insert(card)
    return_load(desk.station, inserted, BY, nobody, reading="GD-7")
    inserted.close()
    desk.clock.at += MINUTE
    kept = deposit(desk.station, SECOND.account_no, Money(5_000), tender=Tender.CASH)
    desk.clock.at += MINUTE
    stop_account(desk.station, SECOND.account_no, WHY)

    state = household_state(desk.station, account_no)
    assert [one.due.quantity for one in state.dues] == [gas]
    assert [(one.what, one.gas, one.money, one.receipt_no) for one in state.history] == [
        ("history.returned", None, sold.gas, ""),
        ("history.gas_due", gas, None, ""),
        ("kind.sale", sold.volume, sold.paid, sold.receipt_no),
    ]
    assert {one.clerk for one in state.history} == {desk.station.clerk}
    theirs = household_state(desk.station, SECOND.account_no).history
    assert [(one.what, one.money, one.receipt_no) for one in theirs] == [
        ("account_event.stopped", None, ""),
        ("charge.deposit", Money(5_000), kept.receipt_no),
        ("kind.sale", other.paid, other.receipt_no),
    ]
    assert {one.clerk for one in theirs} == {desk.station.clerk}
