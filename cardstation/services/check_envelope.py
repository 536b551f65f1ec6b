"""Holds a scanned envelope against the card that lies in a lane: before it is put back."""

from __future__ import annotations

from cardstation.errors import Refusal
from cardstation.services.intent.funding import batch_of
from cardstation.services.load_line import ensure_own_envelope
from cardstation.services.station import Station
from cardstation.store.funds import BatchStop


def check_envelope(station: Station, batch_id: str, place: int, envelope: str) -> None:
    """The card of this line belongs in this envelope; another one is a stop, on record.

    Raises:
        Refusal: `card_in_other_envelope`, `unknown_batch`.
    """
    with station.store.reading() as reading:
        batch = batch_of(reading, batch_id)
    try:
        ensure_own_envelope(batch, place, envelope)
    except Refusal as stop:
        card_no, at = batch.lines[place - 1].card_no, station.clock.now()
        with station.store.unit() as unit:
            unit.funds.stop(BatchStop(batch_id, place, card_no, stop.code, stop.values, at))
            unit.commit()
        raise
