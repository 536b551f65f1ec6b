"""Ends that the desk stands still after its clock was wrong: two people write down why."""

from __future__ import annotations

from datetime import datetime

from cardstation.domain.ledger import CLOCK, PEOPLE, EntryKind
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import append
from cardstation.services.intent.guards import ensure_may_write, last_recorded, ran_back
from cardstation.services.station import Station
from cardstation.store import Reading


def settle_clock(
    station: Station, reason: str, approval: Approval, *, clerk: Approval | None = None
) -> datetime:
    """Say that the clock is right now, and that records of a later time were made by a wrong one.

    Nothing that is on record changes: it keeps the time it was given. From this moment on the
    clock may not run back behind this moment.

    Args:
        station: The desk, whose clock has been set right.
        reason: In their words why it was wrong.
        approval: Of the second person.
        clerk: The first person, with their own PIN; not needed while a shift is open, whose clerk
            it is, nor at a training desk that never had clerks.

    Returns:
        From when on time counts again.

    Raises:
        Refusal: `reason_needed`, `clock_needs_both`, `second_person_same`, `clock_not_behind`
            (nothing on record is later), and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    said = reason.strip()
    if not said:
        raise Refusal("reason_needed")
    with station.store.unit() as unit:
        first = _first_person(station, unit, clerk)
        if approval.name in ("", first):
            raise Refusal("second_person_same", name=approval.name)
        last = last_recorded(station, unit)
        if not ran_back(station, last):
            raise Refusal("clock_not_behind")
        stored = append(
            station,
            unit,
            EntryKind.CLOCK,
            CLOCK,
            clerk=first,
            approver=approval.name,
            detail=last.isoformat(),
            witness=f"{PEOPLE}{said}",
        )
        unit.commit()
    anchor_journal(station)
    return datetime.fromisoformat(stored.entry.at)


def _first_person(station: Station, reading: Reading, clerk: Approval | None) -> str:
    """Who acts: the clerk on duty, or who came with a PIN while nobody is."""
    on_duty = reading.shifts.on_duty()
    if on_duty or (station.training and not reading.shifts.clerks()):
        return on_duty or station.clerk
    if clerk is None:
        raise Refusal("clock_needs_both")
    return clerk.name
