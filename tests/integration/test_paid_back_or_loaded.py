"""Paid back at one desk or loaded at another, and never both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.domain.transitions import TopUpState
from cardstation.errors import LedgerUnreachable, LinkFailed, OutcomeUnknown, Refusal
from cardstation.services import top_up as selling
from cardstation.services.dispute import dispute
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_out import pay_out
from cardstation.services.refund import request_refund
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.settle_dispute import Finding, settle_dispute
from drivers.virtual import Tear, VirtualCard
from tests.kit.station import Desk, card_of, nobody, take
from tests.kit.two_desks import HOME, SECOND, Pair, gas_sold, proved, torn_at, with_card
from tests.kit.two_stations import line_of, told, two_stations

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
        settle_dispute(here.station, topup_id, Finding.NOT_LOADED, "photo 2 of the meter", SECOND)
    assert open_intents(here.station) == ()
    told(here, there)
    proved(here, there)
    assert not centre.balances.get(f"unloaded:{HOME.account_no}")
    assert gas_sold(centre) == 4704


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
