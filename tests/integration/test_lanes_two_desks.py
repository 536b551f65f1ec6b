"""The same batch at two desks, also when neither hears of the other: each card is loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.trays import Tray
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.services.verify import verify
from drivers.virtual import PullAfter, VirtualCard
from tests.kit.bag import Bag, bag_at
from tests.kit.cards import content
from tests.kit.station import neighbours, take
from tests.kit.two_stations import line_of, told, two_stations


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


def test_a_card_the_meter_took_is_past_the_counter_of_the_second_list(tmp_path: Path) -> None:
    people = neighbours(1)
    with two_stations(tmp_path, households=people) as (one, other, _):
        for desk in (one, other):
            line_of(desk).down = True
        first, second = bag_at(one, people), bag_at(other, people)
        second.cards = first.cards
        first.load(0)
        one.reader.pull()
        _take(first.cards[0])
        taken = first.cards[0].image
        assert second.refused(0) == "counter_past_expected"
        assert first.cards[0].image == taken


def _take(card: VirtualCard) -> None:
    assert take(card).taking.value == "credited"


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
