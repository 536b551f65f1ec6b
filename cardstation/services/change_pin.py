"""Gives a clerk a new PIN: with the old one, or with a supervisor's yes when it is forgotten."""

from __future__ import annotations

from cardstation.domain.shift import Approval, ClerkChange, ensure_good_pin
from cardstation.errors import Refusal
from cardstation.services.approve import now_by_both_clocks, recognise
from cardstation.services.feeds.clerks import leads_first
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.clerk_changes import record_change
from cardstation.services.intent.guards import ensure_may_write
from cardstation.services.station import Station
from cardstation.store.shifts import RENEWED


def change_pin(
    station: Station, name: str, new_pin: str, *, pin: str = "", by: Approval | None = None
) -> None:
    """Change a PIN; a lock on the old one ends with it.

    A PIN that a supervisor set opens nothing but this: its clerk must choose an own one first, or
    one person could act as two. That it was set is in the journal and in the list of approvals.
    Who was taken off on duty may get one, too: their till is still to be counted.

    Args:
        station: The desk.
        name: Whose.
        new_pin: Typed by that person.
        pin: The old one, not needed with an approval, nor by whom `begins_alone` names.
        by: The supervisor who agreed.

    Raises:
        Refusal: `pin_short`, `pin_simple`, `pin_unchanged`, `clerk_unknown`, those of `recognise`,
            and with an approval those of `ensure_may_write`.
    """
    ensure_good_pin(new_pin)
    alone = by is None and begins_alone(station, name)
    if by is not None or alone:
        ensure_may_write(station)
    elif new_pin == pin:
        raise Refusal("pin_unchanged", name=name)
    else:
        recognise(station, name, pin)
    pin_hash = station.pins.hash(new_pin)
    with station.store.unit() as unit:
        found = unit.shifts.clerk(name)
        if found is None or not (found[0].active or name == unit.shifts.on_duty()):
            raise Refusal("clerk_unknown", name=name)
        if by is None and not alone:
            at = station.clock.now()
            unit.shifts.put_clerk(found[0], pin_hash=pin_hash, approver="", at=at)
        else:
            change = ClerkChange.PIN_RESET
            approver = by.name if by else ""
            record_change(station, unit, found[0], change, pin_hash=pin_hash, approver=approver)
        unit.shifts.note_pin(name, RENEWED, now_by_both_clocks(station))
        unit.commit()
    if by is not None or alone:
        anchor_journal(station)


def begins_alone(station: Station, name: str) -> bool:
    """Whether a supervisor of the centre's feed needs neither a PIN nor anybody to set theirs."""
    with station.store.reading() as reading:
        return leads_first(station, reading, name)
