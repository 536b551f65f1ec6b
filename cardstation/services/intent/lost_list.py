"""Batches whose list a restored station lost: its entries came back, with the money, not the rows.

Such a batch has no lines. Its money goes back to its payers, or its list is taken in again.
"""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.batch import Batch, ManifestLine, Verdict
from cardstation.domain.batch_life import Step
from cardstation.errors import Refusal
from cardstation.store import Reading


def lost_ids(reading: Reading) -> tuple[str, ...]:
    """Ids of the batches whose list is not on file, the newest first."""
    told = {*reading.steps.stages(), *(one.batch_id for one in reading.funds.payments())}
    return tuple(sorted(told.difference(reading.batches.ids()), reverse=True))


def known_batch(reading: Reading, batch_id: str) -> Batch:
    """A batch on file, or what is known of one whose list was lost.

    Raises:
        Refusal: `unknown_batch`.
    """
    batch = reading.batches.get(batch_id) or _lost(reading, batch_id)
    if batch is None:
        raise Refusal("unknown_batch", batch_id=batch_id)
    return batch


def _lost(reading: Reading, batch_id: str) -> Batch | None:
    told = [one.seq for one in reading.steps.of_batch(batch_id)]
    told += [one.seq for one in reading.funds.payments(batch_id)]
    stored = reading.journal.at(told[0]) if told else None
    if stored is None or (since := stored.written_at) is None:
        return None
    return Batch(batch_id, batch_id, stored.entry.proof, since, None, None, ())


def lost_as(reading: Reading, digest: str, lines: Sequence[ManifestLine]) -> str:
    """The id under which a list was taken in before it was lost; empty when it never was.

    A list that was changed since has other places, and one whose loads were for other rows is
    judged otherwise today: it is taken in anew, and the old one's money waits for its payers.
    """
    lost, changed = set(lost_ids(reading)), reading.steps.of_kind(Step.REVISED)
    lost.difference_update(step.batch_id for step in changed)
    for step in reading.steps.of_kind(Step.LISTED):
        stored = reading.journal.at(step.seq) if step.batch_id in lost else None
        if stored is not None and stored.entry.proof == digest:
            return step.batch_id if _fits(reading, step.batch_id, lines) else ""
    return ""


def _fits(reading: Reading, batch_id: str, lines: Sequence[ManifestLine]) -> bool:
    promised = {
        place: (line.account_no, line.card_no, line.order_id)
        for place, line in enumerate(lines, start=1)
        if line.verdict is Verdict.READY
    }
    return all(
        promised.get(one.line) == (one.account_no, one.identity.card_no, one.order_id)
        for one in reading.topups.of_batch(batch_id)
    )
