"""Gives a clerk a new PIN: with the old one, or with a supervisor's yes when it is forgotten."""

from __future__ import annotations

from cardstation.domain.shift import Approval, ensure_good_pin
from cardstation.errors import Refusal
from cardstation.services.approve import now_by_both_clocks, prove
from cardstation.services.station import Station
from cardstation.store.shifts import RENEWED


def change_pin(
    station: Station, name: str, new_pin: str, *, pin: str = "", by: Approval | None = None
) -> None:
    """Change a PIN; a lock on the old one ends with it.

    Args:
        station: The desk.
        name: Whose.
        new_pin: Typed by that person.
        pin: The old one, not needed with an approval.
        by: The supervisor who agreed.

    Raises:
        Refusal: `pin_short`, `pin_simple`, `clerk_unknown`, and those of `prove`.
    """
    ensure_good_pin(new_pin)
    if by is None:
        prove(station, name, pin)
    pin_hash = station.pins.hash(new_pin)
    with station.store.unit() as unit:
        found = unit.shifts.clerk(name)
        if found is None or not found[0].active:
            raise Refusal("clerk_unknown", name=name)
        unit.shifts.put_clerk(
            found[0], pin_hash=pin_hash, approver=by.name if by else "", at=station.clock.now()
        )
        unit.shifts.note_pin(name, RENEWED, now_by_both_clocks(station))
        unit.commit()
