"""Stories of disputes and of loads finished for another desk, in which a planted fault shows."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.transitions import TopUpState
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.dispute import dispute
from cardstation.services.intent import load as loading
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_out import pay_out
from cardstation.services.resolve import resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.sync import sync
from tests.kit.power import PowerCut
from tests.kit.station import Desk, card_of, nobody, open_desk, take
from tests.kit.two_desks import HOME, SECOND, with_card
from tests.kit.two_stations import line_of, two_stations

LOST, PROOF = "the customer says that it is lost", "the fitter read the meter, photo 118"
UNTAKEN = MeterCount(HOME.purchase_counter)


def lost_with_its_load(folder: Path) -> None:
    """The whole load is on a lost card, and its meter has not taken it yet: its money stays."""
    desk, card = open_desk(folder), card_of(HOME)
    try:
        intent_id = written_unsealed(desk, desk.sell, card)
        dispute(desk.station, intent_id, SECOND, LOST)
        with suppress(Refusal):
            settle_dispute(desk.station, intent_id, Finding.NOT_LOADED, PROOF, SECOND, UNTAKEN)
            pay_out(desk.station, intent_id, SECOND)
        refunded = desk.states()[-1] == TopUpState.REFUNDED.value
        assert not (take(card).credited and refunded), "paid back, and in the meter"
    finally:
        desk.reader.pull()
        desk.station.store.close()


def taken_off_for_another_desk(folder: Path) -> None:
    """A desk finds another's load whole, and takes it off unheard; the first finds a clear card."""
    with two_stations(folder) as (one, other, _):
        card = card_of(HOME)
        written_unsealed(one, one.sell, card)
        sync(one.station)
        with_card(other, card, resolve_card)
        line_of(other).down = True
        with suppress(Refusal):
            with_card(other, card, return_load, SECOND, nobody, reading="photo 1")
        with suppress(OutcomeUnknown, LinkFailed):
            with_card(one, card, resolve_card)
        for waiting in open_intents(one.station):
            dispute(one.station, waiting.intent_id, SECOND)
            settle_dispute(
                *(one.station, waiting.intent_id, Finding.NOT_LOADED, PROOF, SECOND, UNTAKEN)
            )
        owed = [desk for desk in (one, other) if _gives_back(desk)]
        assert len(owed) < len((one, other)), "two desks give it back"


def _gives_back(desk: Desk) -> bool:
    codes = ("refund_requested", "payout_pending")
    return any(item.code in codes for item in open_intents(desk.station))


def written_unsealed(desk: Desk, work: Any, *given: Any) -> str:
    """The whole load is on its card, and the power goes before it is on record; returns its id."""

    def cut(*_given: object, **_named: object) -> None:
        raise PowerCut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "record_sealed", cut)
        with pytest.raises(PowerCut):
            work(*given)
    desk.reader.pull()
    (waiting,) = open_intents(desk.station)
    return waiting.intent_id
