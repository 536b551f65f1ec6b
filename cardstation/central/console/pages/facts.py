"""One entry of the journal for people: what its exact bytes say, and what the books made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from cardstation.central.centre_chain import CENTRE
from cardstation.central.tables import journal
from cardstation.domain.ledger import Entry

_YEARS = range(2000, 2200)


@dataclass(frozen=True, slots=True)
class Fact:
    """An entry.

    Attributes:
        kind: As in `words.ENTRIES`; `order` for what the centre itself booked.
        entry: What a station said; None of the centre's own and of what cannot be read.
        at: When it happened by the station's clock, None where nobody can tell.
    """

    entry_id: str
    station: str
    seq: int
    kind: str
    account_no: str
    card_no: str
    meter_no: str
    fen: int
    litres: int
    counter_before: int
    counter_after: int
    verdict: str
    suspense: str
    posted_at: datetime
    entry: Entry | None
    at: datetime | None


def query() -> Select[Any]:
    """Every entry; narrow it down."""
    return select(
        *(journal.c.entry_id, journal.c.station, journal.c.seq, journal.c.kind),
        *(journal.c.account_no, journal.c.card_no, journal.c.meter_no, journal.c.fen),
        *(journal.c.litres, journal.c.counter_before, journal.c.counter_after),
        *(journal.c.verdict, journal.c.suspense, journal.c.posted_at, journal.c.raw),
    )


def facts(rows: Iterable[Row[Any]]) -> tuple[Fact, ...]:
    """Rows of `query` as values."""
    return tuple(map(fact, rows))


def fact(row: Row[Any]) -> Fact:
    """A row of `query` as a value."""
    named = row._asdict()
    entry = _read(bytes(named.pop("raw")), row.station)
    named["kind"] = row.kind
    return Fact(**named, entry=entry, at=None if entry is None else _moment(entry.at))


def _read(raw: bytes, station: str) -> Entry | None:
    if station == CENTRE:
        return None
    try:
        return Entry.from_bytes(raw)
    except (ValueError, TypeError, KeyError):
        return None


def _moment(text: str) -> datetime | None:
    """A station's time; one without a zone, or none at all, is not guessed at."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo and found.year in _YEARS else None
