"""One person closed the shift alone over what nobody knows: the next opener signs for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.exception_case import Kind, Proof
from cardstation.domain.shift import Role
from cardstation.errors import Refusal
from cardstation.services.add_clerk import add_clerk
from cardstation.services.close_shift import close_shift
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.open_shift import open_shift
from cardstation.services.resolve import Outcome
from cardstation.services.shift_state import shift_state
from cardstation.services.verify import verify
from drivers.virtual import VirtualCard
from tests.integration.test_clerks_from_centre import fed, follows
from tests.integration.test_exceptions_state import resolved, torn
from tests.kit.shifts import (
    ANNA,
    BEN,
    CHIEF,
    EYES,
    FLOAT,
    PINS,
    PlainPins,
    RestartableClock,
    desk_on_duty,
)
from tests.kit.station import Desk, card_of, neighbours, open_desk

CODE, HOMES = "unknown_to_sign", neighbours(2)


@pytest.fixture
def card() -> VirtualCard:
    return card_of(HOMES[0])


@pytest.fixture
def desk(tmp_path: Path, card: VirtualCard) -> Iterator[Desk]:
    """Only Anna works here; a card was torn, and she closed over it."""
    made = open_desk(tmp_path, clock=RestartableClock(), households=HOMES)
    made.station = replace(made.station, pins=PlainPins())
    add_clerk(made.station, ANNA, PINS[ANNA], {Role.SUPERVISOR}, by=None)
    open_shift(made.station, ANNA, PINS[ANNA], float_money=FLOAT)
    torn(made, card)
    close(made)
    yield made
    made.station.store.close()


def close(desk: Desk, name: str = ANNA) -> None:
    close_shift(desk.station, PINS[name], counted=FLOAT)


def begin(desk: Desk, name: str = ANNA, *, signs: bool = False) -> None:
    open_shift(desk.station, name, PINS[name], float_money=FLOAT, signs_unknown=signs)


def cases(desk: Desk) -> list[str]:
    return [one.code for one in exceptions_state(desk.station)]


def test_no_shift_opens_and_nothing_is_sold_before_it_is_signed_for(
    desk: Desk, card: VirtualCard
) -> None:
    with pytest.raises(Refusal) as refused:
        begin(desk)
    assert (refused.value.code, refused.value.values) == (CODE, {"n": 1, "name": ANNA})
    assert shift_state(desk.station).open is None
    with pytest.raises(Refusal, match="no_shift"):
        desk.sell(card_of(HOMES[1]))
    begin(desk, signs=True)
    opened = shift_state(desk.station).open
    assert opened is not None
    assert [one.code for one in opened.taken_over] == ["outcome_unknown"]
    assert CODE not in cases(desk)
    assert "outcome_unknown" in cases(desk), "it waits for its card as before"
    assert resolved(desk, card) is Outcome.SEALED
    assert verify(desk.station).ok


def test_it_is_a_case_of_its_own_until_then(desk: Desk) -> None:
    [one] = [one for one in exceptions_state(desk.station) if one.code == CODE]
    assert (one.kind, one.opened_by, one.guide.step.proof) == (Kind.SHIFT, ANNA, Proof.SIGNATURE)
    assert [item.code for item in shift_state(desk.station).signed_alone] == ["outcome_unknown"]


def test_whoever_closes_alone_again_leaves_it_to_be_signed_again(desk: Desk) -> None:
    begin(desk, signs=True)
    close(desk)
    with pytest.raises(Refusal, match=CODE):
        begin(desk)


def test_what_is_known_meanwhile_asks_nobody(desk: Desk, card: VirtualCard) -> None:
    """The card came while no shift was open."""
    assert resolved(desk, card) is Outcome.SEALED
    assert CODE not in cases(desk)
    begin(desk)


def test_another_clerk_signs_for_it_too(desk: Desk) -> None:
    """Added and given a PIN while the shift was closed: nobody slips past it."""
    begin(desk, signs=True)
    close(desk)
    with desk.station.store.unit() as unit:
        kept = unit.shifts.clerk(ANNA)
        assert kept is not None
        person = replace(kept[0], name=BEN)
        at = desk.station.clock.now()
        unit.shifts.put_clerk(person, pin_hash=PlainPins().hash(PINS[BEN]), approver="", at=at)
        unit.commit()
    with pytest.raises(Refusal, match=CODE):
        begin(desk, BEN)
    begin(desk, BEN, signs=True)


def test_whose_days_are_over_is_nobody_to_sign(tmp_path: Path, card: VirtualCard) -> None:
    made = desk_on_duty(tmp_path / "over", households=HOMES)
    desk = follows(made.station)
    last = desk.station.clock.now().date() - timedelta(days=1)
    others = (CHIEF, BEN, EYES)
    desk.say(fed(ANNA), *(fed(one, Role.SUPERVISOR, last=last) for one in others[1:]))
    torn(made, card)
    with pytest.raises(Refusal, match="unknown_not_signed"):
        close(made)
    desk.say(fed(ANNA), *(fed(one, Role.SUPERVISOR, last=last) for one in others))
    close(made)
    assert CODE in cases(made)
    made.station.store.close()


def test_two_signatures_at_the_close_ask_nobody(tmp_path: Path, card: VirtualCard) -> None:
    desk = desk_on_duty(tmp_path / "two", households=HOMES)
    torn(desk, card)
    close_shift(desk.station, PINS[ANNA], counted=FLOAT, handed_to=BEN, handed_pin=PINS[BEN])
    assert CODE not in cases(desk)
    begin(desk, BEN)
    desk.station.store.close()
