"""Says whose each open thing is: who was on duty when it opened, and who signed for it since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cardstation.domain.shift import OpenItem, Shift, ShiftClose
from cardstation.services.intent.cases import Case
from cardstation.services.station import Station
from cardstation.store import Reading


@dataclass(frozen=True, slots=True)
class Owners:
    """The shifts in which open things came up and were signed over.

    Attributes:
        worked: Each with its end, None while it is open; the latest first.
        nobody: Whose name stands on entries while no shift is open.
    """

    worked: Sequence[tuple[Shift, ShiftClose | None]]
    nobody: str

    def give(self, one: Case, at: datetime | None) -> Case:
        """A case with who opened it and whose it is now.

        Args:
            one: The case; who is known to have opened it stays.
            at: When it opened, None where nobody knows.
        """
        opened_by, taken_by, later = one.opened_by, self._left_to(one), ""
        for shift, closed in self.worked:
            if at is not None and shift.opened_at <= at:
                on_duty = closed is None or at <= closed.closed_at
                opened_by = opened_by or (shift.clerk if on_duty else later or shift.clerk)
                break
            if not taken_by and _names(shift.taken_over, one):
                taken_by = shift.clerk
            later = shift.clerk
        opened_by = opened_by or later or self.nobody
        return replace(one, opened_by=opened_by, owner=taken_by or opened_by)

    def _left_to(self, one: Case) -> str:
        """Nobody is on duty: who signed for it last, at the end of the last shift."""
        closed = self.worked[0][1] if self.worked else None
        if closed is None or not _names(closed.open_items, one):
            return ""
        return closed.handed_to or closed.clerk


def owners_of(station: Station, reading: Reading, oldest: datetime | None) -> Owners:
    """Look up the shifts back to the one in which the oldest case opened."""
    worked = []
    for shift, closed in reading.shifts.latest_first():
        worked.append((shift, closed))
        if oldest is not None and shift.opened_at <= oldest:
            break
    return Owners(worked, station.clerk)


def _names(items: Iterable[OpenItem], one: Case) -> bool:
    """Whether a signed list has this case: itself, or the bag, the money or a load of its batch."""
    return any(
        item.subject == one.key or (item.batch_id and item.batch_id == one.batch_id)
        for item in items
    )
