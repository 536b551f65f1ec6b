"""Says what a batch leaves behind that somebody must see to: money that is owed, cards in hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cardstation.domain.batch_life import BatchStep, Stage, Step
from cardstation.domain.custody import HandOver
from cardstation.domain.seal_number import is_seal
from cardstation.services.batch_state import money_open
from cardstation.services.custody_state import CustodyState, custody_in
from cardstation.services.intent.lost_list import is_lost, lost_ids
from cardstation.services.intent.moved import moved_of
from cardstation.store import Reading

_RUN_ENDED = (Stage.DONE, Stage.RETURNED, Stage.CLOSED)


def batches_to_end(reading: Reading) -> Iterator[CustodyState]:
    """Every batch that is not closed, and every closed one that holds money; lost lists too."""
    closed = {one.batch_id: one.seq for one in reading.steps.of_kind(Step.CLOSED)}
    moved = [(one.batch_id, one.seq) for one in reading.funds.payments()]
    moved += [(one.batch_id, seq) for seq, one in reading.lump_sums.every_released()]
    late = {batch_id for batch_id, seq in moved if seq > closed.get(batch_id, seq)}
    for batch_id in (*reading.batches.ids(), *lost_ids(reading)):
        if batch_id not in closed or batch_id in late:
            found = custody_in(reading, batch_id)
            if batch_id not in closed or money_open(found.batch):
                yield found


def papers_elsewhere(reading: Reading) -> Iterator[CustodyState]:
    """Bags whose list lies at another desk, and of whose paper a photo is due here."""
    steps = (*reading.steps.of_kind(Step.COLLECTED), *reading.steps.of_kind(Step.HANDED_OVER))
    sealed = {one.batch_id: None for one in steps if is_seal(one.batch_id) and _is_on_paper(one)}
    for seal_no in sealed:
        found = custody_in(reading, seal_no)
        if found.photos_due:
            yield found


def _is_on_paper(step: BatchStep) -> bool:
    moved = moved_of(step)
    return isinstance(moved, HandOver) and moved.on_paper


def money_since(found: CustodyState) -> datetime | None:
    """Since when money of a batch waits to go back; None while it runs or nothing is left.

    Money of a lost list waits at once: no line can use it.
    """
    if is_lost(found.batch.batch) and money_open(found.batch):
        return found.batch.batch.imported_at
    ended = [one.step.at for one in found.timeline if one.step.stage in _RUN_ENDED]
    if found.stage not in _RUN_ENDED or not money_open(found.batch):
        return None
    return ended[0]


def held_since(found: CustodyState) -> datetime | None:
    """Since when cards of a bag are in our hands, to go back or kept; None while none is.

    Cards on no row count, too: those of a list that was lost, or of rows that were.
    """
    handed = [one.step.at for one in found.timeline if isinstance(one.moved, HandOver)]
    custody = found.custody
    here = custody.held or custody.kept or custody.left_over
    return handed[0] if handed and here else None
