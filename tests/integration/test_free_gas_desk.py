"""Gas due as the window asks for it: which of several, how much of it, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.bootstrap.desk_given import given_services
from cardstation.domain.shift import Approval
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal
from cardstation.services.household_state import household_state
from cardstation.services.load_due import load_due
from tests.kit.station import Desk, card_of, neighbours, nobody, open_desk, take

[HOME] = neighbours(1)
SECOND = Approval("supervisor")
WHY = "its meter lost what was in it"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path, households=[HOME])
    made.station = replace(made.station, free_gas=Volume.of_m3("5000"))
    yield made
    made.station.store.close()


def test_one_of_several_is_chosen_and_its_part_is_told_before(desk: Desk) -> None:
    given = given_services(desk.station)
    told = ("WO-7", SECOND, WHY, None)
    first = given.grant(HOME.account_no, Volume.of_m3("3"), *told)
    second = given.grant(HOME.account_no, Volume.of_m3("900"), *told)
    card = card_of(HOME)
    with closing(desk.insert(card)) as inserted:
        told_part = given.portion(inserted.content, second.due_id)
        slip = given.load(inserted, second.due_id, nobody)
    assert (slip.order_id, slip.volume) == (second.due_id, told_part)
    assert take(card).credited == told_part
    assert isinstance(told_part, Volume)
    found = household_state(desk.station, HOME.account_no)
    rest = Volume.of_m3("900") - told_part
    assert [(one.due.due_id, one.left) for one in found.dues] == [
        *((first.due_id, Volume.of_m3("3")), (second.due_id, rest)),
    ]
    assert given.withdraw(second.due_id, SECOND, WHY).left == rest
    with closing(desk.insert(card)) as inserted, pytest.raises(Refusal, match="unknown_gas_due"):
        load_due(desk.station, inserted, "nobody's", nobody)
    with pytest.raises(Refusal, match="unknown_gas_due"):
        given.withdraw("nobody's", SECOND, WHY)


def test_a_full_meter_is_told_so_and_nothing_is_begun(desk: Desk) -> None:
    given = given_services(desk.station)
    given.grant(HOME.account_no, Volume.of_m3("3000"), "WO-7", SECOND, WHY, None)
    card = card_of(HOME)
    for _ in range(9):
        with closing(desk.insert(card)) as inserted:
            if given.portion(inserted.content, household_due(desk)) == Volume.of_m3("1"):
                break
            given.load(inserted, household_due(desk), nobody)
        take(card)
    with (
        closing(desk.insert(card)) as inserted,
        pytest.raises(Refusal, match="hoard_limit"),
    ):
        given.load(inserted, household_due(desk), nobody)


def household_due(desk: Desk) -> str:
    return household_state(desk.station, HOME.account_no).dues[0].due.due_id


def test_emergency_gas_of_the_settings_is_told_with_its_price(desk: Desk) -> None:
    desk.station = replace(desk.station, emergency=Volume.of_m3("5"))
    given = given_services(desk.station)
    terms = given.terms(HOME.account_no)
    due = given.emergency(HOME.account_no, "call 7", SECOND, WHY)
    assert due.quantity == terms.quantity == Volume.of_m3("5") != NO_GAS
    with closing(desk.insert(card_of(HOME))) as inserted:
        given.load(inserted, due.due_id, nobody)
    assert desk.household(HOME.account_no).arrears == terms.owed
