"""Says whose shift is open and what would be signed over; never what should be in the till."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.shift import Clerk, OpenItem, Shift, ShiftClose, moved_between
from cardstation.services.intent.signed_over import open_items, signed_alone
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class ShiftState:
    """The desk's shift as it stands.

    Attributes:
        open: The shift that is open, if any. counted: Its count is committed; nothing is sold.
        clerks: Everybody with a PIN here. open_items: What a close would sign over now.
        last: The latest shift that was closed.
        moved: What came into the till between its count and the float of the open shift, below
            nothing: what went out of it.
        signed_alone: What whoever opens next signs for: one person alone closed over it.
    """

    open: Shift | None
    clerks: tuple[Clerk, ...]
    open_items: tuple[OpenItem, ...]
    counted: bool
    last: ShiftClose | None
    moved: Money = NO_MONEY
    signed_alone: tuple[OpenItem, ...] = ()


def shift_state(station: Station) -> ShiftState:
    """Look; changes nothing."""
    with station.store.reading() as reading:
        current, last = reading.shifts.current(), reading.shifts.last_close()
        return ShiftState(
            open=None if current is None else current.shift,
            clerks=tuple(one for one in reading.shifts.clerks() if one.active),
            open_items=open_items(reading),
            counted=current is not None
            and reading.shifts.counted(current.shift.shift_id) is not None,
            last=last,
            moved=NO_MONEY if current is None else moved_between(last, current.shift),
            signed_alone=signed_alone(reading),
        )
