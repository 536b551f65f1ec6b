"""Puts on record that a maker's sheet was registered or taken out: what cards mean changes."""

from __future__ import annotations

from cardstation.domain.ledger import EntryKind
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.intent.facts import append
from cardstation.services.intent.guards import ensure_may_write, ensure_other_person
from cardstation.services.station import Station


def change_layout(
    station: Station, code: str, sha256: str, approval: Approval | None, *, replaces: bool
) -> None:
    """Agree to it; the sheet itself is kept or taken out right after.

    Args:
        station: The desk without that sheet.
        code: Of its layout.
        sha256: Of the sheet; empty when it is taken out.
        approval: Of a supervisor; none at a training desk without clerks.
        replaces: Another sheet of this code is registered.

    Raises:
        Refusal: `no_clerks`, `layout_needs_supervisor`, `second_person_same`, `layout_in_use` (a
            load or a work on a card of the sheet that goes is open), and those of
            `ensure_may_write`.
    """
    ensure_may_write(station)
    _ensure_agreed(station, approval)
    with station.store.unit() as unit:
        known = {one.code for one in station.makers}
        for one in unit.topups.open_intents() if replaces else ():
            if one.identity.maker not in known:
                raise Refusal("layout_in_use", layout=code, card_no=one.identity.card_no)
        append(
            station,
            unit,
            EntryKind.LAYOUT,
            code,
            approver="" if approval is None else approval.name,
            detail=sha256,
        )
        unit.commit()


def _ensure_agreed(station: Station, approval: Approval | None) -> None:
    if approval is not None:
        ensure_other_person(station, approval)
        return
    with station.store.reading() as reading:
        has_clerks = reading.shifts.has_clerks()
    if has_clerks:
        raise Refusal("layout_needs_supervisor")
    if not station.training:
        raise Refusal("no_clerks")
