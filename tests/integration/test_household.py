"""A household is found by what somebody says, and shown with what waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.money import Money
from cardstation.domain.topup import Step, TopUpRequest
from cardstation.errors import CardRemoved, OutcomeUnknown, Refusal
from cardstation.services import find_household as finding
from cardstation.services.find_household import find_household
from cardstation.services.household_state import household_state
from cardstation.services.top_up import top_up
from tests.kit.lists import list_row, taken
from tests.kit.station import Desk, card_of, neighbours, open_desk

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


def test_what_waits_is_shown(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, households=[FIRST, SECOND])
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
    desk.station.store.close()
