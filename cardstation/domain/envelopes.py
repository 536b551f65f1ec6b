"""Envelopes: when two numbers are the same one, and whose row the money in one is for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from cardstation.domain.batch import ManifestLine, Verdict
from cardstation.domain.preflight import RELEASED

_UNSEEN = re.compile("[\\s\u034f\u115f\u1160\u17b4\u17b5\u2800\ufe00-\ufe0f]")
"""White space, and what shows nothing though its category says letter or mark."""


@dataclass(frozen=True, slots=True)
class Exchanges:
    """Rows that were put in the stead of others, as the steps of a batch tell.

    Attributes:
        became: Place → place of the row that was put in its stead; it may have been lost since.
        approved: Places of rows that a second person agreed to as they were put there.
    """

    became: Mapping[int, int]
    approved: frozenset[int]

    def end_of(self, place: int, kept: Container[int]) -> int:
        """The last row that was put in a row's stead, whoever it means.

        Args:
            place: Of the row, from 1.
            kept: Places that money is in: they are never exchanged for another.
        """
        while place in self.became and place not in kept:
            place = self.became[place]
        return place


NOTHING_EXCHANGED = Exchanges({}, frozenset())


def envelope_key(written: str) -> str:
    """What two numbers of one envelope have in common, however they were typed or scanned.

    Width, case, white space and invisible characters make no other envelope; empty = no number.
    """
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", written))
    seen = "".join(sign for sign in plain if sign.isprintable())
    return unicodedata.normalize("NFKC", seen.casefold())


def laid_by(lines: Sequence[ManifestLine], place: int) -> str:
    """Account of the household that laid a sum in its envelope; empty for no row, or a lost one.

    Args:
        lines: Of the batch.
        place: Of the row as it was when the money came, from 1; 0 for a lump sum.
    """
    return lines[place - 1].account_no if 0 < place <= len(lines) else ""


def lets_pay(new: ManifestLine, *, approved: bool) -> bool:
    """Whether two people let an envelope pay for a row's household as the row was put there.

    Who released an unusual amount said nothing of whose money lies there.
    """
    return approved and RELEASED not in new.reasons


def stands_at(
    lines: Sequence[ManifestLine], place: int, kept: Container[int], exchanged: Exchanges
) -> int:
    """Where an envelope's money stands: with the household that laid it in, wherever its row is.

    With a row of another household only where two people put it there, and while it counts. A row
    that was lost, and that nobody can read, is taken for the same household's.

    Args:
        lines: Of the batch.
        place: Of the row as it was when the money came, from 1.
        kept: Places that money is in: they are never exchanged for another.
        exchanged: What was put in whose stead.
    """
    own = laid_by(lines, place)
    here = at = place
    while at in exchanged.became and at not in kept:
        at = exchanged.became[at]
        if at > len(lines) or _may_have(lines[at - 1], own, approved=at in exchanged.approved):
            here = at
    if not 0 < here <= len(lines) or here in kept or not lines[here - 1].withdrawn:
        return here
    now = [
        (line.verdict is Verdict.READY, at)
        for at, line in enumerate(lines, start=1)
        if not line.withdrawn and line.account_no == own
    ]
    return max(now, default=(False, place))[1]


def _may_have(line: ManifestLine, own: str, *, approved: bool) -> bool:
    return line.account_no == own or lets_pay(line, approved=approved)


def may_have_paid(
    lines: Sequence[ManifestLine], laid: int, place: int, exchanged: Exchanges
) -> bool:
    """Whether what lay in an envelope may have paid for a row, wherever it stands now.

    For a row of the household that laid it in, or one that two people put there for it.

    Args:
        lines: Of the batch.
        laid: Place of the row as it was when the money came, from 1.
        place: Of the row that was paid.
        exchanged: What was put in whose stead.
    """
    if laid_by(lines, laid) == laid_by(lines, place):
        return True
    while laid in exchanged.became and laid != place:
        laid = exchanged.became[laid]
    return laid == place and lets_pay(lines[place - 1], approved=place in exchanged.approved)
