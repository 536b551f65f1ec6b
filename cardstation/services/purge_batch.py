"""Removes the personal data of batches that were closed long ago, and keeps a record of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from cardstation.domain.batch_life import Stage, Step
from cardstation.domain.custody import Purged
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.intent.steps import record_step
from cardstation.services.lists.forgetting import forget
from cardstation.services.station import Station
from cardstation.store import Reading


def purge_batch(station: Station, batch_id: str) -> int:
    """Remove names, doors, notes, envelopes and spellings of one closed batch.

    Also from the copies of the records that were made before an older program was replaced.

    Numbers, money, receipts, vouchers and signatures stay: no proof needs what is removed.

    Returns:
        How many lines were purged; 0 when they were before.

    Raises:
        Refusal: `unknown_batch`, `batch_not_closed`, and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    with station.store.unit() as unit:
        batch = batch_of(unit, batch_id)
        if batch.purged_at is not None:
            return 0
        if unit.steps.stage(batch_id) is not Stage.CLOSED:
            raise Refusal("batch_not_closed", batch_id=batch_id)
        forget(unit, batch_id, station.clock.now())
        lines = len(batch.lines)
        record_step(station, unit, batch_id, Step.PURGED, value=Purged(lines))
        unit.commit()
    anchor_journal(station)
    station.store.forget_copies()
    station.store.empty_log()
    return lines


def purge_due(station: Station, days: int) -> tuple[str, ...]:
    """Purge every batch that was closed at least so many days ago; returns their ids."""
    with station.store.reading() as reading:
        due = due_batches(reading, station.clock.now() - timedelta(days=days))
    return tuple(batch_id for batch_id in due if purge_batch(station, batch_id))


def due_batches(reading: Reading, until: datetime) -> tuple[str, ...]:
    """Batches closed until then whose personal data are there: also where they came back."""
    closed = [one for one in reading.steps.every() if one.step is Step.CLOSED and one.at <= until]
    here = (reading.batches.get(one.batch_id) for one in closed)
    return tuple(one.batch_id for one in here if one is not None and one.purged_at is None)
