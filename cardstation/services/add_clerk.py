"""Puts a clerk with PIN and roles on this station; from the second on with a supervisor's yes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from cardstation.domain.shift import (
    NAME_CHARACTERS,
    Approval,
    Clerk,
    ClerkChange,
    Role,
    ensure_good_pin,
)
from cardstation.errors import Refusal
from cardstation.services.feeds.clerks import fed_clerks, leads_first
from cardstation.services.intent.clerk_changes import NO_PIN, record_change
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.station import Station
from cardstation.store import Unit


def add_clerk(
    station: Station,
    name: str,
    pin: str,
    roles: Iterable[Role],
    *,
    by: Approval | None,
    display: str = "",
) -> Clerk:
    """Add a person, or give whom the centre names here their first PIN.

    Args:
        station: The desk.
        name: As on entries and papers; never used twice.
        pin: Typed by that person.
        roles: At least one; of whom the centre names its own count.
        by: The supervisor who agreed; None only for the first clerk, who must be a supervisor, and
            for a supervisor of the centre where nobody here has a PIN.
        display: What the screen shows, the name by default.

    Raises:
        Refusal: `clerk_name_bad`, `roles_missing`, `pin_short`, `pin_simple`, `clerk_exists`,
            `first_supervisor`, `supervisor_needed`, and those of `ensure_may_write`.
    """
    name = _one_way(name.strip())
    person = Clerk(name, display.strip() or name, frozenset(roles), active=True)
    if not name or len(name) > NAME_CHARACTERS or not name.isprintable():
        raise Refusal("clerk_name_bad", name=name[:NAME_CHARACTERS])
    if not person.roles:
        raise Refusal("roles_missing", name=name)
    ensure_good_pin(pin)
    ensure_may_write(station)
    pin_hash = station.pins.hash(pin)
    with station.store.unit() as unit:
        others = unit.shifts.clerks()
        if not others and Role.SUPERVISOR not in person.roles:
            raise Refusal("first_supervisor")
        if others and by is None and not leads_first(station, unit, name):
            raise Refusal("supervisor_needed")
        approver = by.name if by else ""
        if any(_one_way(one.name) == name for one in others):
            person = _awaited(station, unit, name)
            change = ClerkChange.PIN_RESET
            record_change(station, unit, person, change, pin_hash=NO_PIN, approver=approver)
            # Typed by that person: it need not be changed as one a supervisor sets.
            at = station.clock.now()
            unit.shifts.put_clerk(person, pin_hash=pin_hash, approver="", at=at)
        else:
            change = ClerkChange.ADDED
            record_change(station, unit, person, change, pin_hash=pin_hash, approver=approver)
        unit.commit()
    return person


def _one_way(name: str) -> str:
    """A name with its letters put together in one way: no two look the same."""
    return unicodedata.normalize("NFC", name)


def _awaited(station: Station, unit: Unit, name: str) -> Clerk:
    """Whom the centre names and who has no PIN yet.

    Raises:
        Refusal: `clerk_exists`.
    """
    found = unit.shifts.clerk(name)
    if found is None or found[1] != NO_PIN or name not in fed_clerks(station, unit):
        raise Refusal("clerk_exists", name=name)
    return found[0]
