"""Says that no card of a bag is loaded before its envelope was scanned, or that it need not be."""

from __future__ import annotations

from cardstation.domain.batch import Verdict
from cardstation.domain.batch_life import Step
from cardstation.domain.list_steps import ScanRule
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.steps import ensure_not_closed, record_step
from cardstation.services.station import Station


def require_scans(station: Station, batch_id: str, *, must: bool) -> None:
    """Set or lift the rule of one batch; it is on record who did.

    Raises:
        Refusal: `unknown_batch`, `batch_closed_already`, `envelopes_missing` (a row that can be
            loaded has no envelope number), and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    with station.store.unit() as unit:
        batch = batch_of(unit, batch_id)
        ensure_not_closed(unit, batch_id)
        if batch.scan_envelopes == must:
            return
        ready = [one for one in batch.lines if one.verdict is Verdict.READY and not one.withdrawn]
        missing = sum(not one.envelope for one in ready)
        if must and missing:
            raise Refusal("envelopes_missing", n=missing)
        unit.batches.require_scans(batch_id, must=must)
        record_step(station, unit, batch_id, Step.ENVELOPED, value=ScanRule(must))
        unit.commit()
    anchor_journal(station)
