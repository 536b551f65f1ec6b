"""A second person keys every typed row again, blind: whom it means and how much it says."""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.batch_life import Step
from cardstation.domain.list_steps import Counted
from cardstation.domain.money import NO_MONEY
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write, ensure_other_person
from cardstation.services.intent.steps import record_step
from cardstation.services.lists.changing import pay_what_counts
from cardstation.services.lists.entry import (
    KeyedRow,
    checked_through,
    disagreeing,
    ensure_typed_by_others,
    typed_places,
)
from cardstation.services.station import Station


def count_entry(
    station: Station, batch_id: str, *, rows: Sequence[KeyedRow], approval: Approval
) -> None:
    """Compare what another person keyed with the list, row by row.

    A difference names the keyed rows that do not agree, never what the list says of them.

    Args:
        station: The desk.
        batch_id: Of the batch.
        rows: Door or number and amount of each typed row, as the paper or the chat has them; those
            that a second person keyed before may be left out.
        approval: Who keyed them.

    Raises:
        Refusal: `unknown_batch`, `nothing_typed`, `entry_differs`, `second_person_same`,
            `second_person_typed`, and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    ensure_other_person(station, approval)
    with station.store.unit() as unit:
        batch = batch_of(unit, batch_id)
        typed = typed_places(unit, batch)
        if not typed:
            raise Refusal("nothing_typed", batch_id=batch_id)
        through = checked_through(unit, batch_id)
        ensure_typed_by_others(approval, (typed[at] for at in typed if at > through))
        wrong, left = disagreeing(batch, typed, through, rows)
        if wrong or left:
            said = ", ".join(wrong) or "—"
            raise Refusal("entry_differs", batch_id=batch_id, rows=said, count=left)
        moneys = (batch.lines[at - 1].money or NO_MONEY for at in typed)
        told = Counted(len(typed), sum(moneys, NO_MONEY), through=len(batch.lines))
        name = approval.name
        record_step(station, unit, batch_id, Step.COUNTED, value=told, approver=name)
        pay_what_counts(station, unit, batch_id)
        unit.commit()
    anchor_journal(station)
