"""A card that was loaded and then lost or destroyed with us: its gas is an open item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, Party, Where, Why
from cardstation.domain.exception_case import BAG_H, Act, Kind, Proof, Who
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUpRequest
from cardstation.domain.trays import Tray
from cardstation.errors import Refusal
from cardstation.services import return_load as returning
from cardstation.services.bag_papers import not_done_list
from cardstation.services.close_batch import close_batch
from cardstation.services.close_shift import close_shift
from cardstation.services.custody_state import CustodyState, custody_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.explain_card import explain_card
from cardstation.services.intent.signed_over import open_items
from cardstation.services.purge_batch import purge_batch
from cardstation.services.read_card import read_card
from cardstation.services.return_load import return_load
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from tests.kit.bag import Bag, bag_at
from tests.kit.clearing import is_blank, not_cleared, put
from tests.kit.handing import go_back, hand
from tests.kit.shifts import ANNA, CHIEF, PINS, RestartableClock, desk_on_duty
from tests.kit.station import Desk, neighbours, nobody, take

HOMES = neighbours(2)
SECOND = Approval(CHIEF)
CODE, GOOD = "load_on_lost_card", "load_made_good"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = desk_on_duty(tmp_path, households=HOMES)
    yield opened
    opened.reader.pull()
    opened.station.store.close()


@pytest.fixture
def bag(desk: Desk) -> Bag:
    """Two cards, both loaded, both at the desk."""
    made = bag_at(desk, HOMES)
    hand(desk.station, made.batch_id, Party.MANAGER, Party.DESK)
    for at in (0, 1):
        made.load(at)
    return made


def later(desk: Desk) -> None:
    clock = desk.station.clock
    assert isinstance(clock, RestartableClock)
    clock.run(minutes=5)


def say(bag: Bag, why: Why, *, by: Approval | None = SECOND) -> CustodyState:
    later(bag.desk)
    return explain_card(bag.desk.station, bag.batch_id, Explanation(why, (1,)), by)


def cases(bag: Bag) -> list[str]:
    return [one.code for one in exceptions_state(bag.desk.station)]


def signed(bag: Bag) -> list[str]:
    with bag.desk.station.store.reading() as reading:
        return [one.code for one in open_items(reading, bag.desk.station.clock.now())]


def lay_in(bag: Bag) -> str:
    later(bag.desk)
    return bag.refused(0)


@pytest.mark.parametrize(
    ("why", "step"), [(Why.LOST, "find_loaded_card"), (Why.DESTROYED, "make_load_good")]
)
def test_it_has_an_owner_a_deadline_and_a_proof_that_closes_it(
    bag: Bag, why: Why, step: str
) -> None:
    say(bag, why)
    [case] = exceptions_state(bag.desk.station)
    assert (case.kind, case.code, case.place, case.owner) == (Kind.LINE, CODE, 1, ANNA)
    assert (case.card_no, case.money) == (HOMES[0].card_no, Money(10_000))
    assert case.since is not None
    assert case.due == case.since + timedelta(hours=BAG_H)
    assert case.guide.step.code == step
    last = case.guide.steps[-1]
    assert (last.who, last.act, last.proof) == (Who.TWO, Act.EXPLAIN, Proof.SECOND_APPROVAL)
    assert CODE in signed(bag)


def test_it_is_signed_over_at_the_end_of_the_shift(bag: Bag) -> None:
    say(bag, Why.LOST)
    closed = close_shift(bag.desk.station, PINS[ANNA], counted=Money.of_yuan("700"))
    [item] = [one for one in closed.open_items if one.code == CODE]
    assert (item.account_no, item.money) == (HOMES[0].account_no, Money(10_000))
    assert item.batch_id == bag.batch_id


@pytest.mark.parametrize("why", [Why.LOST, Why.DESTROYED])
def test_no_batch_closes_over_it_until_two_people_made_it_good(bag: Bag, why: Why) -> None:
    say(bag, why)
    later(bag.desk)
    assert go_back(bag.desk.station, bag.batch_id).stage is Stage.RETURNED
    with pytest.raises(Refusal, match=CODE):
        close_batch(bag.desk.station, bag.batch_id)
    with pytest.raises(Refusal, match="explanation_needs_two"):
        say(bag, Why.MADE_GOOD, by=None)
    with pytest.raises(Refusal, match="second_person_same"):
        say(bag, Why.MADE_GOOD, by=Approval(ANNA))
    assert CODE in cases(bag)
    say(bag, Why.MADE_GOOD)
    assert CODE not in (*cases(bag), *signed(bag))
    assert close_batch(bag.desk.station, bag.batch_id).stage is Stage.CLOSED
    assert verify(bag.desk.station).ok


def test_the_card_itself_ends_it_in_a_reader(bag: Bag) -> None:
    say(bag, Why.LOST)
    for alone in (Why.FOUND, Why.OTHER_BATCH, Why.ABSENT):
        with pytest.raises(Refusal, match=CODE):
            say(bag, alone, by=None)
    assert lay_in(bag) == "line_already_done"
    assert cases(bag) == []
    assert custody_state(bag.desk.station, bag.batch_id).custody.where[1] is Where.DONE
    later(bag.desk)
    assert go_back(bag.desk.station, bag.batch_id).stage is Stage.CLOSED


def test_what_was_made_good_is_owed_no_more_whatever_becomes_of_the_card(bag: Bag) -> None:
    say(bag, Why.LOST)
    say(bag, Why.MADE_GOOD)
    assert cases(bag) == []
    with pytest.raises(Refusal, match="explanation_does_not_fit"):
        say(bag, Why.MADE_GOOD)
    say(bag, Why.DESTROYED)
    assert cases(bag) == []


def turned_up(bag: Bag, how: str) -> None:
    """The card of a load that was made good is found: in a reader, or by a clerk's word."""
    say(bag, Why.LOST)
    say(bag, Why.MADE_GOOD)
    if how == "reader":
        assert lay_in(bag) == GOOD
    else:
        say(bag, Why.FOUND, by=None)


@pytest.mark.parametrize("how", ["reader", "word"])
def test_made_good_and_found_it_neither_goes_home_nor_is_forgotten(bag: Bag, how: str) -> None:
    turned_up(bag, how)
    [case] = exceptions_state(bag.desk.station)
    assert (case.code, case.place, case.due is None) == (GOOD, 1, False)
    assert (case.guide.step.who, case.actions) == (Who.TWO, (Act.EXPLAIN,))
    assert GOOD in signed(bag)
    later(bag.desk)
    for taker, places in ((Party.MANAGER, None), (Party.TEAM, (1,)), (Party.RESIDENT, (1,))):
        with pytest.raises(Refusal, match=GOOD):
            hand(bag.desk.station, bag.batch_id, Party.DESK, taker, places=places)
    for alone in (Why.FOUND, Why.ABSENT, Why.REFUSED, Why.SEALED_OFF, Why.OTHER_BATCH):
        with pytest.raises(Refusal, match=GOOD):
            say(bag, alone)
    for why in (Why.DESTROYED, Why.KEEPS_GAS, Why.LOST):
        with pytest.raises(Refusal, match="explanation_needs_two"):
            say(bag, why, by=None)
    hand(bag.desk.station, bag.batch_id, Party.DESK, Party.MANAGER, places=(2,))
    with pytest.raises(Refusal, match="cards_not_back"):
        close_batch(bag.desk.station, bag.batch_id)


@pytest.mark.parametrize("why", [Why.DESTROYED, Why.LOST])
def test_two_people_keep_it_from_being_used_and_the_batch_ends(bag: Bag, why: Why) -> None:
    turned_up(bag, "reader")
    assert bag.trays[0] == (1, Tray.B, GOOD)
    say(bag, why)
    assert (cases(bag), custody_state(bag.desk.station, bag.batch_id).custody.lost_loads) == (
        [],
        (),
    )
    later(bag.desk)
    assert go_back(bag.desk.station, bag.batch_id).stage is Stage.CLOSED
    assert verify(bag.desk.station).ok


def test_what_was_made_good_is_taken_back_and_the_card_goes_home(bag: Bag) -> None:
    """Lost once more it is owed once more."""
    turned_up(bag, "reader")
    say(bag, Why.KEEPS_GAS)
    assert cases(bag) == []
    assert lay_in(bag) == "line_already_done"
    say(bag, Why.LOST)
    assert cases(bag) == [CODE]
    say(bag, Why.MADE_GOOD)
    assert lay_in(bag) == GOOD
    say(bag, Why.KEEPS_GAS)
    later(bag.desk)
    assert go_back(bag.desk.station, bag.batch_id).stage is Stage.CLOSED


def test_made_good_and_kept_here_on_one_persons_word_it_keeps_its_batch_open(bag: Bag) -> None:
    say(bag, Why.LOST)
    say(bag, Why.MADE_GOOD)
    say(bag, Why.ABSENT, by=None)
    assert cases(bag) == [GOOD]
    later(bag.desk)
    hand(bag.desk.station, bag.batch_id, Party.DESK, Party.MANAGER)
    with pytest.raises(Refusal, match=GOOD):
        close_batch(bag.desk.station, bag.batch_id)


def take_off(bag: Bag) -> str:
    bag.desk.reader.pull()
    inserted = bag.desk.insert(bag.cards[0])
    with pytest.raises(Refusal) as stop:
        return_load(bag.desk.station, inserted, SECOND, nobody, reading="photo 4711")
    inserted.close()
    return stop.value.code


def test_a_load_that_was_made_good_is_not_paid_out_as_well(bag: Bag) -> None:
    """Neither while its bag is here, nor when the batch is closed and purged."""
    turned_up(bag, "reader")
    assert take_off(bag) == GOOD
    say(bag, Why.LOST)
    later(bag.desk)
    assert go_back(bag.desk.station, bag.batch_id).stage is Stage.CLOSED
    assert take_off(bag) == GOOD
    purge_batch(bag.desk.station, bag.batch_id)
    assert take_off(bag) == GOOD


def at_the_counter(bag: Bag) -> str:
    """What stops a sale to the card, as it is shown and as it is refused."""
    bag.desk.reader.pull()
    inserted = bag.desk.insert(bag.cards[0])
    shown, code = read_card(bag.desk.station, inserted).stop, ""
    try:
        top_up(bag.desk.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
    except Refusal as stop:
        code = stop.code
    inserted.close()
    assert shown is None or shown.code == code
    return code


def test_the_counter_says_so_too_when_the_card_comes_there(bag: Bag) -> None:
    """Its batch is closed: nobody looks at its list any more."""
    say(bag, Why.LOST)
    assert at_the_counter(bag) != GOOD
    say(bag, Why.LOST)
    say(bag, Why.MADE_GOOD)
    later(bag.desk)
    assert go_back(bag.desk.station, bag.batch_id).stage is Stage.CLOSED
    assert at_the_counter(bag) == GOOD
    assert take(bag.cards[0]).credited
    assert at_the_counter(bag) == "", "its meter has taken it: too late to say so"


def test_made_good_while_its_load_is_being_taken_off(
    bag: Bag, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever commits first has it: the other is refused."""
    bag.desk.reader.pull()
    inserted = bag.desk.insert(bag.cards[0])
    planned = returning.planned_return

    def meanwhile(*args: Any) -> Any:
        say(bag, Why.LOST)
        say(bag, Why.MADE_GOOD)
        return planned(*args)

    monkeypatch.setattr(returning, "planned_return", meanwhile)
    with pytest.raises(Refusal, match=GOOD):
        return_load(bag.desk.station, inserted, SECOND, nobody, reading="photo 4711")
    inserted.close()


def test_a_card_that_was_not_loaded_owes_no_gas(desk: Desk) -> None:
    bag = bag_at(desk, HOMES)
    hand(desk.station, bag.batch_id, Party.MANAGER, Party.DESK)
    bag.load(1)
    say(bag, Why.LOST)
    assert CODE not in (*cases(bag), *signed(bag))
    with pytest.raises(Refusal, match="explanation_does_not_fit"):
        say(bag, Why.MADE_GOOD)


def test_the_household_reads_that_it_gets_its_gas(bag: Bag) -> None:
    say(bag, Why.LOST)
    [row] = not_done_list(bag.desk.station, bag.batch_id).rows
    assert row.reason == CODE


@pytest.mark.parametrize("why", [Why.OTHER_BATCH, Why.NEVER_GIVEN])
def test_a_loaded_card_is_not_explained_away(bag: Bag, why: Why) -> None:
    """The books say that it was here, and loaded: its household would have paid for nothing."""
    for here in (None, Why.ABSENT):
        if here is not None:
            say(bag, here)
        with pytest.raises(Refusal, match="explanation_does_not_fit"):
            say(bag, why)


@pytest.mark.parametrize("good", ["", "made good", "made good and found"])
def test_the_card_that_shows_who_has_the_gas_is_not_cleared_while_its_case_is_open(
    bag: Bag, good: str
) -> None:
    """Its meter took the load: made good over a blank, the gas would be given twice."""
    say(bag, Why.LOST)
    later(bag.desk)
    assert go_back(bag.desk.station, bag.batch_id).stage is Stage.RETURNED
    assert take(bag.cards[0]).credited
    if good:
        say(bag, Why.MADE_GOOD)
    if "found" in good:
        say(bag, Why.ABSENT, by=None)
    put(bag.desk, replace(bag.desk.household(HOMES[0].account_no), generation=1))
    assert not_cleared(bag.desk, bag.cards[0]) == "clear_card_of_bag"
    assert good == "made good" or (GOOD if good else CODE) in cases(bag)
    if good == "made good":
        assert lay_in(bag) == GOOD
        assert not_cleared(bag.desk, bag.cards[0]) == "clear_card_of_bag"
    if good:
        say(bag, Why.KEEPS_GAS)
    else:
        assert lay_in(bag) == "line_already_done"
    assert not {GOOD, CODE} & {*cases(bag)}
    assert not_cleared(bag.desk, bag.cards[0]) == ""
    assert is_blank(bag.cards[0])
    assert verify(bag.desk.station).ok
