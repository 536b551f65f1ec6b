"""A second person counts a typed list: households and sum, keyed again from what was typed off."""

from __future__ import annotations

from cardstation.domain.batch_life import Step
from cardstation.domain.list_steps import Counted
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write, ensure_other_person
from cardstation.services.intent.steps import record_step
from cardstation.services.lists.changing import pay_what_counts
from cardstation.services.lists.entry import count_and_total, entry_state
from cardstation.services.station import Station


def count_entry(
    station: Station, batch_id: str, *, count: int, total: Money, approval: Approval
) -> None:
    """Compare what another person keyed with the list; a difference says only that it differs.

    Args:
        station: The desk.
        batch_id: Of the batch.
        count: Households, as the second person counts them on the paper or in the chat.
        total: Sum of their amounts.
        approval: Who counted.

    Raises:
        Refusal: `unknown_batch`, `nothing_typed`, `entry_differs`, `second_person_same`, and
            those of `ensure_may_write`.
    """
    ensure_may_write(station)
    ensure_other_person(station, approval)
    with station.store.unit() as unit:
        batch = batch_of(unit, batch_id)
        if not entry_state(station, unit, batch).typed:
            raise Refusal("nothing_typed", batch_id=batch_id)
        if (count, total) != count_and_total(batch):
            raise Refusal("entry_differs", batch_id=batch_id)
        told = Counted(count, total, through=len(batch.lines))
        name = approval.name
        record_step(station, unit, batch_id, Step.COUNTED, value=told, approver=name)
        pay_what_counts(station, unit, batch_id)
        unit.commit()
    anchor_journal(station)
