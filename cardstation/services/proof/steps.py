"""The life of each batch: every step on file is the one in the journal, and follows the last."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.batch_life import TABLE, BatchStep, Stage, Step
from cardstation.domain.ledger import EntryKind
from cardstation.services.proof.records import Disagreement, Records
from cardstation.store.frozen import freeze


def step_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every step that its entry does not tell, or that cannot follow the one before."""
    facts = {entry.seq: entry for entry in records.entries if entry.kind is EntryKind.BATCH}
    stages: dict[str, Stage] = {}
    for step in records.steps:
        entry = facts.pop(step.seq, None)
        told = entry is not None and (entry.subject, entry.detail) == (step.batch_id, freeze(step))
        if not told or _stage_after(stages, step) is not step.stage:
            yield Disagreement("step_disagrees", {"batch_id": step.batch_id, "seq": step.seq})
        stages[step.batch_id] = step.stage
    for seq, entry in facts.items():
        yield Disagreement("step_disagrees", {"batch_id": entry.subject, "seq": seq})


def _stage_after(stages: dict[str, Stage], step: BatchStep) -> Stage | None:
    if step.step is Step.LISTED:
        return Stage.LISTED
    return TABLE.get((stages.get(step.batch_id, Stage.LISTED), step.step))
