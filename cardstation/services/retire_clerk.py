"""Takes a clerk off this station; what they did stays theirs, the name is never used again."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.shift import Approval, Clerk, ClerkChange, Role
from cardstation.errors import Refusal
from cardstation.services.feeds.clerks import ensure_ours
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.clerk_changes import record_change
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.station import Station


def retire_clerk(station: Station, name: str, *, by: Approval) -> Clerk:
    """A person no longer works here. The anchor follows: no older copy of the store lets them in.

    Raises:
        Refusal: `clerk_unknown`, `clerk_on_duty`, `last_supervisor`, `clerk_from_centre`, and
            those of `ensure_may_write`.
    """
    ensure_may_write(station)
    with station.store.unit() as unit:
        found = unit.shifts.clerk(name)
        if found is None or not found[0].active:
            raise Refusal("clerk_unknown", name=name)
        ensure_ours(station, unit, name)
        if name == unit.shifts.on_duty():
            raise Refusal("clerk_on_duty", name=name)
        left = [one for one in unit.shifts.clerks() if one.active and one.name != name]
        if not any(Role.SUPERVISOR in one.roles for one in left):
            raise Refusal("last_supervisor", name=name)
        person = replace(found[0], active=False)
        record_change(
            station, unit, person, ClerkChange.RETIRED, pin_hash=found[1], approver=by.name
        )
        unit.commit()
    anchor_journal(station)
    return person
