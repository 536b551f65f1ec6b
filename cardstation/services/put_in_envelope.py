"""Puts the card of a line into an envelope or slot of the bag, by its number."""

from __future__ import annotations

import hashlib

from cardstation.domain.batch import ManifestLine
from cardstation.domain.batch_life import Step
from cardstation.domain.envelopes import envelope_key
from cardstation.domain.list_steps import Enveloped, Reenveloped
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.envelope_numbers import numbers_in
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write, ensure_other_person
from cardstation.services.intent.scan_rule import scan_when_numbered
from cardstation.services.intent.steps import ensure_not_closed, record_step
from cardstation.services.intent.words import meant
from cardstation.services.lists.cells import clean
from cardstation.services.station import Station


def put_in_envelope(
    station: Station,
    batch_id: str,
    place: int,
    envelope: str,
    approval: Approval | None = None,
    reason: str = "",
) -> ManifestLine:
    """Say which envelope the card of a line belongs in; empty takes it out of any.

    A number that is given opens the lock of its card: once the run began, or the card was stopped
    over its envelope, a supervisor says why it is another one.

    Raises:
        Refusal: `unknown_batch`, `batch_closed_already`, `unknown_line`, `envelope_taken` (it is
            another card's), `envelope_change_needs_two`, `second_person_same`, `proof_missing`
            (no reason, in words), and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    if approval is not None:
        ensure_other_person(station, approval)
    key = envelope_key(envelope)
    wanted = clean(envelope) if key else ""
    with station.store.unit() as unit:
        batch = batch_of(unit, batch_id)
        lines = batch.lines
        ensure_not_closed(unit, batch_id)
        if not 1 <= place <= len(lines) or lines[place - 1].withdrawn:
            raise Refusal("unknown_line", batch_id=batch_id, place=place)
        own = lines[place - 1]
        for other in lines:
            same = key and envelope_key(other.envelope) == key
            if same and not other.withdrawn and other.account_no != own.account_no:
                raise Refusal("envelope_taken", envelope=wanted, row=other.row.row)
        if envelope_key(own.envelope) == key:
            return own
        value: object = Enveloped(place, taken_out=not wanted)
        if own.envelope and numbers_in(unit, batch).relied_on(own):
            if approval is None:
                raise Refusal("envelope_change_needs_two", row=own.row.row)
            value = Reenveloped(place, taken_out=not wanted, reason=meant(reason))
        approver = "" if approval is None else approval.name
        unit.batches.put_in_envelope(batch_id, place, wanted)
        put = batch_of(unit, batch_id).lines[place - 1]
        proof = hashlib.sha256(f"{batch_id} {place} {wanted}".encode()).hexdigest()
        facts = {"proof": proof, "approver": approver}
        record_step(station, unit, batch_id, Step.ENVELOPED, value=value, **facts)
        scan_when_numbered(station, unit, batch_id)
        unit.commit()
    anchor_journal(station)
    return put
