"""What a batch's steps say of its list: taken in, filed, revised, decided, counted by a second.

Places, counts, totals and digests only: a step goes to the central ledger and stays there.
"""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.money import Money


@dataclass(frozen=True, slots=True)
class Listed:
    """A list was taken in.

    Attributes:
        rows: How many it has.
        typed: It was typed in by hand, so a second person counts it.
        team, zone: Whose round it is and where: the utility's own, for the board of the centre.
        order: SHA-256 of its content row by row, as they stood: what places mean; empty in
            entries of older versions.
    """

    rows: int
    typed: bool
    team: str = ""
    zone: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """Somebody said whose bag it is; community and manager are told by a digest beside it.

    Attributes:
        changed: Names of the fields that say something else than before.
        team, zone: As they are now, for the board of the centre.
    """

    changed: tuple[str, ...]
    team: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Enveloped:
    """The card of a line belongs in an envelope from now on, or in none."""

    place: int
    taken_out: bool


@dataclass(frozen=True, slots=True)
class Reenveloped:
    """Two people said so of a row that had a number, and why, in words without names."""

    place: int
    taken_out: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ScanRule:
    """From now on every card's envelope is scanned before it is loaded, or need not be."""

    must: bool


@dataclass(frozen=True, slots=True)
class ScansLifted:
    """A supervisor said that envelopes need not be scanned, and why, in words without names."""

    must: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Revised:
    """A second list of the same batch was taken in.

    Attributes:
        revision: Of its new lines. digest: SHA-256 of its content.
        kept: Lines it contradicts that stay, because money or a card is in them.
    """

    revision: int
    digest: str
    typed: bool
    unchanged: int
    new: int
    changed: int
    gone: int
    kept: int


@dataclass(frozen=True, slots=True)
class Decided:
    """A person decided about one line.

    Attributes:
        place: Of the line that counts no more, 0 when there was none.
        became: Place of the line that counts instead, 0 when none does.
        why: The reason code of the withdrawn line.
    """

    place: int
    became: int
    why: str


@dataclass(frozen=True, slots=True)
class Counted:
    """Another person keyed the typed rows of a list again, and they agreed.

    Attributes:
        count, total: Of the typed rows that money can be taken for.
        through: The last place that was on the list then; lines behind it are not counted.
    """

    count: int
    total: Money
    through: int
