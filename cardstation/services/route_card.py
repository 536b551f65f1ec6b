"""Puts a card into another tray than its stop suggests: a clerk's word, kept beside the stop."""

from __future__ import annotations

from cardstation.domain.trays import Tray
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
        Refusal: `unknown_batch`.
    """
    with station.store.unit() as unit:
        batch_of(unit, batch_id)
        facts = {TRAY: tray.value, CLERK: clerk_of(station, unit)}
        at = station.clock.now()
        unit.funds.stop(BatchStop(batch_id, place, card_no, code, facts, at))
        unit.commit()
