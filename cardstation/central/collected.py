"""What was collected of a household's arrears, as an entry says it."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.ledger import Entry

_DAY = len("2026-11-24")


@dataclass(frozen=True, slots=True)
class Collected:
    """Arrears that some desk collected from a household.

    Attributes:
        day: When, ISO 8601 in the desk's zone.
        fen: Less than nothing where a desk gave them back.
    """

    day: str
    entry_id: str
    fen: int


def collected_by(entry: Entry) -> Collected:
    """What an entry says was collected of a household's arrears."""
    fen = -entry.fen if entry.corrects else entry.fen
    return Collected(entry.at[:_DAY], entry.entry_id, fen)
