"""A bag with envelope numbers asks for the scan of each of them, unless people said no."""

from __future__ import annotations

import json

from cardstation.domain.batch import Batch
from cardstation.domain.batch_life import Step
from cardstation.domain.list_steps import ScanRule
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.steps import record_step
from cardstation.services.station import Station
from cardstation.store import Reading, Unit

_RULE = "must"
"""A field of every rule on record, and of no other step about envelopes."""


def has_envelopes(batch: Batch) -> bool:
    """A row that counts has an envelope number."""
    return any(one.envelope and not one.withdrawn for one in batch.lines)


def scan_when_numbered(station: Station, unit: Unit, batch_id: str) -> None:
    """Set the rule, on record, as soon as a row has a number; what people said stays."""
    if has_envelopes(batch_of(unit, batch_id)) and not _is_ruled(unit, batch_id):
        unit.batches.require_scans(batch_id, must=True)
        record_step(station, unit, batch_id, Step.ENVELOPED, value=ScanRule(must=True))


def _is_ruled(reading: Reading, batch_id: str) -> bool:
    said = (one for one in reading.steps.of_batch(batch_id) if one.step is Step.ENVELOPED)
    return any(_RULE in json.loads(one.detail) for one in said)
