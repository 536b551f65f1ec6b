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

CENTRE = "centre"
"""In whose name a clerk changes that the centre names."""
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


def record_fed(station: Station, unit: Unit, person: Clerk, number: int) -> None:
    """Put on file what change `number` of the centre's feed says of a clerk, and the fact."""
    append(
        station,
        unit,
        EntryKind.CLERK,
        person.name,
        clerk=CENTRE,
        witness=f"fed {number}",
        detail=freeze(ClerkFact.of(person)),
    )
    pin_hash = _kept_pin(unit, person)
    unit.shifts.put_clerk(person, pin_hash=pin_hash, approver="", at=station.clock.now())


def change_again(unit: Unit, entry: Entry) -> None:
    """Make the row of a change out of its entry, which a restored store had lost.

    A PIN that was set in the lost part is gone: the one before it must not open anything. Only the
    last supervisor with a PIN keeps it, or nobody could ever set one again.
    """
    person = thaw(ClerkFact, entry.detail).person
    pin_hash = _kept_pin(unit, person)
    if entry.witness == ClerkChange.PIN_RESET and _others_lead(unit, person.name):
        pin_hash = NO_PIN
    at = datetime.fromisoformat(entry.at)
    unit.shifts.put_clerk(person, pin_hash=pin_hash, approver=entry.approver, at=at)


def _kept_pin(unit: Unit, person: Clerk) -> str:
    """The PIN of a person as they were; who left and comes back may be another of that name."""
    found = unit.shifts.clerk(person.name)
    if found is None or (person.active and not found[0].active):
        return NO_PIN
    return found[1]


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
