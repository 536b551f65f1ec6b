"""Wherever cards go and whatever is said of them, the totals explain every one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cardstation.domain.batch import (
    LineKind,
    LineOutcome,
    LineState,
    ListRow,
    ManifestLine,
    Verdict,
)
from cardstation.domain.custody import (
    HELD,
    KEPT,
    OF_EXTRAS,
    Explanation,
    HandOver,
    Moved,
    Party,
    Where,
    Why,
)
from cardstation.domain.custody_book import custody

START = datetime(2026, 11, 24, 8, tzinfo=UTC)
OURS = HELD | KEPT


def outcome(place: int, state: LineState = LineState.WAITING, account: str = "") -> LineOutcome:
    row = ListRow(place, "", "", "", "", "", "")
    line = ManifestLine(
        row, Verdict.READY, LineKind.SALE, account or f"A{place}", "", "", "", None, None, "", ()
    )
    return LineOutcome(line, state, "", None, "")


def at(step: int) -> datetime:
    return START + timedelta(minutes=step)


PLACES = st.lists(st.integers(1, 9), max_size=6, unique=True).map(tuple)
TAILS = st.lists(st.sampled_from(["0001", "0002", "7777"]), max_size=3).map(tuple)
COUNTS = st.integers(0, 12)
HAND_OVERS = st.builds(
    HandOver,
    st.just(""),
    st.sampled_from(Party),
    st.sampled_from(Party),
    COUNTS,
    COUNTS,
    PLACES,
    PLACES,
    TAILS,
)
EXPLANATIONS = st.one_of(
    st.builds(
        Explanation,
        st.sampled_from([why for why in Why if why not in (Why.GIVEN_BACK, Why.COUNTED_AGAIN)]),
        PLACES,
    ),
    st.builds(Explanation, st.sampled_from(sorted(OF_EXTRAS)), st.just(()), TAILS),
    st.builds(Explanation, st.just(Why.COUNTED_AGAIN), st.just(()), st.just(()), COUNTS),
)
MOVES: st.SearchStrategy[list[Moved]] = st.lists(st.one_of(HAND_OVERS, EXPLANATIONS), max_size=12)


@given(
    states=st.lists(st.sampled_from(LineState), min_size=1, max_size=8),
    moves=MOVES,
    seen=st.dictionaries(st.integers(1, 9), st.integers(0, 12)),
    strays=st.lists(st.sampled_from(["88010001", "88010002", "99997777"]), unique=True),
)
def test_every_card_is_in_one_place_whatever_anybody_says(
    states: list[LineState], moves: list[Moved], seen: dict[int, int], strays: list[str]
) -> None:
    outcomes = [outcome(place, state) for place, state in enumerate(states, start=1)]
    told = [(at(number), one) for number, one in enumerate(moves)]
    found = custody(outcomes, told, {place: at(step) for place, step in seen.items()}, strays)
    counted = [one for one in states if one is not LineState.WITHDRAWN]
    assert sum(found.tally.values()) == len(found.where) == len(counted)
    assert min(found.tally.values(), default=0) >= 0
    assert min(found.counted.values()) >= 0
    held = sum(found.tally[one] for one in OURS)
    here = len(found.extras) + found.unnamed_extras
    assert held + here >= sum(found.counted.values())
    assert found.short <= len(found.where)
    if found.accounted_for:
        assert not here
        assert not any(found.tally[one] for one in HELD)


@dataclass(frozen=True)
class World:
    """What really happened: who gave a card, whose was lost on the way, how many strangers."""

    given: tuple[bool, ...]
    lost: frozenset[int]
    strangers: int


@st.composite
def worlds(draw: st.DrawFn) -> World:
    given_ = tuple(draw(st.lists(st.booleans(), min_size=1, max_size=12)))
    out = [place for place, gave in enumerate(given_, start=1) if gave]
    lost = frozenset(draw(st.lists(st.sampled_from(out), unique=True))) if out else frozenset()
    return World(given_, lost, draw(st.integers(0, 4)))


@given(worlds())
def test_true_counts_find_the_truth_though_nobody_names_a_card(world: World) -> None:
    outcomes = [outcome(place, LineState.DONE) for place in range(1, len(world.given) + 1)]
    every = tuple(range(1, len(outcomes) + 1))
    out = sum(world.given) + world.strangers
    came = out - len(world.lost)
    here = [place for place in every if world.given[place - 1] and place not in world.lost]
    first = HandOver("", Party.MANAGER, Party.TEAM, len(every), out, every)
    second = HandOver("", Party.TEAM, Party.DESK, out, came, every)
    moves = [(at(0), first), (at(1), second)]
    strays = [f"9999{number:04d}" for number in range(world.strangers)]
    found = custody(outcomes, moves, dict.fromkeys(here, at(2)), strays)
    assert found.tally[Where.DONE] == len(here)
    assert len(found.extras) == world.strangers
    assert found.unnamed_extras == 0
    assert found.tally[Where.MISSING] == len(world.lost)
    assert found.tally[Where.NOT_COLLECTED] == len(every) - sum(world.given)
    assert found.tally[Where.WAITING] == 0


@given(worlds())
def test_a_return_of_all_that_is_here_leaves_what_must_be_explained(world: World) -> None:
    outcomes = [outcome(place, LineState.DONE) for place in range(1, len(world.given) + 1)]
    every = tuple(range(1, len(outcomes) + 1))
    here = tuple(place for place in every if world.given[place - 1] and place not in world.lost)
    received = HandOver("", Party.MANAGER, Party.DESK, len(every), len(here), every)
    back = HandOver("", Party.DESK, Party.MANAGER, len(here), len(here), here)
    moves: list[tuple[datetime, Moved]] = [(at(0), received), (at(2), back)]
    seen = dict.fromkeys(here, at(1))
    found = custody(outcomes, moves, seen)
    absent = tuple(place for place in every if place not in here)
    assert found.tally[Where.RETURNED] == len(here)
    assert found.accounted_for == (not absent)
    moves.append((at(3), Explanation(Why.NEVER_GIVEN, absent)))
    assert custody(outcomes, moves, seen).accounted_for


@given(
    cards=st.integers(1, 6),
    came=st.integers(0, 9),
    sent=st.integers(0, 12),
    home=st.integers(0, 12),
    seen=st.sets(st.integers(1, 6)),
    through_team=st.booleans(),
)
def test_every_card_counted_at_home_is_one_of_the_list_or_told_of(
    *, cards: int, came: int, sent: int, home: int, seen: set[int], through_team: bool
) -> None:
    outcomes = [outcome(place) for place in range(1, cards + 1)]
    every = tuple(range(1, cards + 1))
    moves: list[Moved] = [HandOver("", Party.MANAGER, Party.DESK, cards, came, every)]
    giver = Party.DESK
    if through_team:
        moves.append(HandOver("", Party.DESK, Party.TEAM, cards, sent, every))
        giver = Party.TEAM
    moves.append(HandOver("", giver, Party.MANAGER, cards, home, every))
    told = [(at(number), one) for number, one in enumerate(moves)]
    found = custody(outcomes, told, {place: at(0) for place in seen if place <= cards})
    there = found.tally[Where.RETURNED] + found.extras_gone
    assert home <= there + found.unnamed_extras
    assert not found.accounted_for or home == there
