"""What proves that a meter did not take a load: the lane, or a fitter; no block and no clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUp, TopUpRequest
from cardstation.domain.transitions import TopUpState
from cardstation.domain.volume import Volume
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_out import pay_out
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.layouts.open4442 import OPEN4442
from drivers.virtual import Tear, VirtualCard, every_tear
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.tear import Moment
from tests.kit import cards
from tests.kit.desk import StandingClock
from tests.kit.station import Desk, card_of, nobody, open_desk, repeat_chance, take
from tests.kit.sweep_world import NAMES_NOBODY
from tests.kit.two_desks import torn_at
from tests.kit.two_stations import line_of, told, two_stations

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

HOME = cards.household()
SECOND = Approval("supervisor")
WRITTEN = Tear(28, Moment.AFTER)
"""Every byte of the load is on the card, and nobody read it back."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    yield opened
    opened.station.store.close()


def with_card(desk: Desk, card: VirtualCard, work: Any, *args: Any, **named: Any) -> Any:
    inserted = desk.insert(card)
    try:
        return work(desk.station, inserted, *args, **named)
    finally:
        inserted.close()


def ok(desk: Desk) -> None:
    found = verify(desk.station)
    assert found.ok, found.disagreements


def test_a_load_still_shown_is_no_proof_that_the_meter_did_not_take_it(desk: Desk) -> None:
    """Credited, and the card pulled before the meter wrote its block: the card looks untouched."""
    card = card_of(HOME)
    desk.sell(card)
    meter = VirtualMeter.of_card(OPEN4442.decode(card.image), OPEN4442)
    meter.take(card.copy())
    with pytest.raises(Refusal) as refused:
        with_card(desk, card, return_load, SECOND, nobody)
    assert refused.value.code == "meter_may_have_taken"
    meter.take(card)
    with pytest.raises(Refusal) as taken:
        with_card(desk, card, return_load, SECOND, nobody)
    assert taken.value.code == "nothing_to_return"
    ok(desk)


def torn_return(desk: Desk, card: VirtualCard, tear: Tear) -> None:
    """A return begun on a fitter's reading, and the card pulled while it was cleared."""
    desk.sell(card)
    card.chip.arm(tear)
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        with_card(desk, card, return_load, SECOND, nobody, reading="photo 1")
    card.chip.arm(None)


def steps_of_a_return(folder: Path) -> int:
    """Sub-steps of the same return untorn; which bytes differ hangs on the ids."""
    repeat_chance()
    desk, card = open_desk(folder), card_of(HOME)
    with closing(desk.station.store):
        desk.sell(card)
        card.chip.arm(None)
        with_card(desk, card, return_load, SECOND, nobody, reading="photo 1")
        return card.chip.steps


def test_a_reading_from_before_a_torn_return_says_nothing_of_the_time_after(folder: Path) -> None:
    """Torn, taken home, credited, pulled before the meter's block: never gas and money both."""
    paid = kept = 0
    for number, tear in enumerate(every_tear(steps_of_a_return(folder / "untorn"))):
        repeat_chance()
        desk, card = open_desk(folder / str(number)), card_of(HOME)
        with closing(desk.station.store):
            torn_return(desk, card, tear)
            meter = VirtualMeter.of_card(OPEN4442.decode(card.image), OPEN4442)
            gas = meter.take(card.copy()).credited
            if card.chip.security[0] == 7:
                off = with_card(desk, card, resolve_card).outcome is Outcome.RETURNED
                assert not (gas and off), tear
                paid, kept = paid + off, kept + (not off)
                ok(desk)
    assert paid
    assert kept


@pytest.mark.parametrize("step", [6, 12, 20])
def test_a_torn_return_is_asked_for_anew_with_a_new_reading(desk: Desk, step: int) -> None:
    """Given up where the load still stands; the desk needs no ledger to know its own tear.

    That no new card carries the load by now, only the ledger knows.
    """
    card = card_of(HOME)
    torn_return(desk, card, Tear(step))
    alone = replace(desk, station=replace(desk.station, ledger=None))
    assert with_card(alone, card, resolve_card).outcome is Outcome.VOIDED
    with pytest.raises(Refusal) as refused:
        with_card(alone, card, return_load, SECOND, nobody)
    assert refused.value.code == "meter_may_have_taken"
    with pytest.raises(Refusal) as refused:
        with_card(alone, card, return_load, SECOND, nobody, reading="photo 2")
    assert refused.value.code == "return_needs_ledger"
    back = with_card(desk, card, return_load, SECOND, nobody, reading="photo 2")
    assert back.state is TopUpState.SEALED
    meter = VirtualMeter.of_card(OPEN4442.decode(card.image), OPEN4442)
    assert not meter.take(card).credited
    pay_out(desk.station, back.topup_id, SECOND)
    ok(desk)


def not_without_a_reading(desk: Desk, card: VirtualCard) -> None:
    with pytest.raises(Refusal) as refused:
        with_card(desk, card, return_load, SECOND, nobody)
    assert refused.value.code == "meter_may_have_taken"


def test_the_meters_word_from_before_the_load_was_finished_proves_nothing(desk: Desk) -> None:
    """Armed and cut, looked at by its meter, finished next day, taken, the card pulled early."""
    card = card_of(HOME)
    torn_at(desk, card, Tear(0))
    meter = VirtualMeter.of_card(OPEN4442.decode(card.image), OPEN4442)
    assert not meter.take(card).credited
    assert with_card(desk, card, resolve_card).outcome is Outcome.SEALED
    assert meter.take(card.copy()).credited
    not_without_a_reading(desk, card)
    ok(desk)


def test_a_full_meters_word_says_nothing_of_its_next_visit(desk: Desk) -> None:
    """Refused and written back, taken at the second visit, the card pulled before the block."""
    card = card_of(HOME)
    desk.sell(card)
    meter = VirtualMeter.of_card(OPEN4442.decode(card.image), OPEN4442)
    meter.state = replace(meter.state, hoard=meter.state.residual + 10)
    assert meter.take(card).error
    meter.state = replace(meter.state, hoard=None)
    assert meter.take(card.copy()).credited
    not_without_a_reading(desk, card)
    assert back(desk, card).state is TopUpState.SEALED, "two persons with a fitter's reading may"
    ok(desk)


def test_what_another_desk_sealed_is_returned_where_it_was_sealed(tmp_path: Path) -> None:
    with two_stations(tmp_path) as (here, there, centre):
        card = card_of(HOME)
        card.chip.arm(Tear(12))
        with pytest.raises(OutcomeUnknown):
            here.sell(card)
        card.chip.arm(None)
        here.reader.pull()
        told(here)
        with_card(there, card, resolve_card)
        there.reader.pull()
        told(there, here)
        with pytest.raises(Refusal) as refused:
            with_card(here, card, return_load, SECOND, nobody, reading="photo 1")
        assert refused.value.code == "load_not_ours"
        here.reader.pull()
        back = with_card(there, card, return_load, SECOND, nobody, reading="photo 1")
        there.reader.pull()
        pay_out(there.station, back.topup_id, SECOND)
        told(there, here)
        ok(here)
        ok(there)
        assert not centre.balances.get("gas_sold")
        assert not centre.balances[f"unloaded:{HOME.account_no}"]


def test_a_desk_whose_clock_is_slow_takes_no_old_word_of_the_meter_for_a_new_one(
    tmp_path: Path,
) -> None:
    """The load seems older than the meter's last block; the block was there before it."""
    card = card_of(HOME)
    content = OPEN4442.decode(card.image)
    assert content.returned is not None
    slow = StandingClock(at=content.returned.written_at - timedelta(days=2))
    desk = open_desk(tmp_path, clock=slow)
    desk.sell(card)
    with pytest.raises(Refusal) as refused:
        with_card(desk, card, return_load, SECOND, nobody)
    assert refused.value.code == "meter_may_have_taken"
    desk.reader.pull()
    desk.station.store.close()


def sealed_provisionally(here: Desk, there: Desk | None) -> VirtualCard:
    """Paid here, cut before a byte, offline; `there` sold the same and wrote it, where it did."""
    for desk in (here, there):
        if desk is not None:
            desk.station = replace(desk.station, layouts=(NAMES_NOBODY,), number=1)
            line_of(desk).down = True
    card = card_of(HOME)
    torn_at(here, card, Tear(0) if there else WRITTEN)
    if there is not None:
        there.sell(card)
        there.reader.pull()
    assert with_card(here, card, resolve_card).outcome is Outcome.SEALED
    return card


def back(desk: Desk, card: VirtualCard) -> TopUp:
    found: TopUp = with_card(desk, card, return_load, SECOND, nobody, reading="photo 1")
    return found


def test_a_load_that_may_be_anothers_is_not_paid_back_before_the_ledger_spoke(
    tmp_path: Path,
) -> None:
    """Both desks were paid and the card cannot say whose load it is: one of them pays back."""
    with two_stations(tmp_path) as (here, there, centre):
        card = sealed_provisionally(here, there)
        with pytest.raises(Refusal) as refused:
            back(here, card)
        assert refused.value.code == "load_may_be_theirs"
        here.reader.pull()
        line_of(here).down = line_of(there).down = False
        told(there, here)
        (owed,) = open_intents(here.station)
        pay_out(here.station, owed.intent_id, SECOND)
        told(here)
        assert not open_intents(there.station)
        assert take(card).credited == Volume.of_m3("29")
        assert (centre.balances["gas_sold"], centre.balances["tender:cash"]) == (-9744, 10_000)
        ok(here)
        ok(there)


def test_what_the_ledger_took_for_ours_is_taken_back(tmp_path: Path) -> None:
    with two_stations(tmp_path) as (here, _there, centre):
        card = sealed_provisionally(here, None)
        with pytest.raises(Refusal) as refused:
            back(here, card)
        assert refused.value.code == "load_may_be_theirs"
        line_of(here).down = False
        told(here)
        pay_out(here.station, back(here, card).topup_id, SECOND)
        told(here)
        assert not centre.balances.get("gas_sold")
        ok(here)


def test_a_load_that_the_desk_next_door_may_have_taken_for_its_own_is_not_paid_back(
    tmp_path: Path,
) -> None:
    """Two payments for one load on a card without a mark: its writer waits for the ledger, too."""
    with two_stations(tmp_path) as (here, there, centre):
        card = sealed_provisionally(here, there)
        here.reader.pull()
        with pytest.raises(Refusal) as refused:
            back(there, card)
        assert refused.value.code == "load_may_be_theirs"
        there.reader.pull()
        line_of(here).down = line_of(there).down = False
        told(here, there)
        (owed,) = open_intents(there.station)
        pay_out(there.station, owed.intent_id, SECOND)
        told(there)
        assert centre.balances["tender:cash"] == 10_000
        assert take(card).credited == Volume.of_m3("29")
        ok(here)
        ok(there)


def test_a_load_is_taken_back_in_the_lane_that_wrote_it(tmp_path: Path) -> None:
    """Nobody else saw it there: neither a meter nor another desk that was paid for the same."""
    with two_stations(tmp_path) as (here, there, centre):
        for desk in (here, there):
            desk.station = replace(desk.station, layouts=(NAMES_NOBODY,), number=1)
            line_of(desk).down = True
        card = card_of(HOME)
        torn_at(here, card, Tear(0))
        inserted = there.insert(card)
        top_up(there.station, inserted, TopUpRequest(money=Money(10_000)), nobody)
        owed = return_load(there.station, inserted, SECOND, nobody)
        inserted.close()
        there.reader.pull()
        pay_out(there.station, owed.topup_id, SECOND)
        with pytest.raises(OutcomeUnknown) as left:
            with_card(here, card, resolve_card)
        assert left.value.code == "card_not_as_left", "nothing that could be taken for ours"
        here.reader.pull()
        line_of(here).down = line_of(there).down = False
        told(here, there)
        assert not centre.balances.get("gas_sold")
        assert not take(card).credited
        ok(here)
        ok(there)


@pytest.mark.parametrize("heard", ["seal", "return"])
def test_a_load_taken_for_ours_that_its_writer_took_back_is_paid_back(
    tmp_path: Path, heard: str
) -> None:
    """The ledger knew the writer's load, or its return too, before it heard that we saw it."""
    with two_stations(tmp_path) as (here, there, centre):
        card = sealed_provisionally(here, there)
        here.reader.pull()
        line_of(there).down = False
        told(there)
        owed = back(there, card)
        there.reader.pull()
        pay_out(there.station, owed.topup_id, SECOND)
        if heard == "return":
            told(there)
        line_of(here).down = False
        told(here, there, here)
        (ours,) = open_intents(here.station)
        pay_out(here.station, ours.intent_id, SECOND)
        told(here)
        assert not take(card.copy()).credited
        assert not centre.balances.get("gas_sold")
        assert not centre.balances.get(f"unloaded:{HOME.account_no}")
        for desk in (here, there):
            desk.sell(card, "50")
            desk.reader.pull()
            take(card)
            told(desk)
            ok(desk)
