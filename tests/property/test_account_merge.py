"""Any changes of an account against any later directory: old, agreeing, or with a third word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardstation.domain.account_change import (
    FACTS,
    GROUPS,
    AccountChange,
    AccountEvent,
    Verdict,
    difference,
    facts_of,
    merged,
    with_change,
)
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.meter import MeterKind
from cardstation.domain.volume import Volume
from tests.kit import cards

HOME = cards.household()
WORDS: dict[str, tuple[Any, Any, Any]] = {
    "status": (HouseholdStatus.ACTIVE, HouseholdStatus.STOPPED, HouseholdStatus.CLOSED),
    "name": ("a", "b", "c"),
    "phone": ("1", "2", "3"),
    "persons": (3, 4, 5),
    "relief_per_month": (Volume(0), Volume(8_000), Volume(10_000)),
    "meter_no": ("M1", "M2", "M3"),
    "kind": (MeterKind.VOLUME, MeterKind.MONEY, MeterKind.MONEY),
    "installed": (None, date(2026, 1, 1), date(2025, 1, 1)),
    "chip": ("sle4442", "at88sc102", "epurse"),
    "purchase_counter": (50, 0, 7),
}
"""Of each fact: as it was, as it was made, and a third word where there is one."""
MERGED = [fact for group in GROUPS for fact in group]
AT = datetime(2026, 11, 27, tzinfo=UTC)


def told(values: dict[str, Any], home: Household = HOME) -> Household:
    """A household with these facts."""
    meter = {one: values[one] for one in ("meter_no", "kind", "installed") if one in values}
    other = {one: value for one, value in values.items() if one not in meter}
    return replace(home, **other, meter=replace(home.meter, **meter))


def change_of(before: Household, after: Household, number: int = 0) -> AccountChange:
    old, new = difference(before, after)
    what = AccountEvent.TRANSFERRED
    return AccountChange(f"c{number}", before.account_no, what, old, new, "", "", AT)


FILED = told({fact: WORDS[fact][0] for fact in FACTS})
SOME_FACTS = st.dictionaries(st.sampled_from(FACTS), st.integers(0, 2), min_size=1)


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Household], list[AccountChange]]:
    """Every state an account went through, and the changes between them."""
    states = [FILED]
    for choice in draw(st.lists(SOME_FACTS, min_size=1, max_size=4)):
        values = {fact: WORDS[fact][word] for fact, word in choice.items()}
        states.append(told(values, states[-1]))
    pairs = pairwise(states)
    return states, [change_of(old, new, at) for at, (old, new) in enumerate(pairs)]


@settings(max_examples=100, deadline=None)
@given(lives(), st.data())
def test_an_older_directory_takes_nothing_back(
    life: tuple[list[Household], list[AccountChange]], data: st.DataObject
) -> None:
    states, changes = life
    old = data.draw(st.sampled_from(states))
    now, heard = merged(old, states[-1], changes)
    for group in GROUPS:
        for fact in group:
            assert getattr(facts_of(now), fact) == getattr(facts_of(states[-1]), fact)
    if now.meter.meter_no != old.meter.meter_no:
        assert now.purchase_counter == states[-1].purchase_counter
    assert {one.verdict for one in heard} <= {Verdict.CONFIRMED}


@settings(max_examples=60, deadline=None)
@given(lives())
def test_a_directory_that_agrees_settles_every_fact(
    life: tuple[list[Household], list[AccountChange]],
) -> None:
    states, changes = life
    now, heard = merged(states[-1], states[-1], changes)
    assert now == states[-1]
    touched = {(one.change_id, fact) for one in changes for fact in MERGED if one.touches(fact)}
    assert {(one.change_id, one.fact) for one in heard} == touched
    assert {one.verdict for one in heard} <= {Verdict.CONFIRMED}
    left = [
        one.without(told.fact for told in heard if told.change_id == one.change_id)
        for one in changes
    ]
    other = told({"name": "c", "meter_no": "M3", "status": HouseholdStatus.CLOSED})
    assert merged(other, states[-1], left) == (other, ())


@pytest.mark.parametrize("fact", [one for one in MERGED if one != "kind"])
def test_a_third_word_of_the_directory_holds_and_is_told(fact: str) -> None:
    after = told({one: WORDS[one][1] for one in FACTS}, FILED)
    change = change_of(FILED, after)
    third = WORDS[fact][2]
    now, heard = merged(told({fact: third}, after), after, [change])
    assert getattr(facts_of(now), fact) == third
    said = {one.fact: one.verdict for one in heard}
    assert said.pop(fact) is Verdict.OVERRULED
    assert set(said.values()) == {Verdict.CONFIRMED}


@pytest.mark.parametrize("group", GROUPS[1:])
def test_a_third_owner_or_meter_comes_with_all_its_facts(group: tuple[str, ...]) -> None:
    after = told({one: WORDS[one][1] for one in FACTS}, FILED)
    theirs = told({group[0]: WORDS[group[0]][2]}, FILED)
    now, heard = merged(theirs, after, [change_of(FILED, after)])
    assert [getattr(facts_of(now), one) for one in group] == [
        getattr(facts_of(theirs), one) for one in group
    ]
    assert {one.fact for one in heard if one.verdict is Verdict.OVERRULED} == set(group)


@pytest.mark.parametrize("group", GROUPS[1:])
def test_what_is_said_of_the_old_owner_or_meter_is_not_said_of_the_new(
    group: tuple[str, ...],
) -> None:
    after = told({group[0]: WORDS[group[0]][1]}, FILED)
    older = told({one: WORDS[one][2] for one in group[1:]}, FILED)
    now, heard = merged(replace(older, purchase_counter=60), after, [change_of(FILED, after)])
    assert (facts_of(now), heard) == (
        facts_of(replace(after, purchase_counter=now_counter(group))),
        (),
    )


def now_counter(group: tuple[str, ...]) -> int:
    """The file's, but of another meter than the one on file."""
    return FILED.purchase_counter if group[0] == "meter_no" else 60


def test_a_change_is_made_again_by_its_facts() -> None:
    after = told({one: WORDS[one][1] for one in FACTS}, FILED)
    assert with_change(FILED, change_of(FILED, after)) == after
    assert with_change(after, change_of(after, FILED)) == FILED


def test_only_the_changed_facts_are_told() -> None:
    old, new = difference(FILED, replace(FILED, status=HouseholdStatus.STOPPED))
    assert [one for one in FACTS if getattr(old, one) is not None] == ["status"]
    assert (old.status, new.status) == (HouseholdStatus.ACTIVE, HouseholdStatus.STOPPED)
