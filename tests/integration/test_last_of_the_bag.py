"""A bag has gone back with its last card: not with a part of it, and not while one is to come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Party
from cardstation.services.custody_state import custody_state
from cardstation.services.hand_over import likely_way
from tests.integration.test_custody import COLLECT, COME, RECEIVE, RETURN, Bag

HOME = (Party.TEAM, Party.MANAGER)
OUT = (Party.DESK, Party.TEAM)


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    made = Bag(tmp_path)
    made.pay(4)
    yield made
    made.station.store.close()


def test_cards_come_from_whom_they_are_with(bag: Bag) -> None:
    ways = (COME, RECEIVE)
    assert likely_way(custody_state(bag.station, bag.batch_id).custody, ways) == COME
    assert likely_way(bag.hand(*COLLECT, places=(1, 2)).custody, ways) == RECEIVE
    assert likely_way(bag.hand(*RECEIVE).custody, ways) == COME
    assert likely_way(bag.hand(*COME).custody, ways) == COME


def test_a_bag_of_which_a_part_is_still_to_come_has_not_gone_back(bag: Bag) -> None:
    bag.hand(*COLLECT)
    bag.hand(*RECEIVE, places=(1, 2))
    bag.run(1, 2)
    assert bag.go_back().stage is Stage.RECEIVED
    bag.hand(*RECEIVE)
    bag.run(3, 4)
    assert bag.go_back().stage is Stage.CLOSED


def test_what_the_team_gives_back_itself_can_be_the_last(bag: Bag) -> None:
    bag.hand(*COLLECT)
    bag.hand(*RECEIVE, places=(1, 2, 3))
    bag.run(1, 2, 3)
    assert bag.go_back(places=(1, 2)).stage is Stage.RECEIVED
    assert bag.go_back(*HOME).stage is Stage.RECEIVED
    assert bag.go_back().stage is Stage.RETURNED


def test_a_bag_that_never_came_here_is_not_back_from_here(bag: Bag) -> None:
    bag.hand(*COLLECT)
    assert bag.go_back(*HOME).stage is Stage.COLLECTED


def test_two_bags_on_their_way_home_with_the_team_are_both_gone(bag: Bag) -> None:
    bag.hand(*COME)
    bag.run(1, 2, 3, 4)
    assert bag.go_back(*OUT, places=(1, 2)).stage is Stage.RECEIVED
    assert bag.go_back(*OUT).stage is Stage.RETURNED
    assert bag.go_back(*HOME).stage is Stage.CLOSED


def test_the_team_that_brings_the_last_part_home_ends_it(bag: Bag) -> None:
    bag.hand(*COLLECT)
    bag.hand(*RECEIVE, places=(1, 2, 3))
    bag.run(1, 2, 3)
    assert bag.go_back(places=(1, 2, 3)).stage is Stage.RECEIVED
    assert bag.go_back(*HOME).stage is Stage.RETURNED


def test_cards_on_no_line_that_go_back_end_no_bag(bag: Bag) -> None:
    bag.hand(*COLLECT)
    bag.hand(*COME, arrived=4)
    state = bag.hand(*RETURN, arrived=4)
    assert (state.stage, state.custody.extras_gone) == (Stage.RECEIVED, 4)
