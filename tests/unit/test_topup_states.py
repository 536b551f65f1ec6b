"""Every state x event pair of the one table for a sale or load."""

from __future__ import annotations

import itertools

import pytest

from cardstation.domain.meter import CounterSchool
from cardstation.domain.topup import (
    FINAL,
    MAY_BE_ON_CARD,
    NO_MARK,
    OPEN,
    TRANSITIONS,
    TWO_PERSONS,
    TopUpEvent,
    TopUpState,
    advance,
    mark_of,
    next_counter,
)
from cardstation.errors import Defect

LEGAL = """
quoted            money_asked      pay_pending
quoted            money_not_taken  voided
pay_pending       money_certain    paid
pay_pending       money_not_taken  voided
pay_pending       money_in_doubt   pay_unknown
pay_unknown       money_certain    paid
pay_unknown       money_not_taken  voided
paid              plan_stored      armed
paid              refund_asked     refund_requested
armed             link_lost        outcome_unknown
armed             seen_loaded      sealed
armed             seen_before      not_loaded
outcome_unknown   seen_loaded      sealed
outcome_unknown   seen_before      not_loaded
outcome_unknown   seen_torn        armed
outcome_unknown   seen_foreign     disputed
not_loaded        plan_stored      armed
not_loaded        refund_asked     refund_requested
refund_requested  money_returned   refunded
"""
EXPECTED = {
    (TopUpState(state), TopUpEvent(event)): TopUpState(then)
    for state, event, then in (row.split() for row in LEGAL.split("\n") if row)
}


@pytest.mark.parametrize(
    ("state", "event"), list(itertools.product(TopUpState, TopUpEvent)), ids=lambda one: one.value
)
def test_every_pair(state: TopUpState, event: TopUpEvent) -> None:
    if (state, event) in EXPECTED:
        assert advance(state, event, approver="second") is EXPECTED[state, event]
    else:
        with pytest.raises(Defect):
            advance(state, event, approver="second")


@pytest.mark.parametrize("event", sorted(TWO_PERSONS))
def test_some_moves_need_a_second_person(event: TopUpEvent) -> None:
    state = next(state for state, moved in TRANSITIONS if moved is event)
    with pytest.raises(Defect):
        advance(state, event)


def test_from_paid_on_the_only_ways_out_are_the_card_or_a_refund() -> None:
    taken, reached = {TopUpState.PAID}, set()
    while taken - reached:
        reached |= taken
        taken |= {then for (state, _), then in TRANSITIONS.items() if state in taken}
    ends = {s for s in reached if not any(state is s for state, _ in TRANSITIONS)}
    assert ends == {TopUpState.SEALED, TopUpState.REFUNDED, TopUpState.DISPUTED}
    assert TopUpState.VOIDED not in reached


def test_no_refund_while_the_load_may_be_on_the_card() -> None:
    for state in MAY_BE_ON_CARD:
        assert (state, TopUpEvent.REFUND_ASKED) not in TRANSITIONS


def test_final_states_have_no_way_out() -> None:
    assert not {state for state, _ in TRANSITIONS} & FINAL
    assert frozenset(TopUpState) == OPEN | FINAL


def test_marks_of_one_minute_differ() -> None:
    one, other = "01a20b11-1a80-7f4b-9344-a3346f17ae5a", "01a20b11-1a80-7f4b-9344-a3346f17ae5b"
    assert mark_of(one) != mark_of(other)
    assert len(mark_of(one)) == len(NO_MARK)


@pytest.mark.parametrize("school", CounterSchool)
def test_the_next_counter_follows_the_school(school: CounterSchool) -> None:
    assert next_counter(school, 7) == (7 if school is CounterSchool.NONE else 8)
