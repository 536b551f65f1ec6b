"""The bag's way over a real store: hand-overs, what is missing, the return, closing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from cardstation.domain.batch import Verdict
from cardstation.domain.batch_life import Stage, Step
from cardstation.domain.custody import NEED_TWO, ON_PAPER, Explanation, HandOver, Party, Where, Why
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.seal_number import seal_number
from cardstation.domain.shift import Approval
from cardstation.domain.trays import Tray
from cardstation.errors import Refusal
from cardstation.services import close_batch as closing
from cardstation.services.bag_papers import (
    custody_slip,
    manager_sheet,
    not_done_list,
    receipts_by_door,
)
from cardstation.services.batch_state import batch_state
from cardstation.services.close_batch import close_batch
from cardstation.services.custody_state import CustodyState, custody_state, places_at
from cardstation.services.explain_card import explain_card
from cardstation.services.hand_over import HandOverRequest, hand_over
from cardstation.services.intent.signed_over import open_items
from cardstation.services.pay_batch import pay_batch
from cardstation.services.route_card import route_card
from cardstation.services.verify import verify
from tests.kit.handing import go_back, hand
from tests.kit.station import card_of, line, neighbours, open_desk, put_batch

HOMES = neighbours(4)
SECOND = Approval("017")
PNG = b"\x89PNG\r\n\x1a\n" + b"a signature"
COLLECT = (Party.MANAGER, Party.TEAM)
RECEIVE = (Party.TEAM, Party.DESK)
COME = (Party.MANAGER, Party.DESK)
RETURN = (Party.DESK, Party.MANAGER)


class Bag:
    """A batch of four paid cards at a desk."""

    def __init__(self, home: Path) -> None:
        self.desk = open_desk(home, households=HOMES)
        self.station = self.desk.station
        rows = [line(one, place) for place, one in enumerate(HOMES, start=1)]
        self.batch_id = put_batch(self.desk, rows)

    def pay(self, cards: int) -> None:
        money = Money.of_yuan(str(100 * cards))
        pay_batch(self.station, self.batch_id, tender=Tender.CASH, money=money)

    def later(self) -> None:
        self.desk.clock.at += timedelta(minutes=5)

    def hand(self, giver: Party, taker: Party, **said: Any) -> CustodyState:
        self.later()
        return hand(self.station, self.batch_id, giver, taker, **said)

    def go_back(
        self, giver: Party = Party.DESK, taker: Party = Party.MANAGER, **said: Any
    ) -> CustodyState:
        self.later()
        return go_back(self.station, self.batch_id, giver, taker, **said)

    def run(self, *places: int) -> None:
        for place in places:
            self.later()
            self.desk.load(self.batch_id, card_of(HOMES[place - 1]))

    def explain(self, why: Why, *places: int, extras: tuple[str, ...] = ()) -> CustodyState:
        self.later()
        told = Explanation(why, places, extras)
        return explain_card(self.station, self.batch_id, told, SECOND if why in NEED_TWO else None)

    def steps(self) -> list[Step]:
        return [one.step.step for one in custody_state(self.station, self.batch_id).timeline]


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    made = Bag(tmp_path)
    yield made
    made.station.store.close()


def test_the_whole_way_of_a_bag(bag: Bag) -> None:
    bag.pay(4)
    seal = seal_number(1, bag.batch_id, 1)
    state = bag.hand(*COLLECT, seal_no=seal, given_by="陈", taken_by="李", given_picture=PNG)
    assert (state.stage, state.custody.tally[Where.TEAM]) == (Stage.COLLECTED, 4)
    state = bag.hand(*RECEIVE)
    assert (state.stage, state.custody.tally[Where.WAITING]) == (Stage.RECEIVED, 4)
    bag.run(1, 2, 3, 4)
    state = bag.go_back()
    assert state.stage is Stage.CLOSED
    assert state.custody.tally[Where.RETURNED] == 4
    assert state.seals == (seal,)
    first = state.timeline[0]
    assert (first.given_by, first.taken_by) == ("陈", "李")
    assert isinstance(first.moved, HandOver)
    with bag.station.store.reading() as reading:
        assert reading.steps.signature(first.moved.given_signed) == PNG
        raw = b"".join(stored.raw for stored in reading.journal.every())
    assert "陈".encode() not in raw
    assert b"\\u9648" not in raw
    assert verify(bag.station).ok


def test_a_shortfall_is_recorded_and_must_be_explained_before_closing(bag: Bag) -> None:
    bag.pay(3)
    state = bag.hand(*COME, arrived=3)
    assert (state.custody.short, state.custody.tally[Where.NOT_COLLECTED]) == (1, 1)
    bag.run(1, 2, 3)
    state = bag.go_back()
    assert state.stage is Stage.RETURNED
    with pytest.raises(Refusal, match="cards_not_explained"):
        close_batch(bag.station, bag.batch_id)
    bag.explain(Why.NEVER_GIVEN, 4)
    assert close_batch(bag.station, bag.batch_id).stage is Stage.CLOSED
    assert verify(bag.station).ok


def test_money_that_comes_while_a_batch_is_looked_at_is_in_no_closed_batch(
    bag: Bag, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another page takes money between the look and the commit: it comes before, or is refused."""
    bag.explain(Why.NEVER_GIVEN, 1, 2, 3, 4)
    told: list[str] = []

    def take() -> None:
        try:
            bag.pay(1)
        except Refusal as refused:
            told.append(refused.code)

    page = Thread(target=take)
    looked = closing.hindrance

    def meanwhile(state: CustodyState) -> Refusal | None:
        found = looked(state)
        page.start()
        page.join(0.3)
        return found

    monkeypatch.setattr(closing, "hindrance", meanwhile)
    assert close_batch(bag.station, bag.batch_id).stage is Stage.CLOSED
    page.join()
    assert told == ["batch_closed_already"]
    assert batch_state(bag.station, bag.batch_id).money.received == NO_MONEY


def test_a_return_in_parts_ends_the_batch_with_the_last_card(bag: Bag) -> None:
    bag.pay(4)
    bag.hand(*COME)
    bag.run(1, 2, 3, 4)
    part = bag.hand(Party.DESK, Party.MANAGER, places=(1, 2))
    assert part.stage is Stage.RECEIVED
    assert part.custody.tally[Where.RETURNED] == 2
    assert bag.go_back().stage is Stage.CLOSED
    assert bag.steps() == [Step.RECEIVED, Step.HANDED_OVER, Step.RETURNED, Step.CLOSED]


def test_a_desk_that_recorded_no_arrival_can_still_give_back(bag: Bag) -> None:
    bag.pay(4)
    bag.run(1, 2, 3, 4)
    bag.go_back()
    assert bag.steps()[-2:] == [Step.RETURNED, Step.CLOSED]
    assert verify(bag.station).ok


def test_the_return_through_a_team_ends_when_the_manager_has_the_bag(bag: Bag) -> None:
    bag.pay(4)
    bag.hand(*COME)
    bag.run(1, 2, 3, 4)
    state = bag.go_back(Party.DESK, Party.TEAM)
    assert (state.stage, state.custody.tally[Where.TEAM]) == (Stage.RETURNED, 4)
    bag.explain(Why.ABSENT, 2)
    state = bag.go_back(Party.TEAM, Party.MANAGER, arrived=3, expected=3)
    assert state.stage is Stage.RETURNED
    assert (state.custody.tally[Where.RETURNED], state.custody.tally[Where.ABSENT]) == (3, 1)
    with pytest.raises(Refusal, match="cards_kept"):
        close_batch(bag.station, bag.batch_id)
    with bag.station.store.reading() as reading:
        assert [one.code for one in open_items(reading, bag.station.clock.now())] == [
            "cards_not_back"
        ]
    state = bag.go_back(Party.TEAM, Party.MANAGER, places=(2,))
    assert (state.stage, state.custody.tally[Where.RETURNED]) == (Stage.CLOSED, 4)


def test_a_stranger_in_the_bag_is_explained_or_goes_back(bag: Bag) -> None:
    bag.pay(4)
    bag.hand(*COME, arrived=5)
    stranger = neighbours(6)[5]
    with bag.station.store.unit() as unit:
        unit.households.put([stranger])
        unit.commit()
    with pytest.raises(Refusal, match="card_not_in_batch"):
        bag.desk.load(bag.batch_id, card_of(stranger))
    state = custody_state(bag.station, bag.batch_id)
    assert state.custody.extras == (stranger.card_no[-4:],)
    assert state.custody.unnamed_extras == 0
    with pytest.raises(Refusal, match="extra_not_here"):
        bag.explain(Why.OTHER_BATCH, extras=("0000",))
    state = bag.explain(Why.OTHER_BATCH, extras=state.custody.extras)
    assert (state.custody.extras, state.custody.extras_gone) == ((), 1)


def test_nobody_gives_back_cards_of_which_some_lack_before_saying_which(bag: Bag) -> None:
    bag.hand(*COME, arrived=3)
    with pytest.raises(Refusal, match="cards_not_explained"):
        bag.hand(*RETURN)
    with pytest.raises(Refusal, match="cards_not_explained"):
        bag.hand(*RETURN, arrived=3)
    bag.explain(Why.NEVER_GIVEN, 4)
    assert bag.hand(*RETURN).custody.tally[Where.RETURNED] == 3


def test_more_given_back_than_came_stands_and_what_cannot_be_is_refused(bag: Bag) -> None:
    bag.pay(4)
    bag.hand(*COME, arrived=5)
    bag.run(1, 2, 3, 4)
    with pytest.raises(Refusal, match="more_than_here"):
        bag.go_back(arrived=4, expected=11)
    state = bag.go_back(arrived=7)
    assert (state.stage, state.custody.unnamed_extras) == (Stage.RETURNED, 2)
    with pytest.raises(Refusal, match="cards_not_explained"):
        close_batch(bag.station, bag.batch_id)
    bag.explain(Why.GIVEN_BACK, extras=("", ""))
    assert close_batch(bag.station, bag.batch_id).custody.extras_gone == 3


def test_what_was_counted_short_before_is_not_short_twice(bag: Bag) -> None:
    bag.hand(Party.MANAGER, Party.TEAM, arrived=3)
    state = bag.hand(Party.TEAM, Party.DESK, missing=(4,))
    told = state.timeline[-1].moved
    assert isinstance(told, HandOver)
    assert (told.expected, told.arrived) == (3, 3)
    assert (state.custody.short, state.custody.tally[Where.MISSING]) == (0, 1)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (HandOverRequest(Party.MANAGER, Party.MANAGER, 4), "hand_over_way"),
        (HandOverRequest(Party.RESIDENT, Party.DESK, 1), "hand_over_way"),
        (HandOverRequest(Party.DESK, Party.RESIDENT, 1), "whose_card_goes"),
        (HandOverRequest(*COME, -1), "hand_over_count"),
        (HandOverRequest(*RETURN, 4), "more_than_here"),
        (HandOverRequest(Party.DESK, Party.TEAM, 1, places=(1,)), "card_not_with_giver"),
        (HandOverRequest(Party.TEAM, Party.MANAGER, 0), "nothing_to_hand_over"),
        (HandOverRequest(*COME, 4, seal_no="123"), "seal_number_wrong"),
        (
            HandOverRequest(*COME, 4, given_by="陈", given_picture=b"GIF89a"),
            "signature_not_picture",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    bag: Bag, asked: HandOverRequest, code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        hand_over(bag.station, bag.batch_id, asked)
    assert bag.steps() == []


def test_a_building_that_is_sealed_off_keeps_its_cards_and_the_others_go_back(bag: Bag) -> None:
    bag.pay(4)
    bag.hand(*COME)
    bag.run(1, 2, 3, 4)
    state = bag.explain(Why.SEALED_OFF, 3, 4)
    assert state.custody.tally[Where.SEALED_OFF] == 2
    first = HOMES[0].address
    assert places_at(state, first.building) == (1, 2, 3, 4)
    assert places_at(state, f"{first.building}-{first.unit}-{first.room}") == (1,)
    assert places_at(state, "999") == ()
    assert bag.go_back().stage is Stage.RETURNED
    notes = not_done_list(bag.station, bag.batch_id).rows
    assert [row.reason for row in notes] == ["card_kept_sealed_off"] * 2
    assert bag.go_back(places=(3, 4)).stage is Stage.CLOSED
    assert verify(bag.station).ok


def test_a_stopped_card_lies_in_the_tray_a_clerk_chose(bag: Bag) -> None:
    bag.hand(*COME)
    with pytest.raises(Refusal, match="line_unfunded"):
        bag.run(1)
    assert custody_state(bag.station, bag.batch_id).custody.where[1] is Where.UNPAID
    card_no, tray = HOMES[0].card_no, Tray.B
    route_card(bag.station, bag.batch_id, tray, place=1, card_no=card_no, code="line_unfunded")
    assert custody_state(bag.station, bag.batch_id).custody.where[1] is Where.ASK
    route_card(bag.station, bag.batch_id, Tray.B, place=0, card_no="", code="card_mute")
    assert custody_state(bag.station, bag.batch_id).custody.extras == ()


def test_a_card_that_nothing_can_be_loaded_on_has_arrived_all_the_same(bag: Bag) -> None:
    blocked = line(HOMES[0], 1, verdict=Verdict.BLOCKED, reasons=("arrears",))
    other = put_batch(bag.desk, [blocked], "2026-11-24-02")
    with pytest.raises(Refusal, match="line_blocked"):
        bag.desk.load(other, card_of(HOMES[0]))
    state = custody_state(bag.station, other)
    assert state.custody.where == {1: Where.ASK}
    assert state.batch.outcomes[0].reason == "arrears"


def test_what_was_kept_goes_back_on_a_second_try(bag: Bag) -> None:
    bag.pay(4)
    bag.hand(*COME)
    bag.run(1, 2, 3, 4)
    bag.explain(Why.ABSENT, 4)
    back = bag.hand(*RETURN)
    assert (back.custody.tally[Where.RETURNED], back.custody.tally[Where.ABSENT]) == (3, 1)
    bag.hand(Party.DESK, Party.RESIDENT, places=(4,))
    state = close_batch(bag.station, bag.batch_id)
    assert state.custody.tally[Where.RETURNED] == 4
    last = custody_slip(bag.station, bag.batch_id)
    assert (last.told.giver, last.told.taker) == (Party.DESK, Party.RESIDENT)


def test_explanations_must_fit_what_was_seen(bag: Bag) -> None:
    bag.pay(4)
    bag.hand(*COME)
    bag.run(1)
    with pytest.raises(Refusal, match="explanation_does_not_fit"):
        bag.explain(Why.NEVER_GIVEN, 1)
    with pytest.raises(Refusal, match="explanation_does_not_fit"):
        bag.explain(Why.GIVEN_BACK, 1)
    with pytest.raises(Refusal, match="card_place_unknown"):
        bag.explain(Why.LOST, 9)
    with pytest.raises(Refusal, match="nothing_to_explain"):
        bag.explain(Why.LOST)


def test_money_that_is_left_over_keeps_a_batch_open(bag: Bag) -> None:
    bag.pay(4)
    bag.run(1, 2, 3)
    bag.explain(Why.NEVER_GIVEN, 4)
    assert bag.go_back().stage is Stage.RETURNED
    with pytest.raises(Refusal, match="batch_money_open"):
        close_batch(bag.station, bag.batch_id)


def closed(bag: Bag) -> None:
    bag.pay(4)
    bag.run(1, 2, 3, 4)
    bag.go_back()


def test_what_the_manager_gets_names_nobody(bag: Bag) -> None:
    bag.pay(3)
    bag.hand(*COME)
    bag.run(3, 1, 2)
    sheet = manager_sheet(bag.station, bag.batch_id)
    said = repr(sheet)
    for home in HOMES:
        assert not [one for one in (home.name, home.card_no, home.account_no) if one in said]
    assert [row.done for row in sheet.rows] == [True, True, True, False]
    assert [row.amount for row in sheet.rows] == [Money(10_000)] * 3 + [None]
    assert sheet.loaded == Money(30_000)
    notes = not_done_list(bag.station, bag.batch_id)
    assert [(row.door, row.reason) for row in notes.rows] == [
        (HOMES[3].address.door, "line_unfunded")
    ]
    assert len(receipts_by_door(bag.station, bag.batch_id)) == 3


def test_what_a_household_paid_itself_is_not_the_managers_to_know(bag: Bag) -> None:
    own = Money.of_yuan("100")
    pay_batch(bag.station, bag.batch_id, tender=Tender.CASH, money=own, line=2)
    bag.pay(1)
    bag.run(1, 2)
    sheet = manager_sheet(bag.station, bag.batch_id)
    assert [row.done for row in sheet.rows] == [True, True, False, False]
    assert [row.amount for row in sheet.rows] == [Money(10_000), None, None, None]
    assert (sheet.received, sheet.loaded, sheet.waiting, sheet.remainder) == (
        Money(10_000),
        Money(10_000),
        Money(0),
        Money(0),
    )


def test_signed_on_paper_is_said_so(bag: Bag) -> None:
    bag.pay(4)
    state = bag.hand(*COME, given_picture=b"", taken_picture=b"", on_paper=True)
    told = state.timeline[-1].moved
    assert isinstance(told, HandOver)
    assert (told.given_signed, told.taken_signed) == (ON_PAPER, ON_PAPER)
