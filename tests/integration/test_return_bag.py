"""A team's laptop records that it gave a sealed bag back; the desk has it as its last hand-over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cardstation.domain.batch_life import Stage, Step
from cardstation.domain.custody import Explanation, HandOver, Party, Where, Why
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.seal_number import seal_number
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.ports.ledger import Ledger
from cardstation.services.close_batch import close_batch, hindrance
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.explain_card import explain_card
from cardstation.services.hear_of_bags import hear_of_bags
from cardstation.services.pay_batch import pay_batch
from cardstation.services.photograph_paper import photograph_paper
from cardstation.services.trace_bag import trace_bag
from cardstation.services.verify import verify
from tests.kit.door import DIFFERS, HOMES, Door
from tests.kit.handing import ON_PAPER, SIGNED, go_back
from tests.kit.lists import list_row, taken
from tests.kit.station import card_of
from tests.kit.two_stations import line_of, told, two_stations


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with two_stations(tmp_path, households=HOMES) as (one, other, _):
        yield Door(one, other)
        assert verify(one.station).ok
        assert verify(other.station).ok


def back(door: Door, arrived: int = 4, **said: Any) -> None:
    way = {"giver": Party.TEAM, "taker": Party.MANAGER}
    door.collect(arrived, **(way | said))


def loaded(door: Door) -> None:
    """Collected by the laptop, loaded at the desk."""
    door.collect()
    door.hear()
    door.hand(Party.TEAM, Party.DESK)
    pay_batch(door.desk.station, door.batch_id, tender=Tender.CASH, money=Money.of_yuan("400"))
    for home in HOMES:
        door.desk.load(door.batch_id, card_of(home))


def with_team(door: Door) -> None:
    """And with the team again."""
    loaded(door)
    door.hand(Party.DESK, Party.TEAM)


def test_the_return_at_the_door_ends_the_batch_once(door: Door) -> None:
    with_team(door)
    line_of(door.laptop).down = True
    back(door)
    assert trace_bag(door.laptop.station, door.seal).counts[Party.MANAGER] == 4, "known offline"
    line_of(door.laptop).down = False
    for _ in range(3):
        door.hear()
    last = door.reported[-1]
    assert isinstance(last.moved, HandOver)
    assert (last.step.step, last.moved.places) == (Step.HANDED_OVER, (1, 2, 3, 4))
    assert len(door.reported) == 2
    assert door.state.custody.tally[Where.RETURNED] == 4
    assert (door.state.stage, door.codes) == (Stage.CLOSED, [])


def test_after_it_the_desk_records_no_other_return(door: Door) -> None:
    with_team(door)
    back(door, **ON_PAPER)
    door.hear()
    with pytest.raises(Refusal, match="more_than_here"):
        go_back(door.desk.station, door.batch_id, Party.TEAM, Party.MANAGER, arrived=4)


def test_cards_that_lack_at_home_are_explained_first(door: Door) -> None:
    with_team(door)
    back(door, 3)
    door.hear()
    state = door.state
    assert (state.stage, state.custody.short_back) == (Stage.RETURNED, 1)
    assert (held := hindrance(state)) is not None
    assert held.code == "cards_not_explained"
    assert "cards_not_explained" in door.codes


def test_signed_on_paper_its_photo_comes_last_and_ends_the_batch(door: Door) -> None:
    with_team(door)
    back(door, **ON_PAPER)
    door.hear()
    assert (door.state.stage, door.codes) == (Stage.RETURNED, ["paper_to_photograph"])
    assert [one.code for one in exceptions_state(door.laptop.station)] == ["paper_to_photograph"]
    photograph_paper(door.laptop.station, door.seal, 0, SIGNED)
    door.hear()
    assert door.state.stage is Stage.CLOSED
    assert exceptions_state(door.laptop.station) == ()


def test_of_two_bags_only_one_is_back(door: Door) -> None:
    loaded(door)
    second = seal_number(door.desk.station.number, door.batch_id, 2)
    desk = door.desk.station
    go_back(desk, door.batch_id, Party.DESK, Party.TEAM, seal_no=door.seal, places=(1, 2))
    go_back(desk, door.batch_id, Party.DESK, Party.TEAM, seal_no=second, places=(3, 4))
    back(door, 2, seal_no=second)
    door.hear()
    tally = door.state.custody.tally
    assert (tally[Where.TEAM], tally[Where.RETURNED]) == (2, 2)
    assert (held := hindrance(door.state)) is not None
    assert held.code == "cards_not_back"
    back(door, 2)
    door.hear()
    assert door.state.stage is Stage.CLOSED


def test_what_never_came_to_the_desk_ends_the_batch_as_its_own_return_would(door: Door) -> None:
    door.collect()
    door.hear()
    desk = door.desk.station
    door.hand(Party.TEAM, Party.DESK, places=(1, 2))
    go_back(desk, door.batch_id, places=(1, 2))
    assert door.state.stage is Stage.RECEIVED
    back(door, 2, **ON_PAPER)
    door.hear()
    assert door.state.timeline[-1].step.step is Step.RETURNED
    assert door.state.custody.tally[Where.RETURNED] == 4


@pytest.mark.parametrize(("arrived", "ours"), [(4, None), (3, 4)])
def test_what_the_desk_recorded_itself_stands(door: Door, arrived: int, ours: int | None) -> None:
    with_team(door)
    said = {"seal_no": door.seal, **ON_PAPER}
    go_back(door.desk.station, door.batch_id, Party.TEAM, Party.MANAGER, **said)
    before = door.state.custody
    back(door, arrived)
    door.hear()
    last = door.reported[-1]
    assert (last.moved, last.ours, door.state.custody) == (None, ours, before)
    assert (DIFFERS in door.codes) is (ours is not None)


def test_what_is_at_the_desk_by_our_books_does_not_go_back(door: Door) -> None:
    loaded(door)
    before = door.state.custody
    back(door)
    door.hear()
    assert (door.reported[-1].moved, door.state.custody) == (None, before)
    assert (held := hindrance(door.state)) is not None
    assert held.code == "cards_not_back"


def test_far_more_than_the_team_had_moves_nothing(door: Door) -> None:
    with_team(door)
    before = door.state.custody
    back(door, 40)
    door.hear()
    assert (door.reported[-1].moved, door.state.custody) == (None, before)


def test_a_load_that_nobody_answered_for_does_not_leave_unseen(door: Door) -> None:
    with_team(door)
    explain_card(door.desk.station, door.batch_id, Explanation(Why.REFUSED, (1,)))
    back(door, 4)
    door.hear()
    assert door.state.stage is not Stage.CLOSED
    assert door.state.custody.refused == {1}


def test_a_bag_is_given_back_once(door: Door) -> None:
    back(door)
    with pytest.raises(Refusal, match="bag_given_back_already"):
        back(door, 3)
    door.collect()


def test_what_the_ledger_tells_of_an_ended_batch_is_left_out(door: Door) -> None:
    never = Explanation(Why.NEVER_GIVEN, (1, 2, 3, 4))
    explain_card(door.desk.station, door.batch_id, never, Approval("017"))
    close_batch(door.desk.station, door.batch_id)
    taken(door.desk.station, [list_row(one, "50") for one in HOMES])
    back(door)
    told(door.laptop)
    entries = line_of(door.desk).centre.sealed_hand_overs("S002", door.seal, door.seal)
    answers = SimpleNamespace(sealed_hand_overs=lambda *_seals: entries)
    assert len(entries) == 1
    assert hear_of_bags(replace(door.desk.station, ledger=cast("Ledger", answers))) == 0
    assert (door.reported, door.state.stage) == ([], Stage.CLOSED)
