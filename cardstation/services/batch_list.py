"""The latest batches as a list shows them: how far each came, and what keeps it open."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.batch_life import Stage
from cardstation.errors import Refusal
from cardstation.services.batch_state import BatchState, quoted_in
from cardstation.services.close_batch import keeps_open
from cardstation.services.custody_state import custody_in
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class ListedBatch:
    """A batch among the batches.

    Attributes:
        keeps: Of one whose bag went back: what keeps it from being closed; None = nothing does.
    """

    found: BatchState
    keeps: Refusal | None = None


def batch_list(station: Station, most: int) -> tuple[ListedBatch, ...]:
    """The latest batches, newest first, at most so many."""
    with station.store.reading() as reading:
        newest = sorted(reading.batches.ids(), reverse=True)[:most]
    return tuple(_listed(station, batch_id) for batch_id in newest)


def _listed(station: Station, batch_id: str) -> ListedBatch:
    with station.store.reading() as reading:
        if reading.steps.stage(batch_id) is not Stage.RETURNED:
            return ListedBatch(quoted_in(station, reading, batch_id))
        bag = custody_in(reading, batch_id)
        return ListedBatch(bag.batch, keeps_open(reading, bag))
