"""A team's laptop puts a mistyped count right; the desk goes by it until the bag went on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from cardstation.domain.batch_life import BatchStep
from cardstation.domain.custody import Explanation, HandOver, Party, Where, Why
from cardstation.errors import Refusal
from cardstation.ports.ledger import Ledger
from cardstation.services.bag_papers import custody_slip
from cardstation.services.close_batch import close_batch
from cardstation.services.count_again import collected_here, count_again
from cardstation.services.explain_card import explain_card
from cardstation.services.hand_over import HandOverRequest, hand_over
from cardstation.services.hear_of_bags import hear_of_bags
from cardstation.services.trace_bag import trace_bag
from cardstation.services.verify import verify
from cardstation.store.frozen import freeze, thaw
from tests.kit.door import DIFFERS, HOMES, Door
from tests.kit.two_stations import line_of, told, two_stations


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with two_stations(tmp_path, households=HOMES) as (one, other, _):
        yield Door(one, other)
        assert verify(one.station).ok
        assert verify(other.station).ok


def again(door: Door, arrived: int, reason: str = "mistyped", expected: int | None = None) -> None:
    count_again(door.laptop.station, door.seal, arrived, reason, expected)


@pytest.mark.parametrize("together", [False, True])
def test_the_desk_goes_by_the_count_that_was_put_right(door: Door, together: bool) -> None:
    line_of(door.laptop).down = True
    door.collect(3)
    if not together:
        line_of(door.laptop).down = False
        door.hear()
        assert door.state.custody.counted[Party.TEAM] == 3
        line_of(door.laptop).down = True
    again(door, 4)
    assert trace_bag(door.laptop.station, door.seal).counts[Party.TEAM] == 4, "known offline"
    assert custody_slip(door.laptop.station, door.seal).told.arrived == 4
    line_of(door.laptop).down = False
    for _ in range(2):
        door.hear()
    [one] = door.reported
    assert isinstance(one.moved, HandOver)
    assert (one.moved.arrived, one.moved.expected, one.ours) == (4, 4, None)
    last = door.state.timeline[-1]
    assert last.again is not None
    said = (last.again.before, last.again.arrived, last.again.reason, last.again.station)
    assert said == (3, 4, "mistyped", "S002")
    assert (last.again.beside, len(door.state.timeline)) == (False, 3)
    assert trace_bag(door.laptop.station, door.seal).counts[Party.TEAM] == 4
    state = door.hand(Party.TEAM, Party.DESK)
    assert (state.custody.tally[Where.WAITING], state.custody.lacking) == (4, 0)


def test_the_last_count_holds(door: Door) -> None:
    door.collect(3)
    again(door, 44)
    again(door, 4, "miscounted", 5)
    door.hear()
    [one] = door.reported
    assert isinstance(one.moved, HandOver)
    assert (one.moved.arrived, one.moved.expected) == (4, 5)
    found = collected_here(door.laptop.station, door.seal)
    assert found is not None
    assert (found.arrived, found.expected) == (4, 5)


def test_a_difference_ends_when_the_team_puts_its_count_right(door: Door) -> None:
    door.hand(Party.MANAGER, Party.TEAM)
    before = door.state.custody
    door.collect(3)
    door.hear()
    assert door.codes == [DIFFERS]
    again(door, 4)
    door.hear()
    assert (door.codes, door.state.custody) == ([], before)


@pytest.mark.parametrize(("right", "ours"), [(4, None), (3, None), (2, 3)])
def test_after_the_bag_went_on_it_moves_no_card_and_is_held_against_ours(
    door: Door, right: int, ours: int | None
) -> None:
    door.collect(3)
    door.hear()
    before = door.hand(Party.TEAM, Party.DESK, arrived=4)
    again(door, right)
    door.hear()
    [one] = door.reported
    assert door.state.custody == before.custody
    assert (one.ours, one.photo_due) == (ours, ours is not None)
    last = door.state.timeline[-1]
    assert last.again is not None
    assert last.again.beside


def test_what_came_late_takes_nothing_back_that_came_in_time(door: Door) -> None:
    door.collect(3)
    again(door, 4)
    door.hear()
    before = door.hand(Party.TEAM, Party.DESK)
    again(door, 2)
    door.hear()
    [one] = door.reported
    assert isinstance(one.moved, HandOver)
    assert (one.moved.arrived, one.ours) == (4, 4)
    assert door.state.custody == before.custody


def test_only_what_was_collected_here_is_counted_again(door: Door) -> None:
    laptop = door.laptop.station
    assert collected_here(laptop, door.seal) is None
    for arrived, reason, expected, code in (
        (4, "mistyped", None, "bag_not_known"),
        (0, "mistyped", None, "hand_over_count"),
        (4, "mistyped", -1, "hand_over_count"),
        (4, "because", None, "recount_reason_unknown"),
    ):
        with pytest.raises(Refusal, match=code):
            again(door, arrived, reason, expected)
    door.hand(Party.MANAGER, Party.TEAM)
    with pytest.raises(Refusal, match="bag_not_known"):
        count_again(door.desk.station, door.seal, 3, "mistyped")


@pytest.mark.parametrize(
    "said",
    [
        {"arrived": 0},
        {"arrived": "4"},
        {"before": "3"},
        {"reason": "because"},
        {"number": 99},
        {"number": []},
    ],
)
def test_what_is_no_count_is_left_out(door: Door, said: dict[str, object]) -> None:
    door.collect(3)
    door.hear()
    again(door, 4)
    told(door.laptop)
    first, second = line_of(door.desk).centre.sealed_hand_overs("S002", door.seal, door.seal)
    step = thaw(BatchStep, second.detail)
    detail = json.dumps(json.loads(step.detail) | said)
    wrong = replace(second, detail=freeze(replace(step, detail=detail)))
    answers = SimpleNamespace(sealed_hand_overs=lambda *_seals: (first, wrong))
    assert hear_of_bags(replace(door.desk.station, ledger=cast("Ledger", answers))) == 0
    assert door.state.custody.counted[Party.TEAM] == 3


def test_a_seal_is_no_batch_of_this_laptop(door: Door) -> None:
    door.collect(3)
    laptop, counted = door.laptop.station, Explanation(Why.COUNTED_AGAIN, counted=4)
    asked = HandOverRequest(Party.MANAGER, Party.TEAM, 4, given_by="a", taken_by="b", on_paper=True)
    for wrong in (
        lambda: explain_card(laptop, door.seal, counted),
        lambda: hand_over(laptop, door.seal, asked),
        lambda: close_batch(laptop, door.seal),
    ):
        with pytest.raises(Refusal, match="bag_listed_elsewhere"):
            wrong()
    assert trace_bag(laptop, door.seal).counts[Party.DESK] == 0
