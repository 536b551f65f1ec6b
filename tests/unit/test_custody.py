"""Seals, and where cards are: each rule of the bag by a short story."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from cardstation.domain.batch import LineOutcome, LineState
from cardstation.domain.card_rows import card_places
from cardstation.domain.check_digit import luhn_ok
from cardstation.domain.custody import (
    Custody,
    Explanation,
    HandOver,
    Moved,
    Party,
    Where,
    Why,
    counted_otherwise,
)
from cardstation.domain.custody_book import custody
from cardstation.domain.seal_number import (
    QR_PREFIX,
    ensure_seal,
    is_seal,
    read_seal,
    seal_grouped,
    seal_number,
    seals_of,
)
from cardstation.domain.trays import Tray
from cardstation.errors import Refusal
from tests.property.test_custody import at, outcome

BATCH = "2026-11-24-01"
FOUR = [outcome(place) for place in range(1, 5)]
ALL = (1, 2, 3, 4)


def came(arrived: int = 4, places: tuple[int, ...] = ALL, **more: tuple[int, ...]) -> HandOver:
    return HandOver("", Party.MANAGER, Party.DESK, 4, arrived, places, **more)


def told(
    *moves: Moved, seen: dict[int, int] | None = None, strays: tuple[str, ...] = ()
) -> Custody:
    when: dict[int, datetime] = {place: at(step) for place, step in (seen or {}).items()}
    return custody(FOUR, [(at(n), one) for n, one in enumerate(moves)], when, strays)


def test_a_seal_number_names_station_day_batch_and_bag() -> None:
    number = seal_number(17, BATCH, 3)
    assert number.startswith("000172611240103")
    assert ensure_seal(seal_grouped(number), BATCH) == number
    assert len({seal_number(s, BATCH, bag) for s in (1, 2) for bag in range(1, 100)}) == 198


def test_the_seals_of_some_batches_lie_between_two_numbers() -> None:
    batches = ("2026-11-25-03-S001", BATCH, "of another kind")
    span = seals_of(1, batches)
    assert span is not None
    first, last = span
    assert all(first <= seal_number(1, one, 99) <= last for one in batches[:2])
    assert not first <= seal_number(2, BATCH, 1) <= last
    assert seals_of(1, ("of another kind",)) is None
    assert (is_seal(seal_number(1, BATCH, 1)), is_seal(BATCH), is_seal("")) == (True, False, False)


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ([], None),
        ([came(4)], None),
        ([came(3)], 3),
        ([came(3), replace(came(4), seal_no="1")], None),
        ([replace(came(3), seal_no="1"), came(4)], 3),
        ([replace(came(3), seal_no="2")], None),
        ([replace(came(3), giver=Party.DESK, taker=Party.MANAGER)], None),
        ([replace(came(3), giver=Party.TEAM)], None),
        ([replace(came(3), giver=Party.TEAM, expected=3)], 3),
    ],
)
def test_what_our_own_record_of_a_bag_says_otherwise(own: list[HandOver], says: int | None) -> None:
    door = HandOver("1", Party.MANAGER, Party.TEAM, 4, 4, ())
    assert counted_otherwise(door, own) == says


@pytest.mark.parametrize("place", range(16))
def test_any_wrong_digit_of_a_seal_is_noticed(place: int) -> None:
    number = seal_number(1, BATCH, 1)
    other = str((int(number[place]) + 1) % 10)
    with pytest.raises(Refusal, match="seal_"):
        ensure_seal(number[:place] + other + number[place + 1 :], BATCH)


def test_a_label_that_was_scanned_twice_is_the_same_bag() -> None:
    number = seal_number(1, BATCH, 1)
    assert ensure_seal(f"{QR_PREFIX}{QR_PREFIX} {number}", BATCH) == number


@pytest.mark.parametrize("body", ["000012613240101", "000012611310101", "000012611240100"])
def test_a_seal_of_no_day_or_of_no_bag_is_none(body: str) -> None:
    [number] = [f"{body}{digit}" for digit in range(10) if luhn_ok(f"{body}{digit}")]
    with pytest.raises(Refusal, match="seal_number_wrong"):
        read_seal(number)


def test_seals_of_other_batches_and_impossible_bags_are_refused() -> None:
    with pytest.raises(Refusal, match="seal_of_other_batch"):
        ensure_seal(seal_number(1, "2026-11-24-02", 1), BATCH)
    for bag in (0, 100):
        with pytest.raises(Refusal, match="bag_number_wrong"):
            seal_number(1, BATCH, bag)
    with pytest.raises(Refusal, match="bag_number_wrong"):
        seal_number(1, "list", 1)
    assert ensure_seal(" ", BATCH) == ""


def test_nothing_said_nothing_collected() -> None:
    found = told()
    assert found.tally[Where.NOT_COLLECTED] == 4
    assert found.unexplained == ALL
    assert not found.accounted_for


def test_a_card_in_a_reader_has_arrived_whatever_was_counted() -> None:
    found = told(came(2, (1, 2), missing=(3, 4)), seen={3: 5})
    assert found.where[3] is Where.WAITING
    assert found.tally[Where.NOT_COLLECTED] == 1
    assert told(seen={1: 0}).tally[Where.WAITING] == 1


def test_what_a_reader_saw_before_a_return_does_not_bring_the_card_back() -> None:
    back = HandOver("", Party.DESK, Party.MANAGER, 4, 4, ALL)
    assert told(came(), back, seen=dict.fromkeys(ALL, 0)).tally[Where.RETURNED] == 4
    again = told(came(), back, seen={**dict.fromkeys(ALL, 0), 2: 9})
    assert again.where[2] is Where.WAITING


def test_fewer_than_expected_are_short_until_somebody_names_them() -> None:
    found = told(came(3))
    assert (found.short, found.tally[Where.WAITING]) == (1, 3)
    assert found.tally[Where.NOT_COLLECTED] == 1
    named = told(came(3), Explanation(Why.NEVER_GIVEN, (2,)))
    assert (named.short, named.tally[Where.NOT_COLLECTED]) == (0, 1)
    assert named.where[2] is Where.NOT_COLLECTED
    assert named.unexplained == ()


def test_more_than_expected_are_extra_until_somebody_looks() -> None:
    found = told(came(5))
    assert found.unnamed_extras == 1
    looked = told(came(5), strays=("88019999",))
    assert (looked.unnamed_extras, looked.extras) == (0, ("9999",))
    gone = told(came(5), Explanation(Why.OTHER_BATCH, extras=("9999",)), strays=("88019999",))
    assert (gone.extras, gone.extras_gone, gone.unnamed_extras) == ((), 1, 0)


@pytest.mark.parametrize("kept", [Why.REFUSED, Why.ABSENT, Why.SEALED_OFF])
def test_a_card_that_is_kept_hides_none_that_lacks(kept: Why) -> None:
    """Three of four arrived; the one that is kept is of the three, and still one lacks."""
    here = told(came(3), Explanation(kept, (2,)))
    assert (here.short, here.lacking, here.counted[Party.DESK]) == (1, 1, 3)
    for again in (Why.ABSENT, Why.REFUSED):
        other = told(came(3), Explanation(kept, (2,)), Explanation(again, (2,)))
        assert (other.short, other.unnamed_extras) == (1, 0)
    gone = told(came(3), Explanation(kept, (2,)), Explanation(Why.LOST, (2,)))
    assert (gone.short, gone.unnamed_extras, gone.counted[Party.DESK]) == (1, 0, 2)
    back = told(came(3), Explanation(kept, (2,)), Explanation(Why.FOUND, (2,)))
    assert (back.short, back.unnamed_extras) == (1, 0)
    late = told(came(3, (1, 2, 3), missing=(4,)), Explanation(kept, (4,)))
    assert (late.short, late.lacking, late.counted[Party.DESK]) == (0, 0, 4)


def test_counting_again_corrects_a_count() -> None:
    assert told(came(3), Explanation(Why.COUNTED_AGAIN, counted=4)).short == 0


def test_what_the_desk_counted_and_lost_is_missing_and_counted_less() -> None:
    found = told(came(), Explanation(Why.LOST, (4,)), seen=dict.fromkeys(ALL, 0))
    assert found.where[4] is Where.MISSING
    assert found.counted[Party.DESK] == 3
    assert found.unnamed_extras == 0


@pytest.mark.parametrize(
    ("why", "where"),
    [
        (Why.DESTROYED, Where.DESTROYED),
        (Why.REFUSED, Where.REFUSED),
        (Why.ABSENT, Where.ABSENT),
        (Why.SEALED_OFF, Where.SEALED_OFF),
        (Why.OTHER_BATCH, Where.ELSEWHERE),
    ],
)
def test_each_explanation_has_its_place(why: Why, where: Where) -> None:
    back = HandOver("", Party.DESK, Party.MANAGER, 3, 3, (1, 2, 3))
    found = told(came(), Explanation(why, (4,)), back, seen=dict.fromkeys(ALL, 0))
    assert found.where[4] is where
    assert found.accounted_for


def test_a_card_found_again_is_at_the_desk() -> None:
    found = told(came(3, (1, 2, 3), missing=(4,)), Explanation(Why.FOUND, (4,)))
    assert (found.tally[Where.WAITING], found.short) == (4, 0)


def test_a_bag_counted_short_on_its_way_home_is_short_there() -> None:
    back = HandOver("", Party.DESK, Party.MANAGER, 4, 3, ALL)
    seen = dict.fromkeys(ALL, 0)
    found = told(came(), back, seen=seen)
    assert (found.tally[Where.RETURNED], found.tally[Where.MISSING]) == (3, 1)
    assert (found.short_back, found.accounted_for) == (1, False)
    named = told(came(), back, Explanation(Why.LOST, (4,)), seen=seen)
    assert (named.tally[Where.RETURNED], named.tally[Where.MISSING]) == (3, 1)
    assert named.accounted_for


def test_rows_of_one_household_are_one_card() -> None:
    rows: list[LineOutcome] = [
        outcome(1, LineState.WITHDRAWN, "A"),
        outcome(2, account="B"),
        outcome(3, account="A"),
        outcome(4, account="B"),
        outcome(5, LineState.WITHDRAWN, "C"),
    ]
    assert card_places(rows) == {1: 3, 2: 2, 3: 3, 4: 2}
    found = custody(rows, [(at(0), came(2, (1, 2)))])
    assert found.where == {2: Where.WAITING, 3: Where.WAITING}


@pytest.mark.parametrize(
    ("state", "tray"),
    [
        (LineState.DONE, Where.DONE),
        (LineState.UNKNOWN, Where.ASK),
        (LineState.STOPPED, Where.ASK),
        (LineState.UNFUNDED, Where.UNPAID),
    ],
)
def test_a_seen_card_lies_in_its_tray(state: LineState, tray: Where) -> None:
    reason = "line_unfunded" if state is LineState.UNFUNDED else ""
    one = replace(outcome(1, state), reason=reason)
    assert custody([one], [], {1: at(0)}).where == {1: tray}


def test_the_tray_a_clerk_chose_counts_until_the_card_is_loaded() -> None:
    stopped, done = outcome(1, LineState.STOPPED), outcome(1, LineState.DONE)
    for one, tray in ((stopped, Where.UNPAID), (done, Where.DONE)):
        found = custody([one], [], {1: at(0)}, trays={1: Tray.C})
        assert found.where == {1: tray}


BACK = HandOver("", Party.DESK, Party.MANAGER, 4, 5, ALL)
TO_TEAM = HandOver("", Party.DESK, Party.TEAM, 4, 6, ALL)


def test_more_given_back_than_ever_came_stands_until_somebody_says_why() -> None:
    found = told(came(), BACK)
    assert (found.tally[Where.RETURNED], found.unnamed_extras, found.accounted_for) == (4, 1, False)
    named = told(came(), BACK, Explanation(Why.GIVEN_BACK, extras=("9999",)))
    assert (named.unnamed_extras, named.extras_gone, named.accounted_for) == (0, 1, True)
    again = told(came(), BACK, Explanation(Why.COUNTED_AGAIN, counted=0))
    assert (again.extras_gone, again.accounted_for) == (0, True)


def test_a_card_on_no_line_that_came_and_went_is_told_of() -> None:
    found = told(came(5), BACK)
    assert (found.unnamed_extras, found.extras_gone, found.accounted_for) == (0, 1, True)
    more = told(came(5), replace(BACK, arrived=7))
    assert (more.unnamed_extras, more.extras_gone) == (2, 1)
    named = told(came(5), replace(BACK, expected=5, extras=("9999",)))
    assert (named.extras_gone, named.accounted_for) == (1, True)


def test_more_to_the_team_than_lay_here_stands_when_the_team_gives_them_back() -> None:
    home = HandOver("", Party.TEAM, Party.MANAGER, 5, 6, ALL)
    sent = told(came(5), TO_TEAM)
    assert (sent.unnamed_extras, sent.counted[Party.TEAM]) == (2, 5)
    found = told(came(5), TO_TEAM, home)
    assert (found.tally[Where.RETURNED], found.unnamed_extras, found.extras_gone) == (4, 1, 1)


def test_a_card_counted_with_a_part_that_cannot_have_gone_with_it_is_one_too_many() -> None:
    part = HandOver("", Party.DESK, Party.MANAGER, 2, 3, (1, 2))
    assert told(came(), part, seen=dict.fromkeys(ALL, 0)).unnamed_extras == 1
    kept = told(came(), Explanation(Why.ABSENT, (3, 4)), part)
    assert (kept.unnamed_extras, kept.short) == (1, 0)
    unseen = told(came(), part)
    assert (unseen.unnamed_extras, unseen.short) == (0, 1)


def test_an_extra_card_with_the_team_is_explained_there() -> None:
    collected = HandOver("", Party.MANAGER, Party.TEAM, 4, 5, ALL)
    assert told(collected).unnamed_extras == 1
    assert told(collected, Explanation(Why.OTHER_BATCH, extras=("",))).unnamed_extras == 0
