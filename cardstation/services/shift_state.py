"""Says whose shift is open and what would be signed over; never what should be in the till."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.shift import Clerk, OpenItem, Shift, ShiftClose
from cardstation.services.intent.signed_over import open_items
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class ShiftState:
    """The desk's shift as it stands.

    Attributes:
        open: The shift that is open, if any. counted: Its count is committed; nothing is sold.
        clerks: Everybody with a PIN here. open_items: What a close would sign over now.
        last: The latest shift that was closed.
    """

    open: Shift | None
    clerks: tuple[Clerk, ...]
    open_items: tuple[OpenItem, ...]
    counted: bool
    last: ShiftClose | None


def shift_state(station: Station) -> ShiftState:
    """Look; changes nothing."""
    with station.store.reading() as reading:
        current = reading.shifts.current()
        return ShiftState(
            open=None if current is None else current.shift,
            clerks=tuple(one for one in reading.shifts.clerks() if one.active),
            open_items=open_items(reading),
            counted=current is not None
            and reading.shifts.counted(current.shift.shift_id) is not None,
            last=reading.shifts.last_close(),
        )
