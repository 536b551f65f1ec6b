"""A bag that goes nowhere is somebody's exception, and one that is settled is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import Whose
from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, Party, Why
from cardstation.domain.exception_case import Act, Kind
from cardstation.domain.guides import CLOSABLE, LIES_HERE, NOT_ENDED, NOT_RUN, WITH_TEAM
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.seal_number import seal_grouped, seal_number
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services import return_remainder as returning
from cardstation.services.batch_account import batch_account
from cardstation.services.batch_list import batch_list
from cardstation.services.close_batch import close_batch
from cardstation.services.custody_state import custody_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.explain_card import explain_card
from cardstation.services.file_batch import file_batch
from cardstation.services.intent.cases import Case
from cardstation.services.pay_batch import pay_batch
from cardstation.services.purge_batch import purge_due
from cardstation.services.return_remainder import return_remainder
from cardstation.services.run_batch import start_batch
from cardstation.services.shift_state import BagName, shift_state
from tests.kit.handing import go_back, hand
from tests.kit.lists import lines_of, list_row, taken
from tests.kit.power import PowerCut
from tests.kit.station import Desk, card_of, neighbours, open_desk

HOMES = neighbours(2)
CHIEF = Approval("chief")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.station.store.close()


def paid(desk: Desk, fen: int = 20_000) -> str:
    batch_id = taken(desk.station, [list_row(one) for one in HOMES]).batch_id
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(fen))
    return batch_id


def loaded(desk: Desk, fen: int = 20_000) -> str:
    batch_id = paid(desk, fen)
    hand(desk.station, batch_id, Party.MANAGER, Party.DESK)
    for home in HOMES:
        desk.load(batch_id, card_of(home))
    return batch_id


def never_run(desk: Desk) -> str:
    batch_id = paid(desk)
    hand(desk.station, batch_id, Party.MANAGER, Party.DESK)
    return batch_id


def with_team(desk: Desk) -> str:
    batch_id = paid(desk)
    hand(desk.station, batch_id, Party.MANAGER, Party.TEAM)
    return batch_id


def on_its_way(desk: Desk) -> str:
    batch_id = loaded(desk)
    go_back(desk.station, batch_id, Party.DESK, Party.TEAM)
    return batch_id


def left(desk: Desk) -> list[Case]:
    return [one for one in exceptions_state(desk.station) if one.kind is Kind.BAG]


def listed_as(desk: Desk) -> str:
    """What keeps the newest batch open, as the list of batches says."""
    [one] = batch_list(desk.station, 30)
    return "" if one.keeps is None else one.keeps.code


@pytest.mark.parametrize(
    ("bag", "code", "act"),
    [
        (loaded, LIES_HERE, Act.HAND_OVER),
        (never_run, NOT_RUN, Act.CARD),
        (with_team, WITH_TEAM, Act.HAND_OVER),
        (on_its_way, WITH_TEAM, Act.HAND_OVER),
    ],
)
def test_a_bag_that_goes_nowhere_is_asked_about(
    desk: Desk, bag: Callable[[Desk], str], code: str, act: Act
) -> None:
    batch_id = bag(desk)
    desk.clock.at += timedelta(days=6)
    assert left(desk) == []
    desk.clock.at += timedelta(days=2)
    [one] = left(desk)
    assert (one.code, one.batch_id, one.guide.step.act) == (code, batch_id, act)
    assert one.values == {"days": 8, "n": 2}
    assert Act.HAND_OVER in one.actions
    assert not one.overdue
    desk.clock.at += timedelta(days=400)
    assert left(desk)[0].overdue


@pytest.mark.parametrize(
    ("bag", "code"), [(loaded, LIES_HERE), (never_run, NOT_RUN), (with_team, WITH_TEAM)]
)
def test_a_bag_that_goes_nowhere_is_signed_over_by_where_it_lies(
    desk: Desk, bag: Callable[[Desk], str], code: str
) -> None:
    batch_id, began = bag(desk), desk.clock.at
    desk.clock.at += timedelta(days=6)
    assert signed(desk) == ["cards_not_back"]
    desk.clock.at += timedelta(days=2)
    found = shift_state(desk.station)
    [item] = found.open_items
    assert (item.code, item.batch_id, item.since) == (code, batch_id, began)
    assert found.bags == {batch_id: BagName("", "")}


def test_it_is_named_by_its_last_seal_and_its_community(desk: Desk) -> None:
    batch_id = taken(desk.station, [list_row(one) for one in HOMES]).batch_id
    file_batch(desk.station, batch_id, Whose(community="净月新城"))
    first, last = (seal_number(desk.station.number, batch_id, number) for number in (1, 2))
    hand(desk.station, batch_id, Party.MANAGER, Party.TEAM, seal_no=first)
    hand(desk.station, batch_id, Party.TEAM, Party.DESK, seal_no=last)
    hand(desk.station, batch_id, Party.DESK, Party.TEAM)
    [name] = shift_state(desk.station).bags.values()
    assert (name, name.words) == (BagName(last, "净月新城"), f"{seal_grouped(last)}  净月新城")


def test_a_batch_that_could_be_closed_is_signed_over_at_once(desk: Desk) -> None:
    batch_id = taken(desk.station, [list_row(one) for one in HOMES]).batch_id
    assert signed(desk) == []
    explain_card(desk.station, batch_id, Explanation(Why.NEVER_GIVEN, (1, 2)), CHIEF)
    assert signed(desk) == [CLOSABLE]
    assert shift_state(desk.station).bags == {batch_id: BagName("", "")}
    close_batch(desk.station, batch_id)
    assert signed(desk) == []


def signed(desk: Desk) -> list[str]:
    return [one.code for one in shift_state(desk.station).open_items]


def remainder(desk: Desk, batch_id: str) -> None:
    paid = batch_account(desk.station, batch_id).payments[0].payment.payment_id
    return_remainder(desk.station, batch_id, paid, Money(5_000), approval=CHIEF)


def test_the_rest_given_back_last_closes_the_batch_and_its_names_go(desk: Desk) -> None:
    batch_id = loaded(desk, 25_000)
    assert listed_as(desk) == ""
    assert go_back(desk.station, batch_id).stage is Stage.RETURNED
    assert listed_as(desk) == "batch_money_open"
    remainder(desk, batch_id)
    assert custody_state(desk.station, batch_id).stage is Stage.CLOSED
    desk.clock.at += timedelta(days=400)
    assert exceptions_state(desk.station) == ()
    assert purge_due(desk.station, 30) == (batch_id,)
    assert [one.name for one in lines_of(desk.station, batch_id)] == ["", ""]


def test_cut_before_it_is_closed_it_is_back_once_and_closed_by_hand(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_asked: object) -> None:
        raise PowerCut

    batch_id = loaded(desk, 25_000)
    go_back(desk.station, batch_id)
    monkeypatch.setattr(returning, "close_if_settled", cut)
    with pytest.raises(PowerCut):
        remainder(desk, batch_id)
    with pytest.raises(Refusal, match="more_than_remains"):
        remainder(desk, batch_id)
    assert [one.code for one in left(desk)] == [CLOSABLE]
    assert close_batch(desk.station, batch_id).stage is Stage.CLOSED


def test_the_rest_given_back_before_the_bag_closes_nothing(desk: Desk) -> None:
    batch_id = loaded(desk, 25_000)
    remainder(desk, batch_id)
    assert custody_state(desk.station, batch_id).stage is not Stage.CLOSED
    assert go_back(desk.station, batch_id).stage is Stage.CLOSED


def test_a_card_explained_last_leaves_one_step(desk: Desk) -> None:
    batch_id = paid(desk, 10_000)
    hand(desk.station, batch_id, Party.MANAGER, Party.DESK, missing=(2,))
    desk.load(batch_id, card_of(HOMES[0]))
    assert go_back(desk.station, batch_id).stage is Stage.RETURNED
    assert listed_as(desk) == "cards_not_explained"
    explain_card(desk.station, batch_id, Explanation(Why.NEVER_GIVEN, (2,)), CHIEF)
    assert [(one.code, one.actions) for one in left(desk)] == [(CLOSABLE, (Act.CLOSE,))]
    assert listed_as(desk) == ""


def test_what_was_settled_in_between_can_be_closed_at_once(desk: Desk) -> None:
    batch_id = taken(desk.station, [list_row(one) for one in HOMES]).batch_id
    explain_card(desk.station, batch_id, Explanation(Why.NEVER_GIVEN, (1, 2)), CHIEF)
    [one] = left(desk)
    assert (one.code, one.actions) == (CLOSABLE, (Act.CLOSE,))
    assert close_batch(desk.station, batch_id).stage is Stage.CLOSED
    assert left(desk) == []


def test_a_batch_that_began_and_of_which_no_card_came_is_asked_about(desk: Desk) -> None:
    batch_id = paid(desk)
    start_batch(desk.station, batch_id)
    desk.clock.at += timedelta(days=8)
    assert [one.code for one in left(desk)] == [NOT_ENDED]
