"""What the shift screen shows: who is on duty, a blind count being typed, or how it came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.shift import ShiftClose
from cardstation.errors import Refusal
from cardstation.services.intent.opened import OpenIntent
from cardstation.services.shift_state import ShiftState
from ui.messages import Problem
from ui.screens.counter.state import Unit, wish_of

NOTES_YUAN = (100, 50, 20, 10, 5, 1)
"""What lies in a till, largest first; coins are typed as one sum."""
_MOST_NOTES = 100_000


class Phase(StrEnum):
    """Where the shift stands.

    COUNTING: the till is being counted, nothing is committed. COUNTED: a count is committed and
    the shift still open (cut between the two). CLOSED: the result is shown.
    """

    LOOKING = "looking"
    NO_CLERKS = "no_clerks"
    OFF = "off"
    ON = "on"
    COUNTING = "counting"
    COUNTED = "counted"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Count:
    """What was typed of the till.

    Attributes:
        notes: Number of each of `NOTES_YUAN`, as typed. coins: All coins together in yuan.
        total: The sum, where it is typed instead. by_total: Which of the two holds.
    """

    notes: tuple[str, ...] = ("",) * len(NOTES_YUAN)
    coins: str = ""
    total: str = ""
    by_total: bool = False

    @property
    def begun(self) -> bool:
        """Something was typed: an untouched form is no count of nothing."""
        typed = (self.total,) if self.by_total else (*self.notes, self.coins)
        return any(text.strip() for text in typed)

    @property
    def sum(self) -> Money | None:
        """All of it; None while something typed is no number."""
        if self.by_total:
            return yuan_of(self.total)
        parts = [note_sum(yuan, text) for yuan, text in zip(NOTES_YUAN, self.notes, strict=True)]
        return _sum((*parts, yuan_of(self.coins)))


def note_sum(yuan: int, text: str) -> Money | None:
    """So many notes of a value; nothing typed is none of them."""
    plain = _plain(text)
    if not plain:
        return NO_MONEY
    if not plain.isdecimal() or int(plain) > _MOST_NOTES:
        return None
    return Money(yuan * 100 * int(plain))


def yuan_of(text: str) -> Money | None:
    """A sum in yuan; nothing typed is nothing."""
    if not text.strip():
        return NO_MONEY
    try:
        return wish_of(text, Unit.MONEY)[0]
    except Refusal:
        return None


def _plain(text: str) -> str:
    return text.strip().translate(str.maketrans("０１２３４５６７８９", "0123456789"))


def _sum(parts: Sequence[Money | None]) -> Money | None:
    known = [one for one in parts if one is not None]
    return sum(known, NO_MONEY) if len(known) == len(parts) else None


@dataclass(frozen=True, slots=True)
class State:
    """The shift.

    Attributes:
        waiting: What is open, with owner and age.
        closed: How the last close came out, while it is shown.
        problem: Why the last try did not go through.
        busy: A PIN is being checked.
    """

    phase: Phase = Phase.LOOKING
    found: ShiftState | None = None
    waiting: tuple[OpenIntent, ...] = ()
    count: Count = Count()
    closed: ShiftClose | None = None
    problem: Problem | None = None
    busy: bool = False

    @property
    def may_sign(self) -> bool:
        """True when a count, or one that stands already, can be signed."""
        if self.phase is Phase.COUNTED:
            return not self.busy
        counted = self.count.begun and self.count.sum is not None
        return self.phase is Phase.COUNTING and counted and not self.busy
