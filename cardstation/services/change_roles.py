"""Gives a clerk other roles, with a supervisor's yes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cardstation.domain.shift import Approval, Clerk, ClerkChange, Role
from cardstation.errors import Refusal
from cardstation.services.feeds.clerks import ensure_ours
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.clerk_changes import record_change
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.station import Station


def change_roles(station: Station, name: str, roles: Iterable[Role], *, by: Approval) -> Clerk:
    """From now on a person may do these things, and no others.

    Raises:
        Refusal: `clerk_unknown`, `roles_missing`, `second_person_same` (nobody raises themselves),
            `last_supervisor`, `clerk_from_centre`, and those of `ensure_may_write`.
    """
    wanted = frozenset(roles)
    if not wanted:
        raise Refusal("roles_missing", name=name)
    if by.name == name:
        raise Refusal("second_person_same", name=name)
    ensure_may_write(station)
    with station.store.unit() as unit:
        found = unit.shifts.clerk(name)
        if found is None or not found[0].active:
            raise Refusal("clerk_unknown", name=name)
        ensure_ours(station, unit, name)
        leads = [one for one in unit.shifts.clerks() if one.active and Role.SUPERVISOR in one.roles]
        if Role.SUPERVISOR not in wanted and [one.name for one in leads] == [name]:
            raise Refusal("last_supervisor", name=name)
        person = replace(found[0], roles=wanted)
        record_change(station, unit, person, ClerkChange.ROLES, pin_hash=found[1], approver=by.name)
        unit.commit()
    anchor_journal(station)
    return person
