"""Another card in the slot between two exchanges: refused, and it comes out as it went in."""

from __future__ import annotations

import random
from functools import partial

import pytest

from tests.kit.e2e import Desk
from tests.kit.e2e_cards import (
    FEN,
    Person,
    card_file,
    counter_on,
    paid_bag,
    people,
    states_of,
)
from tests.kit.own_service import Counted, Exchanged, Lane, TakenOut, make_cards, own_lane
from tests.kit.pcsc import PLENTY_S, until
from tests.kit.repeat import Seeded, first_seed, times

pytestmark = pytest.mark.pcsc


def _paid(desk: Desk, persons: list[Person], stranger: Person) -> str:
    batch = paid_bag(desk, persons, stranger)
    make_cards(desk, [*persons, stranger])
    return batch


@pytest.mark.parametrize("blind", [False, True], ids=["seen", "unseen"])
def test_a_card_exchanged_in_the_middle_is_never_written(desk: Desk, *, blind: bool) -> None:
    seed, swaps = first_seed(), times("SWAPS", 2)
    first, *persons, stranger = people(swaps + 2)
    batch = _paid(desk, [first, *persons], stranger)
    other = card_file(desk, stranger.card_no)
    untouched = other.read_bytes()
    with own_lane(desk) as lane, Seeded(seed, "./dev test tests/e2e/test_swapped_card.py"):
        run = lane.run(batch)
        whole = Counted(lane.card(first.card_no))
        lane.slot.insert(whole)
        run.heard(first.card_no)
        chance = random.Random(seed)
        for one in persons:
            at = chance.randrange(1, whole.commands + 1)
            said = len(run.err.lines)
            _swap(lane, one, stranger, at, blind=blind)
            run.heard("" if blind else stranger.card_no, after=said)
            lane.slot.pull()
            assert other.read_bytes() == untouched, at
            lane.slot.insert(lane.card(one.card_no))
            assert until(partial(_sealed, desk, one), 30), str(run.told())
        answer = run.answer()
    assert answer.status == 0, str(answer)
    for one in (first, *persons):
        assert states_of(desk, one.card_no).count("sealed") == 1
        assert counter_on(desk, one.card_no) == one.counter + 1
    proof = desk.run("verify")
    assert proof["ok"], proof["disagreements"]
    assert proof["taken_fen"] == proof["loaded_fen"] == FEN * (1 + swaps)


def _swap(lane: Lane, one: Person, stranger: Person, at: int, *, blind: bool) -> None:
    lane.slot.pull()
    card, other = lane.card(one.card_no), lane.card(stranger.card_no)
    swapped = Exchanged(card, at, other) if blind else TakenOut(card, at)
    lane.slot.insert(swapped)
    assert swapped.reached.wait(PLENTY_S)
    if not blind:
        lane.slot.pull()
        lane.slot.insert(other)


def _sealed(desk: Desk, one: Person) -> bool:
    return states_of(desk, one.card_no)[-1:] == ["sealed"]
