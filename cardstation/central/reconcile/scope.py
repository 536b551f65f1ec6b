"""How far back a night proves the chains: all of small books, of large ones by turns.

What came since a seal of some days ago is proved entry by entry every night. Beside it some chains
are proved from their first entry, those first whose turn is the longest ago, so that each of them
is within `NIGHTS` nights. All sums of the books are compared every night.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, and_, func, select
from sqlalchemy.dialects.postgresql import insert

from cardstation.central.console.visit import ZONE, begins
from cardstation.central.days import day_of
from cardstation.central.proving import Start
from cardstation.central.reconcile.tables import day_seals, whole_proofs
from cardstation.central.tables import journal, stations

A_NIGHT = 3_000_000
"""Entries that are proved once more in a night at least: three minutes to ten."""
NIGHTS = 30


@dataclass(frozen=True, slots=True)
class Scope:
    """What a night proves.

    Attributes:
        starts: Where the chains of some stations begin. whole: All other stations.
        entries: How many entries that is.
    """

    starts: Mapping[str, Start]
    whole: tuple[str, ...]
    entries: int


def scope_of(connection: Connection, now: datetime) -> Scope:
    """What is due in a night that begins now."""
    whole_at = whole_proofs.c.proved_at
    chains = connection.execute(
        select(stations.c.station, stations.c.last_seq)
        .outerjoin(whole_proofs, whole_proofs.c.station == stations.c.station)
        .order_by(whole_at.asc().nulls_first(), stations.c.station)
    ).all()
    # Yesterday's sums are whole only where all that was posted then is looked at.
    covered = _covered(connection, begins(now.astimezone(ZONE).date() - timedelta(days=1)))
    held = sum(row.last_seq for row in chains)
    room = max(A_NIGHT, held // NIGHTS)
    starts = dict(covered)
    for station, last_seq in chains:
        # The last that comes in may be longer than the room: so thirty nights are enough for all.
        if station in starts and room > 0:
            room -= last_seq
            del starts[station]
    whole = tuple(row.station for row in chains if row.station not in starts)
    return Scope(starts, whole, held - sum(start.seq for start in starts.values()))


def _covered(connection: Connection, before: datetime) -> dict[str, Start]:
    """The end of the last seal of each station that was made before a moment."""
    newest = (
        select(day_seals.c.station, func.max(day_seals.c.day).label("day"))
        .where(day_seals.c.sealed_at < before)
        .group_by(day_seals.c.station)
        .subquery()
    )
    seal = day_seals.c
    rows = connection.execute(
        select(*(seal.station, seal.sealed_at, journal.c.seq, journal.c.hash, journal.c.epoch))
        .join(newest, and_(newest.c.station == seal.station, newest.c.day == seal.day))
        .join(journal, and_(journal.c.station == seal.station, journal.c.seq == seal.to_seq))
    )
    return {
        row.station: Start(row.seq, row.hash.hex(), row.epoch, day_of(row.sealed_at))
        for row in rows
    }


def keep_whole(connection: Connection, names: Iterable[str]) -> None:
    """Note that chains were proved from their first entry, and agreed."""
    rows = [{"station": name} for name in names]
    made = insert(whole_proofs)
    connection.execute(
        made.on_conflict_do_update(
            index_elements=["station"], set_={"proved_at": func.clock_timestamp()}
        ),
        rows,
    )


def whole_since(connection: Connection) -> date | None:
    """The day since which every chain was proved from its first entry; None = not every one was."""
    missing, oldest = connection.execute(
        select(
            func.count().filter(whole_proofs.c.station.is_(None)),
            func.min(whole_proofs.c.proved_at),
        )
        .select_from(stations)
        .outerjoin(whole_proofs, whole_proofs.c.station == stations.c.station)
    ).one()
    return None if missing or oldest is None else day_of(oldest)
