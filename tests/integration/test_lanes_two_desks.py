"""The same batch at two desks, also when neither hears of the other: each card is loaded once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import LineState
from cardstation.domain.household import Household
from cardstation.domain.meter import CounterSchool, MakerRules
from cardstation.domain.shift import Approval
from cardstation.domain.trays import Tray
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.services.allow_load import allow_load
from cardstation.services.return_load import return_load
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual import PullAfter
from tests.kit.bag import Bag, bag_at
from tests.kit.cards import content
from tests.kit.desk import StandingClock
from tests.kit.station import Desk, card_of, neighbours, nobody, take
from tests.kit.sweep_world import NAMES_NOBODY
from tests.kit.two_stations import line_of, told, two_stations

SECOND = Approval("周玉兰")


@pytest.mark.parametrize("down", [False, True])
def test_the_same_list_at_two_desks_loads_each_card_once(tmp_path: Path, down: bool) -> None:
    """Both took the money for the same line; the card's own counter lets one of them load."""
    people = neighbours(3)
    with two_stations(tmp_path, households=people) as (one, other, _):
        for desk in (one, other):
            line_of(desk).down = down
        first, second = bag_at(one, people), bag_at(other, people)
        second.cards = first.cards
        first.load(0)
        before = first.cards[0].image
        one.reader.pull()
        with pytest.raises(Refusal) as stop:
            second.load(0)
        assert stop.value.code in ("load_still_on_card", "counter_past_expected")
        assert stop.value.code == "load_still_on_card"
        assert first.cards[0].image == before
        assert second.trays == [(1, Tray.C, "load_still_on_card")]
        second.load(1)
        other.reader.pull()
        with pytest.raises(Refusal):
            first.load(1)
        for desk in (one, other):
            line_of(desk).down = False
        told(one, other)
        assert verify(one.station).ok
        assert verify(other.station).ok


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("rules", MAKERS[:4], ids=lambda one: f"{one.code} {one.school}")
def test_a_card_the_meter_took_is_not_loaded_from_the_second_list(
    tmp_path: Path, rules: MakerRules, down: bool
) -> None:
    """Its counter says so; where the maker counts nothing, the day of its load and whose it is."""
    people = neighbours(1)
    with two_stations(tmp_path, households=people) as (one, other, _):
        first, second = _two_bags(one, other, people, rules, down=down)
        first.load(0)
        one.reader.pull()
        if not down:
            told(one, other)
        assert take(first.cards[0], rules).taking.value == "credited"
        taken = first.cards[0].image
        assert second.refused(0) in _PAST[rules.school]
        assert first.cards[0].image == taken
        assert second.trays == [(1, Tray.B, second.refused(0))]


_PAST = {
    CounterSchool.EXACT: ("counter_past_expected",),
    CounterSchool.GREATER: ("counter_past_expected",),
    CounterSchool.CUMULATIVE: ("counter_past_expected",),
    CounterSchool.NONE: ("loaded_since_list",),
}


def _two_bags(
    one: Desk, other: Desk, people: list[Household], rules: MakerRules, *, down: bool
) -> tuple[Bag, Bag]:
    """The same paid list at both desks, and the same cards, of one maker."""
    for desk in (one, other):
        line_of(desk).down = down
    first, second = bag_at(one, people), bag_at(other, people)
    first.cards = second.cards = [card_of(each, rules) for each in people]
    return first, second


def test_without_a_counter_a_load_that_was_taken_back_elsewhere_stops_nothing(
    tmp_path: Path,
) -> None:
    people, rules = neighbours(1), MAKERS[3]
    with two_stations(tmp_path, households=people) as (one, other, _):
        first, second = _two_bags(one, other, people, rules, down=False)
        first.load(0)
        card = one.insert(first.cards[0])
        return_load(one.station, card, SECOND, nobody, reading="1043.2")
        card.close()
        one.reader.pull()
        told(one, other)
        second.load(0)
        assert second.states == [LineState.DONE]


@pytest.mark.parametrize("days", [0, 1])
def test_without_a_counter_a_load_by_a_machine_since_the_list_asks_a_person(
    tmp_path: Path, days: int
) -> None:
    """The machine is no desk: nothing but the card tells of it, and an older load is daily life."""
    people, rules = neighbours(1), MAKERS[3]
    with two_stations(tmp_path, households=people) as (one, other, _):
        cards = [card_of(each, rules) for each in people]
        line_of(one).down = line_of(other).down = True
        elsewhere = bag_at(one, people)
        elsewhere.cards = cards
        elsewhere.load(0)
        one.reader.pull()
        assert take(cards[0], rules).taking.value == "credited"
        clock = other.station.clock
        assert isinstance(clock, StandingClock)
        clock.at += timedelta(days=days)
        bag = bag_at(other, people)
        bag.cards = cards
        if days:
            bag.load(0)
            assert bag.states == [LineState.DONE]
        else:
            assert bag.refused(0) == "loaded_since_list"


def test_two_people_who_saw_the_meter_may_load_it_all_the_same(tmp_path: Path) -> None:
    """What they say holds for the load they saw, not for one that comes after it."""
    people, rules = neighbours(1), MAKERS[3]
    with two_stations(tmp_path, households=people) as (one, other, _):
        first, second = _two_bags(one, other, people, rules, down=True)
        first.load(0)
        one.reader.pull()
        assert take(first.cards[0], rules).taking.value == "credited"
        _may_not(other, second, "nothing_to_allow")
        assert second.refused(0) == "loaded_since_list"
        _may_not(other, second, "reading_needed", reading=" ")
        allow_load(other.station, second.batch_id, 1, "1043.2", SECOND)
        _later_elsewhere(one, first, timedelta(days=1))
        assert second.refused(0) == "loaded_since_list"
        allow_load(other.station, second.batch_id, 1, "1078.9", SECOND)
        second.load(0)
        assert second.states == [LineState.DONE]
        line_of(one).down = line_of(other).down = False
        told(one, other)
        assert verify(other.station).ok


@pytest.mark.parametrize("marks", [True, False])
@pytest.mark.parametrize("down", [False, True])
def test_what_two_people_saw_covers_no_later_load_of_that_day(
    tmp_path: Path, down: bool, marks: bool
) -> None:
    """Three hours later the household buys at the other desk; nobody looked at the meter since."""
    people, rules = neighbours(1), MAKERS[3]
    with two_stations(tmp_path, households=people) as (one, other, _):
        for desk in () if marks else (one, other):
            desk.station = replace(desk.station, layouts=(NAMES_NOBODY,))
        first, second = _two_bags(one, other, people, rules, down=down)
        first.load(0)
        one.reader.pull()
        assert take(first.cards[0], rules).taking.value == "credited"
        assert second.refused(0) == "loaded_since_list"
        allow_load(other.station, second.batch_id, 1, "1043.2", SECOND)
        _later_elsewhere(one, first, timedelta(hours=3))
        taken = first.cards[0].image
        assert second.refused(0) == "loaded_since_list"
        assert first.cards[0].image == taken
        allow_load(other.station, second.batch_id, 1, "1078.9", SECOND)
        second.load(0)
        assert second.states == [LineState.DONE]


def test_a_load_that_the_ledger_tells_of_later_is_the_one_they_saw(tmp_path: Path) -> None:
    """Its mark on the card says whose load it is: nobody is asked about it twice."""
    people, rules = neighbours(1), MAKERS[3]
    with two_stations(tmp_path, households=people) as (one, other, _):
        first, second = _two_bags(one, other, people, rules, down=True)
        first.load(0)
        one.reader.pull()
        assert take(first.cards[0], rules).taking.value == "credited"
        assert second.refused(0) == "loaded_since_list"
        allow_load(other.station, second.batch_id, 1, "1043.2", SECOND)
        line_of(one).down = line_of(other).down = False
        told(one, other)
        second.load(0)
        assert second.states == [LineState.DONE]


def _may_not(desk: Desk, bag: Bag, code: str, reading: str = "1043.2") -> None:
    with pytest.raises(Refusal, match=code):
        allow_load(desk.station, bag.batch_id, 1, reading, SECOND)


def _later_elsewhere(desk: Desk, bag: Bag, later: timedelta) -> None:
    """The household buys at the other desk some time after."""
    clock = desk.station.clock
    assert isinstance(clock, StandingClock)
    clock.at += later
    desk.sell(bag.cards[0])
    desk.reader.pull()
    assert take(bag.cards[0], MAKERS[3]).taking.value == "credited"


def test_without_a_counter_an_own_sale_of_that_day_stops_nothing(tmp_path: Path) -> None:
    """Two purchases at one desk are two purchases."""
    people, rules = neighbours(1), MAKERS[3]
    with two_stations(tmp_path, households=people) as (one, other, _):
        bag, _theirs = _two_bags(one, other, people, rules, down=True)
        one.sell(bag.cards[0])
        one.reader.pull()
        assert take(bag.cards[0], rules).taking.value == "credited"
        bag.load(0)
        assert bag.states == [LineState.DONE]


@pytest.mark.parametrize("down", [False, True])
def test_torn_at_one_desk_and_carried_to_the_other_it_is_loaded_once(
    tmp_path: Path, down: bool
) -> None:
    people = neighbours(1)
    with two_stations(tmp_path, households=people) as (one, other, _):
        first, second = bag_at(one, people), bag_at(other, people)
        second.cards = first.cards
        card = first.cards[0]
        line_of(one).down = line_of(other).down = down
        card.chip.arm(PullAfter(3))
        with pytest.raises(OutcomeUnknown):
            first.load(0)
        one.reader.pull()
        card.chip.arm(None)
        if not down:
            told(one, other)
        torn = card.image
        if down:
            code = second.refused(0)
            assert code in ("card_torn_elsewhere", "load_still_on_card", "card_damaged"), code
            assert card.image == torn
            other.reader.pull()
            first.load(0)
            one.reader.pull()
        else:
            said = _second_reads(second)
            assert said in ("", "order_already_loaded", "counter_past_expected",
                            "load_still_on_card"), said  # fmt: skip
        credit = content(card).credit
        assert credit is not None
        assert credit.purchase_counter == people[0].purchase_counter + 1
        line_of(one).down = line_of(other).down = False
        told(one, other)
        assert verify(one.station).ok
        assert verify(other.station).ok


def _second_reads(bag: Bag) -> str:
    """What the second clerk is told, empty when the load was finished there."""
    try:
        bag.load(0)
    except Refusal as stop:
        return stop.code
    return ""
