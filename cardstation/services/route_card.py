"""Puts a card into another tray than its stop suggests: a clerk's word, kept beside the stop."""

from __future__ import annotations

from cardstation.domain.batch import LineState
from cardstation.domain.trays import Tray
from cardstation.errors import Refusal
from cardstation.services.batch_state import batch_state
from cardstation.services.intent.facts import clerk_of
from cardstation.services.intent.funding import batch_of
from cardstation.services.station import Station
from cardstation.store.funds import BatchStop

TRAY, CLERK = "tray", "clerk"
"""Names of the facts of a stop that say which tray was chosen, and by whom."""


def route_card(
    station: Station, batch_id: str, tray: Tray, *, place: int, card_no: str, code: str
) -> None:
    """Record where a stopped card was laid; what was recorded before stays.

    Args:
        station: The desk.
        batch_id: Of the batch.
        tray: Where it lies now.
        place: Its line, 0 when it stands on none.
        card_no: Its number, empty when it could not be read.
        code: Why it was stopped.

    Raises:
        Refusal: `unknown_batch`; `not_loaded_not_done`: a card lies in A only when its row is done.
    """
    if tray is Tray.A:
        _ensure_done(station, batch_id, card_no)
    with station.store.unit() as unit:
        batch_of(unit, batch_id)
        facts = {TRAY: tray.value, CLERK: clerk_of(station, unit)}
        at = station.clock.now()
        unit.funds.stop(BatchStop(batch_id, place, card_no, code, facts, at))
        unit.commit()


def _ensure_done(station: Station, batch_id: str, card_no: str) -> None:
    """A row of this card was loaded; the reader is asked again, nobody's memory is."""
    done = [one for one in batch_state(station, batch_id).outcomes if one.state is LineState.DONE]
    if not card_no or all(one.line.card_no != card_no for one in done):
        raise Refusal("not_loaded_not_done", card_no=card_no or "—")
