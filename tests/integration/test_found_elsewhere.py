"""A loaded card that was lost turns up at the counter or in another bag: its own batch knows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, Party, Where, Why
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUpRequest
from cardstation.domain.trays import Tray
from cardstation.errors import Refusal
from cardstation.services import hand_over as handing
from cardstation.services.close_batch import close_batch
from cardstation.services.custody_state import CustodyState, custody_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.explain_card import explain_card
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.pay_batch import pay_batch
from cardstation.services.put_in_envelope import put_in_envelope
from cardstation.services.top_up import top_up
from tests.kit.bag import Bag, bag_at
from tests.kit.handing import go_back, hand
from tests.kit.lists import list_row, taken
from tests.kit.shifts import CHIEF, RestartableClock, desk_on_duty
from tests.kit.station import Desk, neighbours, nobody, take

HOMES = neighbours(2)
SECOND = Approval(CHIEF)
OWED, GOOD, STILL = "load_on_lost_card", "load_made_good", "load_still_on_card"
OUT, HOME = (Party.MANAGER, Party.DESK), (Party.DESK, Party.MANAGER)


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    """Two loaded cards at the desk; the first one is lost."""
    desk = desk_on_duty(tmp_path, households=HOMES)
    made = bag_at(desk, HOMES)
    hand(desk.station, made.batch_id, *OUT)
    for at in (0, 1):
        made.load(at)
    say(made, Why.LOST)
    yield made
    desk.reader.pull()
    desk.station.store.close()


def later(desk: Desk) -> None:
    clock = desk.station.clock
    assert isinstance(clock, RestartableClock)
    clock.run(minutes=5)


def say(bag: Bag, *whys: Why, by: Approval | None = SECOND) -> CustodyState:
    for why in whys:
        later(bag.desk)
        told = explain_card(bag.desk.station, bag.batch_id, Explanation(why, (1,)), by)
    later(bag.desk)
    return told


def next_month(bag: Bag) -> Bag:
    """The bag of a second list with the same cards, at the desk."""
    station = bag.desk.station
    batch_id = taken(station, [list_row(one) for one in HOMES]).batch_id
    pay_batch(station, batch_id, tender=Tender.CASH, money=Money(20_000))
    hand(station, batch_id, *OUT)
    return Bag(bag.desk, HOMES, bag.cards, batch_id)


def at_the_counter(bag: Bag, *, prepaid: bool) -> str:
    desk = bag.desk
    desk.reader.pull()
    asked = TopUpRequest(money=Money(10_000))
    with closing(desk.insert(bag.cards[0])) as card, pytest.raises(Refusal) as stop:
        _ = (
            load_prepaid(desk.station, card, None, nobody)
            if prepaid
            else top_up(desk.station, card, asked, nobody)
        )
    later(desk)
    return stop.value.code


def in_the_next_bag(bag: Bag) -> str:
    code = next_month(bag).refused(0)
    later(bag.desk)
    return code


def where(bag: Bag) -> Where:
    return custody_state(bag.desk.station, bag.batch_id).custody.where[1]


def cases(bag: Bag) -> list[str]:
    found = exceptions_state(bag.desk.station)
    return [one.code for one in found if one.batch_id == bag.batch_id]


@pytest.mark.parametrize("place", ["counter", "order", "bag"])
def test_a_lost_card_in_any_reader_is_at_the_desk_again(bag: Bag, place: str) -> None:
    assert cases(bag) == [OWED]
    stop = in_the_next_bag(bag) if place == "bag" else at_the_counter(bag, prepaid=place == "order")
    assert stop == STILL
    assert (where(bag), cases(bag)) == (Where.DONE, [])
    with pytest.raises(Refusal, match="explanation_does_not_fit"):
        say(bag, Why.MADE_GOOD)
    with pytest.raises(Refusal, match="cards_not_back"):
        close_batch(bag.desk.station, bag.batch_id)


@pytest.mark.parametrize("place", ["counter", "bag"])
def test_a_made_good_card_in_any_reader_keeps_its_batch_open(bag: Bag, place: str) -> None:
    say(bag, Why.MADE_GOOD)
    stop = in_the_next_bag(bag) if place == "bag" else at_the_counter(bag, prepaid=False)
    assert stop == GOOD
    assert (where(bag), cases(bag)) == (Where.ASK, [GOOD])
    with pytest.raises(Refusal, match=GOOD):
        hand(bag.desk.station, bag.batch_id, *HOME)
    hand(bag.desk.station, bag.batch_id, *HOME, places=(2,))
    with pytest.raises(Refusal, match="cards_not_back"):
        close_batch(bag.desk.station, bag.batch_id)


def test_it_does_not_go_home_in_the_other_bag_either(bag: Bag) -> None:
    """Not before two people destroyed it, or took back what was made good."""
    say(bag, Why.MADE_GOOD)
    other = next_month(bag)
    assert other.refused(0) == GOOD
    assert other.trays == [(1, Tray.B, GOOD)]
    for places in (None, (1,), (1, 2)):
        with pytest.raises(Refusal, match=GOOD):
            hand(bag.desk.station, other.batch_id, *HOME, places=places)
    hand(bag.desk.station, other.batch_id, *HOME, places=(2,))
    say(bag, Why.KEEPS_GAS)
    assert go_back(bag.desk.station, bag.batch_id).stage is Stage.CLOSED
    hand(bag.desk.station, other.batch_id, *HOME)


def test_it_does_not_go_home_whatever_it_was_stopped_over_since(bag: Bag) -> None:
    say(bag, Why.MADE_GOOD)
    other = next_month(bag)
    put_in_envelope(bag.desk.station, other.batch_id, 1, "E1")
    assert other.refused(0, "E1") == GOOD
    assert other.refused(0, "E2") == "card_in_other_envelope"
    with pytest.raises(Refusal, match=GOOD):
        hand(bag.desk.station, other.batch_id, *HOME)
    say(bag, Why.KEEPS_GAS)
    hand(bag.desk.station, other.batch_id, *HOME)


def test_it_does_not_go_home_where_its_row_is_blocked(bag: Bag) -> None:
    say(bag, Why.MADE_GOOD)
    stopped = replace(HOMES[0], status=HouseholdStatus.STOPPED)
    with bag.desk.station.store.unit() as unit:
        unit.households.put([stopped])
        unit.commit()
    other = next_month(bag)
    assert other.refused(0) == "line_blocked"
    with pytest.raises(Refusal, match=GOOD):
        hand(bag.desk.station, other.batch_id, *HOME, places=(1,))
    hand(bag.desk.station, other.batch_id, *HOME, places=(2,))


def test_a_card_of_a_closed_batch_is_named_and_its_batch_stays_closed(bag: Bag) -> None:
    say(bag, Why.MADE_GOOD)
    assert go_back(bag.desk.station, bag.batch_id).stage is Stage.CLOSED
    other = next_month(bag)
    assert other.refused(0) == GOOD
    assert (where(bag), cases(bag)) == (Where.MISSING, [])
    assert (cases(other), other.trays) == ([GOOD], [(1, Tray.B, GOOD)])
    hand(bag.desk.station, other.batch_id, *HOME)


def test_a_card_whose_meter_took_the_load_owes_nothing_more(bag: Bag) -> None:
    """Its household used it: the other bag loads it anew, and it goes home in that bag."""
    say(bag, Why.MADE_GOOD)
    other = next_month(bag)
    assert other.refused(0) == GOOD
    assert take(bag.cards[0]).credited
    other.load(0)
    later(bag.desk)
    hand(bag.desk.station, other.batch_id, *HOME, places=(1,))


@pytest.mark.parametrize(
    ("said", "code"), [((Why.REFUSED,), "refused_load_open"), ((Why.LOST, Why.MADE_GOOD), GOOD)]
)
def test_what_is_said_while_a_hand_over_is_signed_counts(
    bag: Bag, monkeypatch: pytest.MonkeyPatch, said: tuple[Why, ...], code: str
) -> None:
    """Whoever commits first has it: the hand-over is judged by what is on record then."""
    station, place = bag.desk.station, 2
    look = handing.ensure_picture

    def meanwhile(picture: bytes) -> None:
        monkeypatch.setattr(handing, "ensure_picture", look)
        for why in said:
            explain_card(station, bag.batch_id, Explanation(why, (place,)), SECOND)
        if code == GOOD:
            explain_card(station, bag.batch_id, Explanation(Why.FOUND, (place,)))

    monkeypatch.setattr(handing, "ensure_picture", meanwhile)
    with pytest.raises(Refusal, match=code):
        hand(station, bag.batch_id, *HOME, places=(place,))
    assert custody_state(station, bag.batch_id).custody.where[place] is not Where.RETURNED
