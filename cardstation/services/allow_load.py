"""Lets a card be loaded that others loaded since its list: two people go by the meter."""

from __future__ import annotations

from cardstation.domain.batch_life import Allowed, Step
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.funding import batch_of
from cardstation.services.intent.guards import ensure_may_write, ensure_other_person
from cardstation.services.intent.loaded_since import shown_at
from cardstation.services.intent.steps import record_step
from cardstation.services.station import Station


def allow_load(
    station: Station, batch_id: str, place: int, reading: str, approval: Approval
) -> None:
    """Say that a stopped card without a counter is to be loaded all the same.

    It holds for the loads that it was stopped for: one that comes later is a new question.

    Args:
        station: The desk.
        batch_id: Of the batch.
        place: Of the card's line, from 1.
        reading: What the meter reads, or the number of the photo of it.
        approval: Another person, who saw it too.

    Raises:
        Refusal: `unknown_batch`, `unknown_line`, `reading_needed`, `nothing_to_allow` (the card
            was not stopped for this), `second_person_same`, and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    ensure_other_person(station, approval)
    seen = reading.strip()
    if not seen:
        raise Refusal("reading_needed")
    with station.store.unit() as unit:
        lines = batch_of(unit, batch_id).lines
        if not 0 < place <= len(lines):
            raise Refusal("unknown_line", batch_id=batch_id, place=place)
        shown = [shown_at(one) for one in unit.funds.stops(batch_id, line=place)]
        if not shown or not shown[-1]:
            raise Refusal("nothing_to_allow", row=lines[place - 1].row.row)
        allowed = Allowed(place, seen, shown[-1])
        record_step(station, unit, batch_id, Step.ALLOWED, value=allowed, approver=approval.name)
        unit.commit()
    anchor_journal(station)
