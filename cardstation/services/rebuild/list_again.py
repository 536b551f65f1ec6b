"""Changes the rows of a list again as far as an entry tells how: it has places, never names."""

from __future__ import annotations

from cardstation.domain.batch_life import BatchStep, Step
from cardstation.domain.list_steps import (
    Decided,
    Enveloped,
    Reenveloped,
    Revised,
    ScanRule,
    ScansLifted,
)
from cardstation.services.lists.changing import ROW_HELD, fixed_places
from cardstation.services.lists.forgetting import forget
from cardstation.store import Unit
from cardstation.store.frozen import thaw_any


def change_list_again(unit: Unit, step: BatchStep) -> None:
    """What a step took off a list counts no more; what it put on the list is lost.

    A decision names its row. A newer list that changed rows or took some off says only how many:
    every row that no money is in is held until people take the list again. A list that nobody
    needs the names of any more is purged.
    """
    batch = unit.batches.get(step.batch_id)
    if batch is None:
        return
    if step.step is Step.PURGED:
        forget(unit, batch.batch_id, step.at)
    if step.step is Step.ENVELOPED:
        rule = thaw_any(Enveloped | Reenveloped | ScanRule | ScansLifted, step.detail)
        if isinstance(rule, ScanRule | ScansLifted):
            unit.batches.require_scans(batch.batch_id, must=rule.must)
    if step.step is not Step.REVISED:
        return
    told = thaw_any(Revised | Decided, step.detail)
    if isinstance(told, Decided):
        here = (told.place,) if 0 < told.place <= len(batch.lines) else ()
        unit.batches.withdraw(batch.batch_id, here, told.why)
    elif told.changed or told.gone:
        fixed = fixed_places(unit, batch.batch_id)
        places = [
            place
            for place, line in enumerate(batch.lines, start=1)
            if not line.withdrawn and place not in fixed
        ]
        unit.batches.withdraw(batch.batch_id, places, ROW_HELD)
