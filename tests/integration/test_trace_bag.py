"""A bag is known by its seal at every station: who has it, and how many cards were counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, HandOver, Party, Why
from cardstation.domain.seal_number import QR_PREFIX, seal_grouped, seal_number
from cardstation.errors import Refusal
from cardstation.services.explain_card import explain_card
from cardstation.services.trace_bag import trace_bag
from tests.kit.handing import hand
from tests.kit.lists import list_row, taken
from tests.kit.station import Desk, neighbours
from tests.kit.two_stations import line_of, told, two_stations

HOMES = neighbours(4)
NOWHERE = dict.fromkeys(Party, 0)


def received(desk: Desk, arrived: int) -> str:
    """A sealed bag on its way to the desk; returns its seal."""
    batch_id = taken(desk.station, [list_row(one) for one in HOMES]).batch_id
    seal = seal_number(desk.station.number, batch_id, 1)
    ways = ((Party.MANAGER, Party.TEAM, 4), (Party.TEAM, Party.DESK, arrived))
    for giver, taker, count in ways:
        said = {"arrived": count, "seal_no": seal, "given_by": "王师傅"}
        hand(desk.station, batch_id, giver, taker, **said)
    return seal


def test_another_station_sees_who_has_a_bag_and_how_many_cards(tmp_path: Path) -> None:
    with two_stations(tmp_path, households=HOMES) as (one, other, centre):
        seal = received(one, arrived=3)
        its = received(other, arrived=4)
        assert seal[5:] != its[5:] or seal[:5] != its[:5]
        told(one, other)
        for scanned in (seal, seal_grouped(seal), f"{QR_PREFIX}{seal}"):
            found = trace_bag(other.station, scanned)
            assert (found.station, found.ours, found.stage) == ("S001", False, Stage.RECEIVED)
            assert found.counts == NOWHERE | {Party.DESK: 3}
        assert found.last is not None
        assert isinstance(found.last.moved, HandOver)
        assert (found.last.moved.taker, found.last.moved.expected) == (Party.DESK, 4)
        at_home = trace_bag(one.station, seal)
        assert (at_home.ours, at_home.counts, at_home.steps) == (True, found.counts, found.steps)
        assert all("王师傅" not in one.sent.raw.decode() for one in centre.posted)

        batch_id = found.batch_id
        explain_card(one.station, batch_id, Explanation(Why.COUNTED_AGAIN, counted=4))
        hand(one.station, batch_id, Party.DESK, Party.TEAM, arrived=4, seal_no=seal)
        told(one)
        gone = trace_bag(other.station, seal)
        assert gone.counts == NOWHERE | {Party.TEAM: 4}


def test_whoever_fetches_their_card_does_not_have_the_bag(tmp_path: Path) -> None:
    with two_stations(tmp_path, households=HOMES) as (one, other, _):
        seal = received(one, arrived=4)
        batch_id = trace_bag(one.station, seal).batch_id
        explain_card(one.station, batch_id, Explanation(Why.ABSENT, (4,)))
        hand(one.station, batch_id, Party.DESK, Party.MANAGER)
        hand(one.station, batch_id, Party.DESK, Party.RESIDENT, places=(4,))
        told(one)
        found = trace_bag(other.station, seal)
        assert found.counts == NOWHERE | {Party.MANAGER: 3, Party.RESIDENT: 1}
        assert found.last is not None
        assert isinstance(found.last.moved, HandOver)
        assert found.last.moved.taker is Party.MANAGER


def test_without_the_ledger_it_says_since_when_nothing_was_heard(tmp_path: Path) -> None:
    with two_stations(tmp_path, households=HOMES) as (one, other, _):
        seal = received(one, arrived=4)
        with pytest.raises(Refusal, match="bag_not_known ") as never:
            trace_bag(other.station, seal)
        assert never.value.code == "bag_not_known"
        received(other, arrived=4)
        told(one, other)
        line_of(other).down = True
        with pytest.raises(Refusal) as refused:
            trace_bag(other.station, seal)
        assert refused.value.code == "bag_not_known_here"
        since = other.station.clock.now().isoformat(" ", "minutes")
        assert refused.value.values["since"] == since
        with pytest.raises(Refusal, match="seal_number_wrong"):
            trace_bag(other.station, seal[:-1])


def test_a_seal_of_another_station_is_none_of_this_batch(tmp_path: Path) -> None:
    with two_stations(tmp_path, households=HOMES) as (one, other, _):
        seal = received(one, arrived=4)
        batch_id = taken(other.station, [list_row(one) for one in HOMES]).batch_id
        with pytest.raises(Refusal, match="seal_of_other_batch"):
            hand(other.station, batch_id, Party.MANAGER, Party.DESK, seal_no=seal)
