"""Clerks, their roles, and the shifts they work: a float, a blind count, a list signed over."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from cardstation.domain.ledger import Entry, postings_of
from cardstation.domain.money import NO_MONEY, Money
from cardstation.errors import Refusal

NAME_CHARACTERS = 32
PIN_DIGITS = 6
PIN_DIGITS_MAX = 32
WRONG_IN_A_ROW = 5
LOCKED_S = 15 * 60
_CASH = "tender:cash"


class Role(StrEnum):
    """What a clerk may do: sell, be the second person, look at the books."""

    TELLER = "teller"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Clerk:
    """A person with an own PIN; `name` is the one on entries and papers."""

    name: str
    display: str
    roles: frozenset[Role]
    active: bool


class ClerkChange(StrEnum):
    """What happened to a clerk, as the journal tells it."""

    ADDED = "added"
    RETIRED = "retired"
    ROLES = "roles"
    PIN_RESET = "pin_reset"


@dataclass(frozen=True, slots=True)
class ClerkFact:
    """A clerk as in a journal entry: no secret is in it."""

    name: str
    display: str
    roles: tuple[Role, ...]
    active: bool

    @classmethod
    def of(cls, person: Clerk) -> ClerkFact:
        """The fact of a person, roles in order."""
        return cls(person.name, person.display, tuple(sorted(person.roles)), person.active)

    @property
    def person(self) -> Clerk:
        """The person again."""
        return Clerk(self.name, self.display, frozenset(self.roles), self.active)


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person proved who they are; `name` stands as approver with what they approved."""

    name: str


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One thing begun and not finished, as signed over from shift to shift.

    Attributes:
        subject: Id of the top-up or of the batch payment; of a batch's money or bag its own name.
        code: What is open, a code of the catalogue.
        account_no, card_no: Empty for a batch payment, and for a batch's money or bag.
    """

    subject: str
    code: str
    account_no: str
    card_no: str
    batch_id: str
    money: Money
    since: datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift as it was opened.

    Attributes:
        float_money: Change in the till at the beginning (备用金).
        taken_over: What was open then; the clerk signed for it.
        digest: Of that list.
        appeared, gone: Subjects that the list of the shift before did not have, or had and are
            settled: the difference between the two signatures, named.
    """

    shift_id: str
    clerk: str
    opened_at: datetime
    float_money: Money
    taken_over: tuple[OpenItem, ...]
    digest: str
    appeared: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShiftClose:
    """A shift as it was closed: counted first, compared afterwards.

    Attributes:
        expected: Float + cash taken − cash paid out. over_short: Counted − expected.
        open_items: What stayed open, signed over. digest: Of that list.
        handed_to: Who took it over, empty when nobody was there.
    """

    shift_id: str
    clerk: str
    counted: Money
    expected: Money
    over_short: Money
    closed_at: datetime
    open_items: tuple[OpenItem, ...]
    digest: str
    handed_to: str


def moved_between(before: ShiftClose | None, opened: Shift) -> Money:
    """What came into the till between a count and the float of the next shift; below nothing: went.

    To the safe, or for change: nobody's count says it, so it is shown.
    """
    return NO_MONEY if before is None else opened.float_money - before.counted


def digest_of(items: Iterable[OpenItem]) -> str:
    """SHA-256 of a list of what is open, hex; the same for the same items in any order."""
    rows = sorted(
        (one.subject, one.code, one.account_no, one.card_no, one.batch_id, one.money.fen)
        for one in items
    )
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def cash_of(entries: Iterable[Entry]) -> Money:
    """Cash taken less cash paid out, from the postings of some facts."""
    return Money(
        sum(one.fen for entry in entries for one in postings_of(entry) if one.account == _CASH)
    )


def ensure_good_pin(pin: str) -> None:
    """A PIN nobody guesses first: six digits or more, no short pattern repeated, no counting.

    Raises:
        Refusal: `pin_short`, `pin_simple`.
    """
    if not re.fullmatch(rf"[0-9]{{{PIN_DIGITS},{PIN_DIGITS_MAX}}}", pin):
        raise Refusal("pin_short", digits=PIN_DIGITS)
    repeated = any(pin == (pin[:n] * len(pin))[: len(pin)] for n in (1, 2, 3))
    if repeated or _counts(pin):
        raise Refusal("pin_simple")


def _counts(pin: str) -> bool:
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return steps in ({1}, {9})


def locked_for_s(wrong: int, *, wall_s: float, monotonic_s: float, same_boot: bool) -> int:
    """Seconds a PIN stays locked, 0 = it may be tried.

    Within one boot only the monotonic clock counts, which nobody can set. After a restart both
    the wall clock and the time since the restart must have reached the end of the lock.

    Args:
        wrong: Wrong tries in a row.
        wall_s: Wall time since the last of them.
        monotonic_s: Monotonic time since then, or since the restart.
        same_boot: Whether the last of them was made in this boot.
    """
    if wrong == 0 or wrong % WRONG_IN_A_ROW:
        return 0
    passed = monotonic_s if same_boot else min(wall_s, monotonic_s)
    return max(0, min(LOCKED_S, math.ceil(LOCKED_S - passed)))


def difference(before: Sequence[OpenItem], now: Sequence[OpenItem]) -> tuple[list[str], list[str]]:
    """Subjects that appeared on a list and that are gone from it; a changed one is both."""
    old, new = ({digest_of([one]): one.subject for one in items} for items in (before, now))
    return (
        sorted(subject for key, subject in new.items() if key not in old),
        sorted(subject for key, subject in old.items() if key not in new),
    )
