"""Says whose bag a batch is: community, manager, team and zone, given later or corrected."""

from __future__ import annotations

from cardstation.domain.batch import Batch, Whose
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.station import Station


def file_batch(station: Station, batch_id: str, whose: Whose) -> Batch:
    """File a batch; what is empty in `whose` stays as it was.

    Raises:
        Refusal: `unknown_batch`, and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    with station.store.unit() as unit:
        batch = batch_of(unit, batch_id)
        unit.batches.file(
            batch_id,
            community=whose.community or batch.community,
            manager=whose.manager or batch.manager,
            team=whose.team or batch.team,
            zone=whose.zone or batch.zone,
        )
        filed = batch_of(unit, batch_id)
        unit.commit()
    return filed
