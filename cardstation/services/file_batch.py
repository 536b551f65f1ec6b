"""Says whose bag a batch is: community, manager, team and zone, given later or corrected."""

from __future__ import annotations

import hashlib

from cardstation.domain.batch import Batch, Whose
from cardstation.domain.batch_life import Step
from cardstation.domain.list_steps import Filed
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.steps import ensure_not_closed, record_step
from cardstation.services.station import Station

_FIELDS = ("community", "manager", "team", "zone")


def file_batch(station: Station, batch_id: str, whose: Whose) -> Batch:
    """File a batch; what is empty in `whose` stays as it was.

    Raises:
        Refusal: `unknown_batch`, `batch_closed_already`, and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    with station.store.unit() as unit:
        batch = batch_of(unit, batch_id)
        ensure_not_closed(unit, batch_id)
        unit.batches.file(
            batch_id,
            community=whose.community or batch.community,
            manager=whose.manager or batch.manager,
            team=whose.team or batch.team,
            zone=whose.zone or batch.zone,
        )
        filed = batch_of(unit, batch_id)
        changed = tuple(name for name in _FIELDS if getattr(filed, name) != getattr(batch, name))
        if not changed:
            return batch
        said = repr([str(getattr(filed, name)) for name in _FIELDS]).encode()
        proof = hashlib.sha256(said).hexdigest()
        told = Filed(changed, filed.team, str(filed.zone))
        record_step(station, unit, batch_id, Step.FILED, value=told, proof=proof)
        unit.commit()
    anchor_journal(station)
    return filed
