"""Sums by day: the day a fact was made on at its desk, and the day it was posted here.

A sale of 23:50 that is sent next morning is revenue of yesterday that was posted today. Both days
are kept, so that either question is one sum over few rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, select

from cardstation.central.console.visit import ZONE
from cardstation.central.legs import per_class
from cardstation.central.tables import added_to, day_totals, journal, postings
from cardstation.domain.ledger import Posting

_YEARS = range(2000, 2200)
_AT_ONCE = 1_000
_KEYS = ("day", "posted_on", "station", "account_class")
ADDED = added_to(day_totals, *_KEYS)

Key = tuple[date, date, str, str]
"""Day of the desk, day of posting, station, class of account."""


def moment_said(at: str, posted_at: datetime) -> datetime:
    """When an entry was made by its station's clock, never after it was posted.

    Args:
        at: What the entry says.
        posted_at: When it came here.
    """
    try:
        said = datetime.fromisoformat(at)
    except ValueError:
        return posted_at
    if said.tzinfo is None or said.year not in _YEARS:
        return posted_at
    return min(said, posted_at)


def business_moment(raw: bytes, posted_at: datetime) -> datetime:
    """As `moment_said`, of an entry's exact bytes, which may be unreadable."""
    try:
        said = json.loads(raw)
        at = str(said["at"]) if isinstance(said, dict) else ""
    except (ValueError, KeyError):
        return posted_at
    return moment_said(at, posted_at)


def business_day(raw: bytes, posted_at: datetime) -> date:
    """The day of an entry by its station's clock, never after the one it was posted on."""
    return day_of(business_moment(raw, posted_at))


def day_of(moment: datetime) -> date:
    """The day of a moment at the utility."""
    return moment.astimezone(ZONE).date()


def summed(
    day: date, posted_on: date, station: str, legs: Iterable[Posting]
) -> Iterator[tuple[Key, int]]:
    """What legs of one day add to its sums."""
    for name, fen in per_class(legs).items():
        yield (day, posted_on, station, name), fen


def totals(parts: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    """Sums per key, in the order of keys."""
    found: dict[Key, int] = {}
    for key, fen in parts:
        found[key] = found.get(key, 0) + fen
    return dict(sorted(found.items()))


def add_to_days(connection: Connection, parts: Iterable[tuple[Key, int]]) -> None:
    """Add to the stored sums, making the rows that are missing."""
    sums = totals(parts)
    if sums:
        columns = dict(zip(_KEYS, map(list, zip(*sums, strict=True)), strict=True))
        connection.execute(ADDED, {**columns, "fen": list(sums.values())})


def revenue_of(connection: Connection, day: date) -> dict[str, int]:
    """Fen of the gas sold on a day at the desks, and how much of it was posted on a later one."""
    fen = func.sum(day_totals.c.fen)
    sold = connection.execute(
        select(fen, fen.filter(day_totals.c.posted_on > day)).where(
            day_totals.c.day == day, day_totals.c.account_class == "gas_sold"
        )
    ).one()
    return {"fen": -int(sold[0] or 0), "later_fen": -int(sold[1] or 0)}


def posted_by_day(connection: Connection) -> dict[Key, int]:
    """All sums of days, reckoned from the facts."""
    booked = (
        select(func.jsonb_object_agg(postings.c.account, postings.c.fen))
        .where(postings.c.entry_id == journal.c.entry_id)
        .scalar_subquery()
    )
    query = select(journal.c.station, journal.c.raw, journal.c.posted_at, booked.label("legs"))
    found: dict[Key, int] = {}
    with connection.execute(query.execution_options(yield_per=_AT_ONCE)) as rows:
        for row in rows:
            day = business_day(bytes(row.raw), row.posted_at)
            legs = [Posting(*one) for one in (row.legs or {}).items()]
            for key, fen in summed(day, day_of(row.posted_at), row.station, legs):
                found[key] = found.get(key, 0) + fen
    return found


def recount(connection: Connection) -> None:
    """Reckon all sums of days anew from the facts, as the owner of the tables."""
    connection.execute(delete(day_totals))
    add_to_days(connection, posted_by_day(connection).items())
