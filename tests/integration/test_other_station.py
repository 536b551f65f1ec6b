"""What one station began is finished at another, once: crash table, customer left torn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.domain.card import WritePlan
from cardstation.domain.transitions import TopUpState
from cardstation.domain.volume import Volume
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_out import pay_out
from cardstation.services.read_card import read_card
from cardstation.services.refund import request_refund
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.layouts.open4442 import OPEN4442
from drivers.virtual import Tear, VirtualCard
from tests.kit.station import card_of, nobody, take
from tests.kit.two_desks import HOME, SECOND, Pair, gas_sold, proved, torn_at, with_card
from tests.kit.two_stations import line_of, told, two_stations

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with two_stations(tmp_path) as found:
        yield found


def test_a_card_torn_here_is_finished_there_from_the_ledgers_intent(pair: Pair) -> None:
    here, there, centre = pair
    card = card_of(HOME)
    torn_at(here, card)
    told(here)
    found = with_card(there, card, resolve_card)
    assert found.outcome is Outcome.SEALED
    assert found.intent.origin == "S001"
    assert take(card).credited == Volume.of_m3("29")
    told(there, here)
    assert not open_intents(here.station)
    assert not open_intents(there.station)
    ours, theirs = proved(here, there)
    assert ours.money_terms["other_stations"] == 9744 == -theirs.money_terms["other_stations"]
    assert gas_sold(centre) == 9744
    assert not centre.balances.get(f"unloaded:{HOME.account_no}")
    assert here.household().purchase_counter == there.household().purchase_counter == 51


@pytest.mark.parametrize("step", [8, 12, 20, 26])
def test_wherever_it_was_torn(tmp_path: Path, step: int) -> None:
    with two_stations(tmp_path) as (here, there, centre):
        card = card_of(HOME)
        torn_at(here, card, Tear(step))
        told(here)
        assert with_card(there, card, resolve_card).outcome is Outcome.SEALED
        assert take(card).credited == Volume.of_m3("29")
        told(there, here)
        proved(here, there)
        assert gas_sold(centre) == 9744


def test_without_the_ledger_a_torn_card_is_sent_back(pair: Pair) -> None:
    here, there, _ = pair
    card = card_of(HOME)
    torn_at(here, card)
    told(here)
    line_of(there).down = True
    before = card.image
    with pytest.raises(Refusal) as refused:
        with_card(there, card, resolve_card)
    assert refused.value.code == "card_torn_elsewhere"
    assert card.image == before
    assert with_card(here, card, resolve_card).outcome is Outcome.SEALED
    proved(here, there)


def test_when_the_first_desk_was_not_heard_its_card_goes_on_and_the_money_goes_back(
    pair: Pair,
) -> None:
    """Armed and never written, not synced; the other desk sells with the same counter."""
    here, there, centre = pair
    card = card_of(HOME)
    torn_at(here, card, Tear(0))
    there.sell(card, "50")
    told(here, there)
    with pytest.raises(OutcomeUnknown) as unknown:
        with_card(here, card, resolve_card)
    assert unknown.value.code == "card_not_as_left"
    asked = with_card(here, card, request_refund, SECOND)
    assert asked.state is TopUpState.REFUND_REQUESTED
    pay_out(here.station, asked.topup_id, SECOND)
    told(here, there)
    proved(here, there)
    assert centre.balances["gas_sold"] < 0
    assert not centre.balances.get(f"unloaded:{HOME.account_no}")
    assert take(card).credited > Volume(0)


def test_no_refund_where_only_the_card_says_so(pair: Pair) -> None:
    """The other load is not in the books: the card may be a copy."""
    here, there, _ = pair
    card = card_of(HOME)
    torn_at(here, card, Tear(0))
    there.sell(card, "50")
    with pytest.raises(OutcomeUnknown) as unknown:
        with_card(here, card, request_refund, SECOND)
    assert unknown.value.code == "card_not_as_left"


def test_what_the_other_desk_finished_is_not_written_again(pair: Pair) -> None:
    here, there, centre = pair
    card = card_of(HOME)
    torn_at(here, card)
    told(here)
    with_card(there, card, resolve_card)
    told(there)
    before = card.image
    assert with_card(here, card, resolve_card).outcome is Outcome.ELSEWHERE
    assert card.image == before
    told(here, there)
    proved(here, there)
    assert gas_sold(centre) == 9744


def test_sealed_at_both_desks_it_is_sold_once(pair: Pair) -> None:
    here, there, centre = pair
    card = card_of(HOME)
    torn_at(here, card)
    told(here)
    with_card(there, card, resolve_card)
    line_of(here).down = True
    assert with_card(here, card, resolve_card).outcome is Outcome.SEALED
    line_of(here).down = False
    told(there, here)
    proved(here, there)
    assert gas_sold(centre) == 9744
    assert take(card).credited == Volume.of_m3("29")


def test_a_return_begun_elsewhere_is_left_to_that_desk(pair: Pair) -> None:
    here, there, _ = pair
    card = card_of(HOME)
    here.sell(card)
    card.chip.arm(Tear(9))
    with pytest.raises(OutcomeUnknown):
        with_card(here, card, return_load, SECOND, nobody, reading="photo 1")
    card.chip.arm(None)
    told(here)
    with pytest.raises(Refusal) as refused:
        with_card(there, card, resolve_card)
    assert refused.value.code == "return_begun_elsewhere"
    assert with_card(here, card, resolve_card).outcome is Outcome.VOIDED
    told(here)
    assert with_card(there, card, resolve_card).outcome is Outcome.NOTHING
    with_card(here, card, return_load, SECOND, nobody, reading="photo 2")
    told(here)
    proved(here, there)


def test_the_second_desk_may_be_cut_too_and_the_first_finishes(pair: Pair) -> None:
    here, there, centre = pair
    card = card_of(HOME)
    torn_at(here, card)
    told(here)
    card.chip.arm(Tear(16))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        with_card(there, card, resolve_card)
    card.chip.arm(None)
    assert with_card(here, card, resolve_card).outcome is Outcome.SEALED
    told(here, there)
    told(there)
    assert not open_intents(there.station)
    proved(here, there)
    assert gas_sold(centre) == 9744


def test_the_plan_travels_whole(pair: Pair) -> None:
    here, there, _ = pair
    card = card_of(HOME)
    torn_at(here, card)
    told(here)
    with_card(there, card, resolve_card)
    with there.station.store.reading() as reading:
        (taken_over,) = reading.topups.every()
    with here.station.store.reading() as reading:
        (begun,) = reading.topups.every()
    assert isinstance(begun.plan, WritePlan)
    assert taken_over.plan == begun.plan
    credit = OPEN4442.decode(card.image).credit
    assert credit is not None
    assert credit.mark == begun.mark


def test_the_desk_that_finished_a_load_takes_it_back(pair: Pair) -> None:
    """The return is that desk's own, whoever began the load (found by the simulation, seed 181)."""
    here, there, _ = pair
    card = card_of(HOME)
    torn_at(here, card)
    told(here)
    with_card(there, card, resolve_card)
    given = with_card(there, card, return_load, SECOND, nobody, reading="fitter 7")
    assert (given.state, given.origin) == (TopUpState.SEALED, "")
    assert take(card).credited == Volume(0)


def test_a_copied_card_sold_to_at_both_desks_is_named_and_verify_agrees(pair: Pair) -> None:
    here, there, centre = pair
    card = card_of(HOME)
    copy = card.copy()
    here.sell(card)
    there.sell(copy)
    told(here, there)
    proved(here, there)
    assert gas_sold(centre) == 9744 == -centre.balances["suspense:double_load"]


def test_verify_agrees_before_a_second_seal_is_corrected(pair: Pair) -> None:
    here, there, _ = pair
    card = card_of(HOME)
    torn_at(here, card)
    told(here)
    with_card(there, card, resolve_card)
    sync(there.station)
    line_of(here).down = True
    with_card(here, card, resolve_card)
    line_of(here).down = False
    sync(here.station)
    proved(here, there)


def taken_back_there(pair: Pair) -> VirtualCard:
    """Torn here, finished there, both know it; then that desk takes the load off again."""
    here, there, _ = pair
    card = card_of(HOME)
    torn_at(here, card)
    sync(here.station)
    with_card(there, card, resolve_card)
    told(there, here)
    back = with_card(there, card, return_load, SECOND, nobody, reading="photo 1")
    pay_out(there.station, back.topup_id, SECOND)
    told(there, here)
    return card


def test_a_load_taken_back_there_does_not_make_an_old_card_here(pair: Pair) -> None:
    here, there, _ = pair
    card, before = taken_back_there(pair), here.household()
    assert with_card(here, card, read_card).stop is None
    assert here.household() == before
    here.sell(card)
    now = here.household()
    assert now.purchase_counter == before.purchase_counter
    assert now.bought_this_year == before.bought_this_year
    told(here, there)
    for desk in (here, there):
        found = verify(desk.station)
        assert found.ok, found.disagreements


def test_without_the_ledger_it_is_refused_as_an_old_card(pair: Pair) -> None:
    here, _, _ = pair
    card = taken_back_there(pair)
    line_of(here).down = True
    assert getattr(with_card(here, card, read_card).stop, "code", "") == "counter_below_expected"
    with pytest.raises(Refusal) as refused:
        here.sell(card)
    assert refused.value.code == "counter_below_expected"


def test_a_copy_from_before_the_load_stays_refused(pair: Pair) -> None:
    """The ledger knows of a sale, and of none taken back: the card is an old one."""
    here, there, _ = pair
    card = card_of(HOME)
    old = card.copy()
    here.sell(card)
    told(here, there)
    with pytest.raises(Refusal) as refused:
        here.sell(old)
    assert refused.value.code == "counter_below_expected"
