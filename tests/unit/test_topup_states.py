"""Every state x event pair of both tables: onto the card, and back."""

from __future__ import annotations

import itertools

import pytest

from cardstation.domain.meter import CounterSchool
from cardstation.domain.topup import NO_MARK, mark_of, next_counter
from cardstation.domain.transitions import (
    BEGINNING,
    FINAL,
    MAY_BE_ON_CARD,
    OFF_CARD,
    TABLES,
    TWO_PERSONS,
    WAITS_FOR_CARD,
    Direction,
    TopUpEvent,
    TopUpState,
    advance,
)
from cardstation.errors import Defect

LEGAL = """
sale    quoted            money_asked      pay_pending
sale    quoted            money_not_taken  voided
sale    pay_pending       money_certain    paid
sale    pay_pending       money_not_taken  voided
sale    pay_pending       money_in_doubt   pay_unknown
sale    pay_unknown       money_certain    paid
sale    pay_unknown       money_not_taken  voided
sale    paid              plan_stored      armed
sale    paid              refund_asked     refund_requested
sale    paid              seen_ahead       paid
sale    paid              seen_foreign     disputed
sale    armed             link_lost        outcome_unknown
sale    armed             seen_target      sealed
sale    armed             seen_before      not_loaded
sale    outcome_unknown   seen_target      sealed
sale    outcome_unknown   seen_before      not_loaded
sale    outcome_unknown   seen_torn        armed
sale    outcome_unknown   seen_ahead       outcome_unknown
sale    outcome_unknown   seen_foreign     disputed
sale    not_loaded        plan_stored      armed
sale    not_loaded        refund_asked     refund_requested
sale    not_loaded        seen_ahead       not_loaded
sale    not_loaded        seen_foreign     disputed
sale    sealed            disowned         refund_requested
sale    sealed            disowned_there   voided
sale    refund_requested  money_returned   refunded
sale    not_loaded        seen_target      sealed
sale    refund_requested  seen_target      sealed
sale    disputed          seen_target       sealed
sale    disputed          seen_before       not_loaded
sale    disputed          seen_torn         armed
sale    disputed          seen_ahead        disputed
sale    disputed          proven_loaded     sealed
sale    disputed          proven_not_loaded refund_requested
sale    disputed          proven_not_ours   voided
return  requested         plan_stored      armed
return  requested         withdrawn        voided
return  armed             link_lost        outcome_unknown
return  armed             seen_target      sealed
return  armed             seen_before      not_returned
return  outcome_unknown   seen_target      sealed
return  outcome_unknown   seen_before      not_returned
return  outcome_unknown   seen_torn        armed
return  outcome_unknown   seen_ahead       outcome_unknown
return  outcome_unknown   seen_foreign     disputed
return  not_returned      plan_stored      armed
return  not_returned      withdrawn        voided
return  sealed            payout_asked     payout_pending
return  payout_pending    money_returned   refunded
return  disputed          seen_target       sealed
return  disputed          seen_before       not_returned
return  disputed          seen_torn         armed
return  disputed          seen_ahead        disputed
return  disputed          proven_loaded     voided
return  disputed          proven_not_loaded sealed
work    requested         plan_stored       armed
work    armed             plan_stored       armed
work    armed             link_lost         outcome_unknown
work    armed             seen_target       sealed
work    armed             proven_not_loaded voided
work    outcome_unknown   plan_stored       armed
work    outcome_unknown   seen_target       sealed
work    outcome_unknown   proven_not_loaded voided
work    sealed            proven_not_loaded voided
"""
EXPECTED = {
    (Direction(way), TopUpState(state), TopUpEvent(event)): TopUpState(then)
    for way, state, event, then in (row.split() for row in LEGAL.split("\n") if row)
}


@pytest.mark.parametrize("way", Direction)
@pytest.mark.parametrize("state", TopUpState)
def test_every_pair(way: Direction, state: TopUpState) -> None:
    for event in TopUpEvent:
        if (way, state, event) in EXPECTED:
            assert advance(way, state, event, approver="second") is EXPECTED[way, state, event]
        else:
            with pytest.raises(Defect):
                advance(way, state, event, approver="second")


@pytest.mark.parametrize("event", sorted(TWO_PERSONS))
def test_some_moves_need_a_second_person(event: TopUpEvent) -> None:
    for way, table in TABLES.items():
        for state in (state for state, moved in table if moved is event):
            with pytest.raises(Defect):
                advance(way, state, event)


def test_no_money_leaves_without_a_second_person_whoever_said_that_it_is_owed() -> None:
    """A disowned load is owed on the ledger's word; what pays it out is no clerk's alone."""
    owed = TABLES[Direction.SALE][TopUpState.SEALED, TopUpEvent.DISOWNED]
    ways_out = {event for at, event in TABLES[Direction.SALE] if at is owed}
    pays = {one for one in ways_out if TABLES[Direction.SALE][owed, one] is TopUpState.REFUNDED}
    assert pays == {TopUpEvent.MONEY_RETURNED}
    assert pays <= TWO_PERSONS
    assert ways_out - pays == {TopUpEvent.SEEN_TARGET}
    assert TopUpEvent.DISOWNED not in TWO_PERSONS


def reached_from(
    way: Direction, start: TopUpState, *, without: tuple[TopUpEvent, ...] = ()
) -> set[TopUpState]:
    taken, reached = {start}, set[TopUpState]()
    moves = [(move, then) for move, then in TABLES[way].items() if move[1] not in without]
    while taken - reached:
        reached |= taken
        taken |= {then for (state, _), then in moves if state in taken}
    return reached


def test_from_paid_on_the_only_ways_out_are_the_card_or_a_refund() -> None:
    """What another desk was paid for is not this desk's to refund: only that may be void here."""
    theirs = (TopUpEvent.PROVEN_NOT_OURS, TopUpEvent.DISOWNED_THERE)
    reached = reached_from(Direction.SALE, TopUpState.PAID, without=theirs)
    left = {state for state, _ in TABLES[Direction.SALE]} - {TopUpState.SEALED}
    assert reached - left == {TopUpState.SEALED, TopUpState.REFUNDED}
    assert TopUpState.VOIDED not in reached


@pytest.mark.parametrize("way", [Direction.SALE, Direction.RETURN])
def test_nothing_stays_in_dispute_for_ever(way: Direction) -> None:
    assert reached_from(way, TopUpState.DISPUTED) & FINAL[way]


def test_a_return_pays_out_only_after_the_card_was_cleared() -> None:
    ways_to_money = {
        state
        for (state, event) in TABLES[Direction.RETURN]
        if event in (TopUpEvent.PAYOUT_ASKED, TopUpEvent.MONEY_RETURNED)
    }
    assert ways_to_money == {TopUpState.SEALED, TopUpState.PAYOUT_PENDING}


def test_no_refund_while_the_load_may_be_on_the_card() -> None:
    for state, (way, table) in itertools.product(MAY_BE_ON_CARD, TABLES.items()):
        assert (state, TopUpEvent.REFUND_ASKED) not in table, way
        assert (state, TopUpEvent.MONEY_RETURNED) not in table, way


@pytest.mark.parametrize("way", Direction)
def test_final_states_have_no_way_out_but_the_ledgers_word_or_two_persons(way: Direction) -> None:
    out = {(state, event) for state, event in TABLES[way] if state in FINAL[way]}
    told = (TopUpEvent.DISOWNED, TopUpEvent.DISOWNED_THERE)
    words = {(TopUpState.SEALED, event) for event in told}
    gone = {(TopUpState.SEALED, TopUpEvent.PROVEN_NOT_LOADED)}
    assert out == {Direction.SALE: words, Direction.RETURN: set(), Direction.WORK: gone}[way]
    assert FINAL[way] <= reached_from(way, BEGINNING[way])


def test_a_card_waits_for_its_intent_or_has_nothing_to_do_with_it() -> None:
    assert frozenset(TopUpState) == WAITS_FOR_CARD | OFF_CARD
    assert MAY_BE_ON_CARD <= WAITS_FOR_CARD


def test_marks_of_one_minute_differ() -> None:
    one, other = "01a20b11-1a80-7f4b-9344-a3346f17ae5a", "01a20b11-1a80-7f4b-9344-a3346f17ae5b"
    assert mark_of(one) != mark_of(other)
    assert len(mark_of(one)) == len(NO_MARK)


@pytest.mark.parametrize("school", CounterSchool)
def test_the_next_counter_follows_the_school(school: CounterSchool) -> None:
    assert next_counter(school, 7) == (7 if school is CounterSchool.NONE else 8)


def test_a_work_on_a_card_has_no_way_to_money() -> None:
    """Nothing is asked, paid, refunded or paid out for it."""
    money = {
        *(TopUpEvent.MONEY_ASKED, TopUpEvent.MONEY_CERTAIN, TopUpEvent.REFUND_ASKED),
        *(TopUpEvent.PAYOUT_ASKED, TopUpEvent.MONEY_RETURNED),
    }
    assert not money & {event for _, event in TABLES[Direction.WORK]}
