"""Makes a change of a clerk durable: the next version of the row and its entry, in one commit.

The chain tells who was added, retired or given another PIN, so that nobody who left comes back with
an old copy of the store. No secret is in it: a PIN lives and dies with the store.
"""

from __future__ import annotations

from datetime import datetime

from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.shift import Clerk, ClerkChange, ClerkFact, Role
from cardstation.services.intent.facts import append
from cardstation.services.station import Station
from cardstation.store import Unit
from cardstation.store.frozen import freeze, thaw

NO_PIN = ""
"""Matches nothing that anybody can type."""


def record_change(
    station: Station,
    unit: Unit,
    person: Clerk,
    change: ClerkChange,
    *,
    pin_hash: str,
    approver: str,
) -> None:
    """Put a clerk's next version on file, and the fact in the chain."""
    append(
        station,
        unit,
        EntryKind.CLERK,
        person.name,
        clerk=unit.shifts.on_duty() or approver or person.name,
        approver=approver,
        witness=change.value,
        detail=freeze(ClerkFact.of(person)),
    )
    unit.shifts.put_clerk(person, pin_hash=pin_hash, approver=approver, at=station.clock.now())


def change_again(unit: Unit, entry: Entry) -> None:
    """Make the row of a change out of its entry, which a restored store had lost.

    A PIN that was set in the lost part is gone: the one before it must not open anything. Only the
    last supervisor with a PIN keeps it, or nobody could ever set one again.
    """
    person = thaw(ClerkFact, entry.detail).person
    found = unit.shifts.clerk(person.name)
    pin_hash = NO_PIN if found is None else found[1]
    if entry.witness == ClerkChange.PIN_RESET and _others_lead(unit, person.name):
        pin_hash = NO_PIN
    at = datetime.fromisoformat(entry.at)
    unit.shifts.put_clerk(person, pin_hash=pin_hash, approver=entry.approver, at=at)


def _others_lead(unit: Unit, name: str) -> bool:
    return any(
        one.active
        and one.name != name
        and Role.SUPERVISOR in one.roles
        and _has_pin(unit, one.name)
        for one in unit.shifts.clerks()
    )


def _has_pin(unit: Unit, name: str) -> bool:
    found = unit.shifts.clerk(name)
    return found is not None and found[1] != NO_PIN
