"""Puts the card of a line into an envelope or slot of the bag, by its number."""

from __future__ import annotations

import hashlib

from cardstation.domain.batch import ManifestLine
from cardstation.domain.batch_life import Step
from cardstation.domain.list_steps import Enveloped
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.scan_rule import scan_when_numbered
from cardstation.services.intent.steps import ensure_not_closed, record_step
from cardstation.services.station import Station


def put_in_envelope(station: Station, batch_id: str, place: int, envelope: str) -> ManifestLine:
    """Say which envelope the card of a line belongs in; empty takes it out of any.

    Raises:
        Refusal: `unknown_batch`, `batch_closed_already`, `unknown_line`, `envelope_taken` (it is
            another card's), and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    wanted = envelope.strip()
    with station.store.unit() as unit:
        lines = batch_of(unit, batch_id).lines
        ensure_not_closed(unit, batch_id)
        if not 1 <= place <= len(lines) or lines[place - 1].withdrawn:
            raise Refusal("unknown_line", batch_id=batch_id, place=place)
        own = lines[place - 1]
        for other in lines:
            same = wanted and other.envelope.casefold() == wanted.casefold()
            if same and not other.withdrawn and other.account_no != own.account_no:
                raise Refusal("envelope_taken", envelope=wanted, row=other.row.row)
        if own.envelope == wanted:
            return own
        unit.batches.put_in_envelope(batch_id, place, wanted)
        put = batch_of(unit, batch_id).lines[place - 1]
        value = Enveloped(place, taken_out=not wanted)
        proof = hashlib.sha256(f"{batch_id} {place} {wanted}".encode()).hexdigest()
        record_step(station, unit, batch_id, Step.ENVELOPED, value=value, proof=proof)
        scan_when_numbered(station, unit, batch_id)
        unit.commit()
    anchor_journal(station)
    return put
