"""R5: what a card still shows, or would still give, keeps the money of a dispute where it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.domain.card import Witness, judge
from cardstation.domain.meter import CounterSchool, MakerRules
from cardstation.domain.transitions import TopUpState
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal, fail
from cardstation.services.dispute import dispute
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_out import pay_out
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.layouts.open4442 import OPEN4442
from drivers.makers import TRAINING
from drivers.virtual import Tear, VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit import cards
from tests.kit.dispute_trials import LOST, PROOF, written_unsealed
from tests.kit.station import Desk, card_of, nobody, open_desk, take
from tests.kit.two_desks import HOME, SECOND, with_card
from tests.kit.two_stations import line_of, told, two_stations

BEFORE = HOME.purchase_counter
GONE = Finding.NOT_LOADED
COUNTED = [one for one in TRAINING if one.school is not CounterSchool.NONE]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path / "day")
    yield opened
    opened.reader.pull()
    opened.station.store.close()


def torn_and_lost(desk: Desk, card: VirtualCard) -> str:
    """A load that was cut, and whose card is said to be lost; returns its id."""
    card.chip.arm(Tear(12))
    with pytest.raises(OutcomeUnknown):
        desk.sell(card)
    card.chip.arm(None)
    (waiting,) = open_intents(desk.station)
    return dispute(desk.station, waiting.intent_id, SECOND, LOST).topup_id


def spoil_beside_the_load(desk: Desk, card: VirtualCard, intent_id: str) -> None:
    """One bit of what we own changes, outside the load that the meter reads."""
    with desk.station.store.reading() as reading:
        intent = reading.topups.get(intent_id)
    plan = (intent and intent.plan) or fail("it was armed")
    image = bytes(card.chip.main)
    for address in (at for span in OPEN4442.desk_owned for at in span):
        changed = bytearray(image)
        changed[address] ^= 1
        seen = judge(plan.before, plan.target, plan.owned, bytes(changed))
        if seen is Witness.FOREIGN and _credit(bytes(changed)) == _credit(image):
            card.chip.main[:] = changed
            return
    raise AssertionError


def _credit(image: bytes) -> object:
    try:
        return OPEN4442.decode(image).credit
    except Refusal:
        return None


def test_a_card_that_cannot_tell_and_still_shows_the_load_stays_here(desk: Desk) -> None:
    """Another byte of it is strange; its meter would take the load all the same."""
    card = card_of(HOME)
    intent_id = written_unsealed(desk, desk.sell, card)
    spoil_beside_the_load(desk, card, intent_id)
    with pytest.raises(OutcomeUnknown, match="card_not_as_left"):
        with_card(desk, card, resolve_card)
    dispute(desk.station, intent_id, SECOND)
    with pytest.raises(Refusal, match="card_may_load"):
        settle_dispute(desk.station, intent_id, GONE, PROOF, SECOND, MeterCount(BEFORE))
    assert take(card).credited
    assert desk.states()[-1] == TopUpState.DISPUTED.value


def test_a_return_whose_load_still_stands_is_given_up_whatever_else_changed(desk: Desk) -> None:
    card = card_of(HOME)
    desk.sell(card)
    card.chip.arm(Tear(0))
    with pytest.raises(LinkFailed):
        with_card(desk, card, return_load, SECOND, nobody, reading="photo 17")
    card.chip.arm(None)
    (waiting,) = open_intents(desk.station)
    spoil_beside_the_load(desk, card, waiting.intent_id)
    assert with_card(desk, card, resolve_card).outcome is Outcome.VOIDED
    assert take(card).credited
    assert verify(desk.station).ok


def test_a_desk_that_took_a_load_over_proves_it_before_the_first_pays(tmp_path: Path) -> None:
    """The first found it unwritten, the second wrote it and was cut; then the card is lost."""
    with two_stations(tmp_path) as (one, other, _):
        card = card_of(HOME)
        card.chip.arm(Tear(0))
        with pytest.raises(LinkFailed):
            one.sell(card)
        card.chip.arm(None)
        one.reader.pull()
        sync(one.station)
        line_of(one).down = True
        card.chip.security[0] = 1
        with pytest.raises(Refusal, match="code_tries_low"):
            with_card(one, card, resolve_card)
        card.chip.security[0] = 7
        written_unsealed(other, with_card, other, card, resolve_card)
        line_of(one).down = line_of(one).resting = False
        told(one, other)
        for desk, code in ((other, "card_may_load"), (one, "refund_needs_ledger")):
            (waiting,) = open_intents(desk.station)
            dispute(desk.station, waiting.intent_id, SECOND, LOST)
            with pytest.raises(Refusal, match=code):
                settle_dispute(
                    *(desk.station, waiting.intent_id, GONE, PROOF, SECOND), MeterCount(BEFORE)
                )
        assert with_card(other, card, resolve_card).outcome is Outcome.SEALED
        assert take(card).credited
        told(other, one)
        assert not open_intents(one.station)
        for desk in (one, other):
            assert verify(desk.station).ok


@pytest.mark.parametrize("rules", COUNTED, ids=lambda rules: rules.school.value)
def test_a_counter_that_is_used_up_makes_a_lost_card_harmless(
    desk: Desk, rules: MakerRules
) -> None:
    """A bank's load took its place in the meter; a cumulative meter gives the difference later."""
    card, theirs = card_of(HOME, rules), card_of(HOME, rules)
    intent_id = written_unsealed(desk, desk.sell, card)
    theirs.chip.main[:] = OPEN4442.plan_load(
        theirs.image, cards.next_load(theirs.image, 5_000)
    ).target
    meter = VirtualMeter.of_card(OPEN4442.decode(theirs.image), OPEN4442, rules.school)
    assert meter.take(theirs).credited
    shown = MeterCount(meter.state.purchase_counter, another=True)
    dispute(desk.station, intent_id, SECOND, LOST)
    if rules.school is CounterSchool.CUMULATIVE:
        with pytest.raises(Refusal, match="card_may_load"):
            settle_dispute(desk.station, intent_id, GONE, PROOF, SECOND, shown)
        assert meter.take(card).credited
        return
    settle_dispute(desk.station, intent_id, GONE, PROOF, SECOND, shown)
    pay_out(desk.station, intent_id, SECOND)
    assert not meter.take(card).credited


def test_a_lost_card_that_comes_with_anothers_load_is_free_again(desk: Desk) -> None:
    """What it shows now counts, not what was said of it: its household goes on with it."""
    card = card_of(HOME)
    intent_id = torn_and_lost(desk, card)
    with pytest.raises(Refusal, match="card_may_load"):
        settle_dispute(desk.station, intent_id, GONE, PROOF, SECOND, MeterCount(BEFORE))
    card.chip.main[:] = OPEN4442.plan_load(card.image, cards.next_load(card.image, 5_000)).target
    with pytest.raises(Refusal, match="disputed"):
        with_card(desk, card, resolve_card)
    settle_dispute(desk.station, intent_id, GONE, PROOF, SECOND, MeterCount(BEFORE))
    pay_out(desk.station, intent_id, SECOND)
    assert verify(desk.station).ok


def test_a_dispute_stays_with_people_while_the_cards_code_is_locked(desk: Desk) -> None:
    """One person with a torn card does not undo what two have begun."""
    card = card_of(HOME)
    torn_and_lost(desk, card)
    card.chip.security[0] = 1
    with pytest.raises(Refusal, match="code_tries_low"):
        with_card(desk, card, resolve_card)
    assert desk.states()[-1] == TopUpState.DISPUTED.value


@pytest.mark.parametrize("heard", [False, True])
def test_a_load_finished_for_another_desk_is_taken_back_once_the_ledger_knows(
    tmp_path: Path, *, heard: bool
) -> None:
    """Its first desk finds a cleared card, and would pay back what the second has paid.

    Found by the simulation, seed 943418: the card carried the whole load when it came to the other
    desk, which had told nobody yet when it took it off again.
    """
    with two_stations(tmp_path) as (one, other, _):
        card = card_of(HOME)
        written_unsealed(one, one.sell, card)
        sync(one.station)
        assert with_card(other, card, resolve_card).outcome is Outcome.SEALED
        line_of(other).down = not heard
        if heard:
            back = with_card(other, card, return_load, SECOND, nobody, reading="photo 1")
            pay_out(other.station, back.topup_id, SECOND)
            assert with_card(one, card, resolve_card).outcome is Outcome.ELSEWHERE
        else:
            with pytest.raises(Refusal, match="load_may_be_theirs"):
                with_card(other, card, return_load, SECOND, nobody, reading="photo 1")
            assert with_card(one, card, resolve_card).outcome is Outcome.SEALED
        line_of(other).down = line_of(other).resting = False
        told(one, other)
        assert not open_intents(one.station)
        assert bool(take(card).credited) is not heard
        for desk in (one, other):
            assert verify(desk.station).ok
