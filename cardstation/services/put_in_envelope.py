"""Puts the card of a line into an envelope or slot of the bag, by its number."""

from __future__ import annotations

from cardstation.domain.batch import ManifestLine
from cardstation.errors import Refusal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.station import Station


def put_in_envelope(station: Station, batch_id: str, place: int, envelope: str) -> ManifestLine:
    """Say which envelope the card of a line belongs in; empty takes it out of any.

    Raises:
        Refusal: `unknown_batch`, `unknown_line`, `envelope_taken` (it is another card's), and
            those of `ensure_may_write`.
    """
    ensure_may_write(station)
    wanted = envelope.strip()
    with station.store.unit() as unit:
        lines = batch_of(unit, batch_id).lines
        if not 1 <= place <= len(lines) or lines[place - 1].withdrawn:
            raise Refusal("unknown_line", batch_id=batch_id, place=place)
        own = lines[place - 1]
        for other in lines:
            same = wanted and other.envelope.casefold() == wanted.casefold()
            if same and not other.withdrawn and other.account_no != own.account_no:
                raise Refusal("envelope_taken", envelope=wanted, row=other.row.row)
        unit.batches.put_in_envelope(batch_id, place, wanted)
        put = batch_of(unit, batch_id).lines[place - 1]
        unit.commit()
    return put
