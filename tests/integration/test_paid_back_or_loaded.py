"""Paid back at one desk or loaded at another, and never both."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cardstation.domain.transitions import TopUpState
from cardstation.errors import LedgerUnreachable, LinkFailed, OutcomeUnknown, Refusal
from cardstation.services import top_up as selling
from cardstation.services.dispute import dispute
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_out import pay_out
from cardstation.services.refund import request_refund
from cardstation.services.rejoin import rejoin
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.sync import sync
from drivers.virtual import Tear, VirtualCard
from tests.kit.desk import StandingClock
from tests.kit.memory_ledger import Answer, Centre
from tests.kit.station import Desk, card_of, nobody, take
from tests.kit.two_desks import HOME, SECOND, Pair, gas_sold, proved, torn_at, with_card
from tests.kit.two_stations import Line, line_of, open_station, told, two_stations

LOST = "the customer says that it is lost"
UNTAKEN = MeterCount(HOME.purchase_counter, card_here=True)
THEIRS = MeterCount(HOME.purchase_counter + 2, another=True)

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with two_stations(tmp_path) as found:
        yield found


def unwritten_at(desk: Desk, card: VirtualCard) -> str:
    """Armed and told; then, offline, the card's code could not be presented: not loaded."""

    def stopped(*_: object, **__: object) -> None:
        raise LinkFailed("link_failed")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selling, "write_and_seal", stopped)
        with pytest.raises(LinkFailed):
            desk.sell(card)
    desk.reader.pull()
    told(desk)
    line_of(desk).down = True
    card.chip.security[0] = 3
    with pytest.raises(Refusal, match="code_tries_low"):
        with_card(desk, card, resolve_card)
    card.chip.security[0] = 7
    line_of(desk).down = line_of(desk).resting = False
    (waiting,) = open_intents(desk.station)
    assert waiting.state == TopUpState.NOT_LOADED
    return waiting.intent_id


def test_what_another_desk_loaded_took_back_and_paid_is_not_paid_twice(pair: Pair) -> None:
    """Its counter was freed and used again: that other load proves nothing about this one."""
    here, there, centre = pair
    card = card_of(HOME)
    topup_id = unwritten_at(here, card)
    assert with_card(there, card, resolve_card).outcome is Outcome.SEALED
    back = with_card(there, card, return_load, SECOND, nobody, reading="photo 1")
    pay_out(there.station, back.topup_id, SECOND)
    there.sell(card, "50")
    told(there)
    with pytest.raises(OutcomeUnknown, match="card_not_as_left"):
        with_card(here, card, request_refund, SECOND)
    dispute(here.station, topup_id, SECOND)
    with pytest.raises(Refusal, match="load_is_on_card"):
        settle_dispute(
            here.station, topup_id, Finding.NOT_LOADED, "photo 2 of the meter", SECOND, THEIRS
        )
    assert open_intents(here.station) == ()
    told(here, there)
    proved(here, there)
    assert not centre.balances.get(f"unloaded:{HOME.account_no}")
    assert gas_sold(centre) == 4704


def answer_lost(desk: Desk) -> None:
    """The ledger gets what the desk sends and is not heard; then the line is dead."""
    line = line_of(desk)

    def deaf(name: str, ask: Callable[[], Answer]) -> Answer:
        answer = Line.carry(line, name, ask)
        if name == "ledger.push":
            raise LedgerUnreachable
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line, "carry", deaf)
        with pytest.raises(LedgerUnreachable):
            sync(desk.station)
    line.down = True


@pytest.mark.parametrize("sent", [False, True], ids=["nothing was sent", "the answer was lost"])
def test_offline_no_money_goes_back_for_a_load_that_was_armed(pair: Pair, sent: bool) -> None:
    """Nobody at the desk knows what the ledger knows; another desk asks it, and loads the card."""
    here, there, centre = pair
    card = card_of(HOME)
    torn_at(here, card, Tear(0))
    if sent:
        answer_lost(here)
    line_of(here).down = True
    with pytest.raises(Refusal, match="refund_needs_ledger"):
        with_card(here, card, request_refund, SECOND)
    found = with_card(there, card, resolve_card).outcome
    assert found is (Outcome.SEALED if sent else Outcome.NOTHING)
    line_of(here).down = False
    if not sent:
        asked = with_card(here, card, request_refund, SECOND)
        pay_out(here.station, asked.topup_id, SECOND)
    told(there, here)
    proved(here, there)
    assert open_intents(here.station) == ()
    assert bool(take(card).credited) is sent
    assert not centre.balances.get(f"unloaded:{HOME.account_no}")


@pytest.mark.parametrize("heard", [False, True])
def test_what_people_settled_is_paid_back_here_or_loaded_there_and_never_both(
    pair: Pair, heard: bool
) -> None:
    """Two persons found that it never was; its card is shown at the other desk all the same."""
    here, there, centre = pair
    card = card_of(HOME)
    torn_at(here, card)
    told(here)
    (waiting,) = open_intents(here.station)
    dispute(here.station, waiting.intent_id, SECOND, LOST)
    line_of(here).boundary = _all_is_heard if heard else _nothing_is_sent
    settle_dispute(
        here.station, waiting.intent_id, Finding.NOT_LOADED, "photo 3 of the meter", SECOND, UNTAKEN
    )
    if heard:
        pay_out(here.station, waiting.intent_id, SECOND)
    else:
        with pytest.raises(Refusal, match="refund_needs_ledger"):
            pay_out(here.station, waiting.intent_id, SECOND)
    found = with_card(there, card, resolve_card).outcome
    assert found is (Outcome.NOTHING if heard else Outcome.SEALED)
    if not heard:
        told(there)
        with pytest.raises(Refusal, match="load_is_on_card"):
            pay_out(here.station, waiting.intent_id, SECOND)
    line_of(here).boundary = _all_is_heard
    told(there, here)
    proved(here, there)
    assert open_intents(here.station) == ()
    assert bool(take(card).credited) is not heard
    assert not centre.balances.get(f"unloaded:{HOME.account_no}")


def test_what_people_settled_and_another_desk_sealed_is_closed_by_the_next_sync(pair: Pair) -> None:
    here, there, _ = pair
    card = card_of(HOME)
    torn_at(here, card)
    told(here)
    (waiting,) = open_intents(here.station)
    dispute(here.station, waiting.intent_id, SECOND, LOST)
    line_of(here).boundary = _nothing_is_sent
    settle_dispute(
        here.station, waiting.intent_id, Finding.NOT_LOADED, "photo 3 of the meter", SECOND, UNTAKEN
    )
    assert with_card(there, card, resolve_card).outcome is Outcome.SEALED
    line_of(here).boundary = _all_is_heard
    told(there, here)
    assert open_intents(here.station) == ()
    with pytest.raises(Refusal, match="nothing_owed"):
        pay_out(here.station, waiting.intent_id, SECOND)
    proved(here, there)


def _all_is_heard(_message: str) -> None:
    """The line is whole."""


def _nothing_is_sent(message: str) -> None:
    """The ledger can be asked, and what a station sends is lost."""
    if message == "ledger.push":
        raise LedgerUnreachable


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("found_unwritten", [False, True])
def test_paid_back_here_or_loaded_there_and_never_both(
    pair: Pair, heard: bool, found_unwritten: bool
) -> None:
    """The other desk took the load over and was cut before a byte; the card comes back here."""
    here, there, centre = pair
    card = card_of(HOME)
    if found_unwritten:
        unwritten_at(here, card)
    else:
        torn_at(here, card, Tear(0))
        told(here)
    line = line_of(there)
    line.boundary = _all_is_heard if heard else _nothing_is_sent
    card.chip.arm(Tear(0))
    with pytest.raises((OutcomeUnknown, LinkFailed, Refusal)):
        with_card(there, card, resolve_card)
    card.chip.arm(None)
    there.reader.pull()
    if heard:
        with pytest.raises(Refusal, match="refund_needs_ledger"):
            with_card(here, card, request_refund, SECOND)
    else:
        asked = with_card(here, card, request_refund, SECOND)
        pay_out(here.station, asked.topup_id, SECOND)
    line.boundary = _all_is_heard
    if heard:
        assert with_card(there, card, resolve_card).outcome is Outcome.SEALED
    else:
        with pytest.raises(OutcomeUnknown, match="card_not_as_left"):
            with_card(there, card, resolve_card)
    told(there, here)
    proved(here, there)
    assert bool(take(card).credited) is heard
    assert not centre.balances.get(f"unloaded:{HOME.account_no}")


def cut_before_a_byte(desk: Desk, card: VirtualCard) -> str:
    torn_at(desk, card, Tear(0))
    (waiting,) = open_intents(desk.station)
    return waiting.intent_id


def test_a_load_that_others_overtook_holds_up_no_card(pair: Pair) -> None:
    """Armed while its line was down, heard of after another desk sold: nobody takes it over."""
    here, there, centre = pair
    card = card_of(HOME)
    line_of(here).down = True
    topup_id = cut_before_a_byte(here, card)
    there.sell(card, "50")
    there.reader.pull()
    take(card)
    told(there)
    line_of(here).down = line_of(here).resting = False
    told(here)
    there.sell(card, "50")
    there.reader.pull()
    assert there.kinds().count("armed") == 2
    with pytest.raises(OutcomeUnknown, match="card_not_as_left"):
        with_card(here, card, request_refund, SECOND)
    dispute(here.station, topup_id, SECOND)
    settle_dispute(here.station, topup_id, Finding.NOT_LOADED, "counter 52 at S002", SECOND, THEIRS)
    pay_out(here.station, topup_id, SECOND)
    told(here, there)
    proved(here, there)
    assert gas_sold(centre) == 2 * 4704


def test_a_return_that_a_meter_overtook_holds_up_no_card(pair: Pair) -> None:
    """Its desk may be out of service for good."""
    here, there, _ = pair
    card = card_of(HOME)
    here.sell(card)
    here.reader.pull()
    card.chip.arm(Tear(0))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        with_card(here, card, return_load, SECOND, nobody, reading="photo 1")
    card.chip.arm(None)
    told(here)
    with pytest.raises(Refusal, match="return_begun_elsewhere"):
        there.sell(card, "50")
    there.reader.pull()
    take(card)
    there.sell(card, "50")
    told(there)
    proved(here, there)


def test_a_desk_that_took_a_load_over_comes_back_after_it_was_finished_elsewhere(
    tmp_path: Path,
) -> None:
    """That it ended there is a fact of that desk only."""
    centre, clock = Centre(), StandingClock()
    here = open_station(tmp_path, centre, "S001", clock=clock)
    there = open_station(tmp_path, centre, "S002", clock=clock)
    card = card_of(HOME)
    torn_at(here, card)
    told(here)
    card.chip.arm(Tear(12))
    with pytest.raises(OutcomeUnknown):
        with_card(there, card, resolve_card)
    card.chip.arm(None)
    told(there)
    there.station.store.close()
    shutil.copytree(tmp_path / "S002", tmp_path / "copy")
    there = open_station(tmp_path, centre, "S002", clock=clock)
    with_card(here, card, resolve_card)
    told(here, there)
    take(card)
    there.sell(card, "50")
    there.reader.pull()
    told(there)
    there.station.store.close()
    for name in ("station.db-wal", "station.db-shm"):
        (tmp_path / "S002" / name).unlink(missing_ok=True)
    shutil.copy2(tmp_path / "copy" / "station.db", tmp_path / "S002" / "station.db")
    there = open_station(tmp_path, centre, "S002", clock=clock)
    rejoin(there.station, SECOND)
    assert open_intents(there.station) == ()
    take(card)
    there.sell(card, "50")
    told(there)
    proved(here, there)
    for desk in (here, there):
        desk.reader.pull()
        desk.station.store.close()
