"""R5: a dispute begins with a card that was read, and money goes back on what its meter counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.meter import CounterSchool
from cardstation.domain.transitions import TopUpEvent, TopUpState
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services import top_up as selling
from cardstation.services.dispute import dispute
from cardstation.services.intent.meter_count import NOT_READ, MeterCount
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_out import pay_out
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.layouts.open4442 import OPEN4442
from drivers.makers import TRAINING
from drivers.virtual import PullAfter, Tear, VirtualCard
from tests.kit import cards
from tests.kit.dispute_trials import LOST, PROOF
from tests.kit.power import PowerCut
from tests.kit.station import Desk, card_of, nobody, open_desk, take
from tests.kit.two_desks import HOME, SECOND, with_card
from tests.kit.two_stations import two_stations

BEFORE = HOME.purchase_counter
"""What the meter counts while it has not taken the load."""
TORN = Tear(12)
MAY_FAIL = (OutcomeUnknown, LinkFailed)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path / "day")
    yield opened
    opened.reader.pull()
    opened.station.store.close()


def torn(desk: Desk, card: VirtualCard) -> str:
    """A load that was cut, its card away."""
    card.chip.arm(TORN)
    with pytest.raises(OutcomeUnknown):
        desk.sell(card)
    card.chip.arm(None)
    (waiting,) = open_intents(desk.station)
    return waiting.intent_id


def torn_return(desk: Desk, card: VirtualCard) -> str:
    """A load whose way back was cut."""
    desk.sell(card)
    card.chip.arm(TORN)
    with pytest.raises(OutcomeUnknown):
        with_card(desk, card, return_load, SECOND, nobody, reading="photo 17")
    card.chip.arm(None)
    (waiting,) = open_intents(desk.station)
    return waiting.intent_id


def foreign(card: VirtualCard) -> None:
    """Somebody else wrote another load onto it."""
    card.chip.main[:] = OPEN4442.plan_load(card.image, cards.next_load(card.image, 5_000)).target


def seen(desk: Desk, card: VirtualCard) -> None:
    """It is read, and shows neither."""
    foreign(card)
    with pytest.raises(OutcomeUnknown, match="card_not_as_left"):
        with_card(desk, card, resolve_card)


@pytest.mark.parametrize("waits", [torn, torn_return])
def test_what_nobody_has_looked_at_is_not_disputed(desk: Desk, waits: Any) -> None:
    """The card knows: it is put in, and ends what was begun."""
    card = card_of(HOME)
    intent_id = waits(desk, card)
    with pytest.raises(Refusal, match="not_disputable"):
        dispute(desk.station, intent_id, SECOND)
    outcome = with_card(desk, card, resolve_card).outcome
    assert outcome is (Outcome.SEALED if waits is torn else Outcome.VOIDED)


@pytest.mark.parametrize("waits", [torn, torn_return])
def test_a_card_that_was_read_and_cannot_tell_is_disputed(desk: Desk, waits: Any) -> None:
    card = card_of(HOME)
    intent_id = waits(desk, card)
    seen(desk, card)
    seen(desk, card)
    with desk.station.store.reading() as reading:
        events = [one.event for one in reading.topups.log(intent_id)]
    assert events.count(TopUpEvent.SEEN_AHEAD) == 1
    (listed,) = open_intents(desk.station)
    assert (listed.code, listed.state) == ("card_not_as_left", TopUpState.OUTCOME_UNKNOWN)
    assert dispute(desk.station, intent_id, SECOND).state is TopUpState.DISPUTED


def test_a_card_that_knows_again_is_finished_after_all(desk: Desk) -> None:
    """A copy was put in first; the card itself is half-written by us, and goes on."""
    card, copied = card_of(HOME), card_of(HOME)
    intent_id = torn(desk, card)
    seen(desk, copied)
    assert with_card(desk, card, resolve_card).outcome is Outcome.SEALED
    with pytest.raises(Refusal, match="not_disputable"):
        dispute(desk.station, intent_id, SECOND)
    assert verify(desk.station).ok


@pytest.mark.parametrize("waits", [torn, torn_return])
@pytest.mark.parametrize(
    ("meter", "code"),
    [
        (NOT_READ, "meter_count_missing"),
        (MeterCount(-1, card_here=True), "meter_count_missing"),
        (MeterCount(BEFORE + 1, card_here=True), "meter_counts_it"),
        (MeterCount(BEFORE + 2), "meter_counts_it"),
        (MeterCount(BEFORE), "card_may_load"),
    ],
)
def test_no_money_back_without_the_meters_own_proof(
    desk: Desk, waits: Any, meter: MeterCount, code: str
) -> None:
    """It may have taken the load, or takes it as soon as the card is found (DESK-RULES 9)."""
    intent_id = waits(desk, card_of(HOME))
    dispute(desk.station, intent_id, SECOND, LOST)
    with pytest.raises(Refusal) as stop:
        settle_dispute(desk.station, intent_id, Finding.NOT_LOADED, PROOF, SECOND, meter)
    assert stop.value.code == code
    assert desk.states()[-1] == TopUpState.DISPUTED.value
    untaken = MeterCount(BEFORE, card_here=True)
    settled = settle_dispute(desk.station, intent_id, Finding.NOT_LOADED, PROOF, SECOND, untaken)
    assert settled.state in (TopUpState.REFUND_REQUESTED, TopUpState.SEALED)
    with desk.station.store.reading() as reading:
        fact = reading.journal.last()
    assert fact is not None
    meter_no = HOME.meter.meter_no
    assert fact.entry.witness == f"people: card here; meter {meter_no} counts {BEFORE}; {PROOF}"


def test_what_the_meter_counts_may_be_anothers_load_and_whose_is_on_record(desk: Desk) -> None:
    card = card_of(HOME)
    intent_id = torn(desk, card)
    seen(desk, card)
    take(card)
    dispute(desk.station, intent_id, SECOND)
    said, shown = "a bank's machine loaded it, its slip 4711", MeterCount(BEFORE + 1, another=True)
    settle_dispute(desk.station, intent_id, Finding.NOT_LOADED, said, SECOND, shown)
    with desk.station.store.reading() as reading:
        fact = reading.journal.last()
    assert fact is not None
    assert fact.entry.witness == (
        f"people: meter {HOME.meter.meter_no} counts {BEFORE + 1}, another's load; {said}"
    )
    pay_out(desk.station, intent_id, SECOND)
    assert verify(desk.station).ok


def test_a_meter_that_counts_nothing_proves_nothing_and_is_not_asked(desk: Desk) -> None:
    """It takes a load whenever the card comes: without the card no money goes back."""
    (uncounted,) = (one for one in TRAINING if one.school is CounterSchool.NONE)
    intent_id = torn(desk, card_of(HOME, uncounted))
    dispute(desk.station, intent_id, SECOND, LOST)
    for shown in (NOT_READ, MeterCount(BEFORE + 9, another=True)):
        with pytest.raises(Refusal, match="card_may_load"):
            settle_dispute(desk.station, intent_id, Finding.NOT_LOADED, PROOF, SECOND, shown)
    here = MeterCount(card_here=True)
    settle_dispute(desk.station, intent_id, Finding.NOT_LOADED, PROOF, SECOND, here)
    pay_out(desk.station, intent_id, SECOND)
    assert verify(desk.station).ok


@pytest.mark.parametrize(
    ("way", "tear"),
    [*(("there", at) for at in (0, 4, 12, 28)), *(("back", at) for at in (0, 4, 12))],
)
def test_a_card_that_is_found_ends_its_dispute(desk: Desk, tear: int, way: str) -> None:
    """Nobody was paid yet: the card is the witness, and what was begun is finished or given up."""
    card = card_of(HOME)
    if way == "back":
        desk.sell(card)
    card.chip.arm(Tear(tear))
    with pytest.raises(MAY_FAIL):
        _begun(desk, card, way)
    card.chip.arm(None)
    (waiting,) = open_intents(desk.station)
    dispute(desk.station, waiting.intent_id, SECOND, LOST)
    found = with_card(desk, card, resolve_card)
    assert found.outcome in (Outcome.SEALED, Outcome.RETURNED, Outcome.VOIDED)
    given = take(card).credited
    assert bool(given) is (way == "there" or found.outcome is Outcome.VOIDED)
    with pytest.raises(Refusal, match="not_in_dispute"):
        settle_dispute(desk.station, waiting.intent_id, Finding.NOT_LOADED, PROOF, SECOND)
    assert verify(desk.station).ok


def _begun(desk: Desk, card: VirtualCard, way: str) -> None:
    if way == "there":
        desk.sell(card)
    else:
        with_card(desk, card, return_load, SECOND, nobody, reading="photo 17")


def test_what_a_card_shows_once_and_not_again_is_no_doubt(desk: Desk) -> None:
    """One bad read puts nothing on record."""
    card = card_of(HOME)
    intent_id = torn(desk, card)
    ours = bytes(card.chip.main)
    foreign(card)
    inserted = desk.insert(card)
    card.chip.main[:] = ours
    with pytest.raises(LinkFailed):
        resolve_card(desk.station, inserted)
    inserted.close()
    with pytest.raises(Refusal, match="not_disputable"):
        dispute(desk.station, intent_id, SECOND)
    assert with_card(desk, card, resolve_card).outcome is Outcome.SEALED


def test_a_paid_load_that_never_touched_its_card_needs_no_meter(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was written: its card is only gone."""

    def cut(*_: object) -> None:
        raise PowerCut

    monkeypatch.setattr(selling, "arm", cut)
    with pytest.raises(PowerCut):
        desk.sell(card_of(HOME))
    desk.reader.pull()
    (paid,) = open_intents(desk.station)
    dispute(desk.station, paid.intent_id, SECOND, LOST)
    settle_dispute(desk.station, paid.intent_id, Finding.NOT_LOADED, PROOF, SECOND)
    pay_out(desk.station, paid.intent_id, SECOND)
    assert verify(desk.station).ok


def test_a_load_taken_over_is_proven_where_it_was_taken_over(tmp_path: Path) -> None:
    """The desk that was paid pays back on what this one found: both are asked for the meter."""
    with two_stations(tmp_path) as (one, other, _):
        card, copied = card_of(HOME), card_of(HOME)
        torn(one, card)
        sync(one.station)
        copied.chip.arm(PullAfter(0))
        copied.chip.main[:] = card.chip.main
        with pytest.raises(MAY_FAIL):
            with_card(other, copied, resolve_card)
        copied.chip.arm(None)
        foreign(copied)
        with pytest.raises(OutcomeUnknown, match="card_not_as_left"):
            with_card(other, copied, resolve_card)
        (theirs,) = open_intents(other.station)
        dispute(other.station, theirs.intent_id, SECOND)
        gone = Finding.NOT_LOADED
        with pytest.raises(Refusal, match="meter_count_missing"):
            settle_dispute(other.station, theirs.intent_id, gone, PROOF, SECOND)
        untaken = MeterCount(BEFORE)
        settled = settle_dispute(other.station, theirs.intent_id, gone, PROOF, SECOND, untaken)
        assert settled.state is TopUpState.VOIDED
