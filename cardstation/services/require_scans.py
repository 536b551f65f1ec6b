"""Says that no card is loaded before its numbered envelope was scanned, or that it need not be."""

from __future__ import annotations

from cardstation.domain.batch_life import Step
from cardstation.domain.list_steps import ScanRule, ScansLifted
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write, ensure_other_person
from cardstation.services.intent.scan_rule import has_envelopes
from cardstation.services.intent.steps import ensure_not_closed, record_step
from cardstation.services.intent.words import meant
from cardstation.services.station import Station


def require_scans(station: Station, batch_id: str) -> None:
    """Set the rule of one batch; it is on record who did.

    Raises:
        Refusal: `unknown_batch`, `batch_closed_already`, `envelopes_missing` (no row has an
            envelope number), and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    with station.store.unit() as unit:
        batch = batch_of(unit, batch_id)
        ensure_not_closed(unit, batch_id)
        if batch.scan_envelopes:
            return
        if not has_envelopes(batch):
            raise Refusal("envelopes_missing", n=len(batch.lines))
        unit.batches.require_scans(batch_id, must=True)
        record_step(station, unit, batch_id, Step.ENVELOPED, value=ScanRule(must=True))
        unit.commit()
    anchor_journal(station)


def lift_scans(station: Station, batch_id: str, approval: Approval, reason: str) -> None:
    """Lift the rule of one batch: a supervisor says why its envelopes are not scanned.

    Raises:
        Refusal: `unknown_batch`, `batch_closed_already`, `proof_missing` (no reason, in words),
            `second_person_same`, and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    ensure_other_person(station, approval)
    told = ScansLifted(must=False, reason=meant(reason))
    with station.store.unit() as unit:
        batch_of(unit, batch_id)
        ensure_not_closed(unit, batch_id)
        unit.batches.require_scans(batch_id, must=False)
        record_step(station, unit, batch_id, Step.ENVELOPED, value=told, approver=approval.name)
        unit.commit()
    anchor_journal(station)
