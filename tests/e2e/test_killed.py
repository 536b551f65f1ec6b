"""kill -9 in the middle of a bag, again and again: every line is loaded exactly once."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.kit.e2e import Desk, Process
from tests.kit.e2e_cards import (
    STATES,
    Person,
    changed_bytes,
    counter_on,
    image_of,
    meter_takes,
    people,
    states_of,
    take_in,
    take_list,
)
from tests.kit.pcsc import until

pytestmark = pytest.mark.pcsc

SEED = 20261124
Moment = Callable[[Desk, Person, bytes], bool]


def _state(wanted: str) -> Moment:
    """The load has come at least as far as this state."""

    def reached(desk: Desk, one: Person, _before: bytes) -> bool:
        return any(
            STATES.index(state) >= STATES.index(wanted) for state in states_of(desk, one.card_no)
        )

    return reached


def _bytes(count: int) -> Moment:
    """At least that many bytes of the card are other ones."""

    def reached(desk: Desk, one: Person, before: bytes) -> bool:
        return changed_bytes(before, image_of(desk, one.card_no)) >= count

    return reached


def _moments(chance: random.Random) -> list[Moment]:
    """When to kill: at states of the journal, and at bytes of the card, in a random order."""
    moments = [_state(name) for name in ("paid", "armed")]
    moments += [_bytes(count) for count in chance.sample(range(1, 24), 2)]
    chance.shuffle(moments)
    return moments


def test_every_line_is_loaded_once_whenever_the_run_is_killed(desk: Desk) -> None:
    moments = _moments(random.Random(SEED))
    persons = people(len(moments))
    take_in(desk, persons)
    batch = take_list(desk, [(one, "100") for one in persons])
    desk.run("batch", "pay", batch, "--tender", "cash", "--fen", 10_000 * len(persons))
    desk.rack("--batch", batch, "--true-timing")

    run = _run(desk, batch)
    for one, moment in zip(persons, moments, strict=True):
        before = image_of(desk, one.card_no)
        desk.insert(one.card_no)
        assert until(partial(moment, desk, one, before), 30), str(run.told())
        killed = run.kill()
        assert killed.out == "", str(killed)
        left = desk.run("recover")["open"]
        assert {intent["card_no"] for intent in left} <= {one.card_no}

        run = _run(desk, batch)
        assert until(partial(_sealed, desk, one), 30), str(run.told())
        if one is not persons[-1]:
            run.heard(one.card_no)
            desk.pull()
    answer = run.answer()

    assert answer.status == 0, str(answer)
    assert [line["state"] for line in answer.json["lines"]] == ["done"] * len(persons)
    assert answer.json["totals"]["loaded_fen"] == 10_000 * len(persons)
    _once(desk, persons)


def _run(desk: Desk, batch: str) -> Process:
    run = desk.start("batch", "run", batch, "--json")
    run.heard(batch)
    return run


def _sealed(desk: Desk, one: Person) -> bool:
    return states_of(desk, one.card_no)[-1:] == ["sealed"]


def _once(desk: Desk, persons: list[Person]) -> None:
    desk.clear_rack()
    for one in persons:
        assert states_of(desk, one.card_no).count("sealed") == 1
        assert set(states_of(desk, one.card_no)) <= {"sealed", "voided"}
        assert counter_on(desk, one.card_no) == one.counter + 1
    proof = desk.run("verify")
    assert proof["ok"], proof["disagreements"]
    assert proof["taken_fen"] == proof["loaded_fen"] == 10_000 * len(persons)
    cards = [one.card_no for one in persons]
    with ThreadPoolExecutor(2) as pool:
        first = list(pool.map(lambda card: meter_takes(desk, card), cards))
        second = list(pool.map(lambda card: meter_takes(desk, card), cards))
    assert [taking for taking, _ in first] == ["credited"] * len(cards)
    assert [taking for taking, _ in second] == ["already_taken"] * len(cards)
