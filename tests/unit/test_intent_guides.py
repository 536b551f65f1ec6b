"""What people can do about a load or a return, wherever it stands."""

from __future__ import annotations

import pytest

from cardstation.domain.exception_case import Act, Kind
from cardstation.domain.guides import guide_of
from cardstation.domain.transitions import TopUpState
from cardstation.services.intent.opened import code_of


@pytest.mark.parametrize(
    ("direction", "state", "actions"),
    [
        ("sale", "paid", {Act.REFUND, Act.DISPUTE}),
        ("sale", "not_loaded", {Act.REFUND, Act.DISPUTE}),
        ("sale", "armed", {Act.REFUND, Act.DISPUTE}),
        ("sale", "outcome_unknown", {Act.REFUND, Act.DISPUTE}),
        ("sale", "refund_requested", {Act.PAY_OUT}),
        ("sale", "disputed", {Act.SETTLE}),
        ("return", "disputed", {Act.SETTLE}),
        ("return", "requested", {Act.WITHDRAW}),
        ("return", "not_returned", {Act.WITHDRAW}),
        ("return", "outcome_unknown", {Act.DISPUTE}),
        ("return", "sealed", {Act.PAY_OUT}),
        ("return", "payout_pending", {Act.PAY_OUT}),
    ],
)
def test_what_people_can_do_in_each_state(direction: str, state: str, actions: set[Act]) -> None:
    code = code_of(TopUpState(state))
    guide = guide_of(Kind.INTENT, code, direction=direction, state=state)
    assert set(guide.now) - {Act.CARD} == actions


@pytest.mark.parametrize("direction", ["sale", "return"])
def test_a_card_that_cannot_tell_goes_to_two_people(direction: str) -> None:
    guide = guide_of(Kind.INTENT, "card_not_as_left", direction=direction, state="outcome_unknown")
    assert Act.DISPUTE in guide.now
