"""Answers stations: which feeds are theirs, the next changes, the snapshot and its pages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import Connection, Engine, Select, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from cardstation.central.engine import transaction
from cardstation.central.feeds.tables import (
    feed_deltas,
    feed_pages,
    feed_snapshots,
    feeds,
    station_districts,
    station_feeds,
)
from cardstation.domain.feed import POLICY, Delta, FeedHead, Snapshot, clerks_of
from cardstation.errors import LedgerRefused

MOST_BYTES = 500_000
"""In one answer of changes, unless the first alone is more."""
MOST_AT_ONCE = 100
_AT = re.compile(r"(\d{1,12}):(.{1,100})", re.ASCII)
_NO_MONEY = text("SET LOCAL synchronous_commit = local")
"""The next question says it anew: no standby is waited for."""


def heads_for(engine: Engine, station: str, at: Iterable[str]) -> tuple[FeedHead, ...]:
    """The feeds of a station, by name; what it says it has is kept for the console.

    Args:
        engine: Where.
        station: Who asks.
        at: `12:policy` of each feed it has. An older station names no feed of clerks, and takes
            any that it does not know for a district.
    """
    said, clerks = tuple(at), clerks_of(station)
    everybodys = [POLICY, *([clerks] if any(one.endswith(f":{clerks}") for one in said) else [])]
    with transaction(engine) as connection:
        connection.execute(_NO_MONEY)
        newest = (
            select(func.max(feed_snapshots.c.number))
            .where(feed_snapshots.c.feed == feeds.c.feed)
            .scalar_subquery()
        )
        rows = connection.execute(
            select(feeds.c.feed, feeds.c.number, feeds.c.hash, newest)
            .where(or_(feeds.c.feed.in_(everybodys), feeds.c.feed.in_(_districts(station))))
            .order_by(feeds.c.feed)
        )
        found = tuple(FeedHead(row[0], row[1], row[2].hex(), row[3]) for row in rows)
        _note(connection, station, said, {one.feed for one in found})
    return found


def deltas_after(engine: Engine, station: str, feed: str, after: int) -> tuple[Delta, ...]:
    """The changes that follow a number without a gap, as many as one answer holds.

    Raises:
        LedgerRefused: `feed_not_followed`.
    """
    with transaction(engine) as connection:
        _ensure_followed(connection, station, feed)
        rows = connection.execute(
            select(feed_deltas)
            .where(feed_deltas.c.feed == feed, feed_deltas.c.number > after)
            .order_by(feed_deltas.c.number)
            .limit(MOST_AT_ONCE)
        )
        found: list[Delta] = []
        size = 0
        for row in rows:
            size += len(row.body)
            if row.number != after + 1 or (found and size > MOST_BYTES):
                break
            after = row.number
            found.append(
                Delta(
                    *(feed, row.number, row.before.hex(), row.published),
                    body=row.body,
                    signature=row.signature,
                )
            )
    return tuple(found)


def newest_snapshot(engine: Engine, station: str, feed: str) -> Snapshot:
    """A feed's newest snapshot.

    Raises:
        LedgerRefused: `feed_not_followed`, `feed_unknown`.
    """
    with transaction(engine) as connection:
        _ensure_followed(connection, station, feed)
        row = connection.execute(
            select(feed_snapshots)
            .where(feed_snapshots.c.feed == feed)
            .order_by(feed_snapshots.c.number.desc())
            .limit(1)
        ).one_or_none()
    if row is None:
        raise LedgerRefused("feed_unknown", feed=feed)
    digests = row.pages.hex()
    return Snapshot(
        feed=feed,
        number=row.number,
        hash=row.hash.hex(),
        published=row.published,
        rows=row.rows,
        packed_bytes=row.packed_bytes,
        pages=tuple(digests[at : at + 64] for at in range(0, len(digests), 64)),
        signature=row.signature,
    )


def page_of(engine: Engine, station: str, feed: str, number: int, page: int) -> bytes:
    """One page of a snapshot.

    Raises:
        LedgerRefused: `feed_not_followed`, `feed_page_gone`.
    """
    with transaction(engine) as connection:
        _ensure_followed(connection, station, feed)
        body = connection.scalar(
            select(feed_pages.c.body).where(
                feed_pages.c.feed == feed,
                feed_pages.c.number == number,
                feed_pages.c.page == page,
            )
        )
    if body is None:
        raise LedgerRefused("feed_page_gone", feed=feed)
    return bytes(body)


def _districts(station: str) -> Select[tuple[str]]:
    return select(station_districts.c.feed).where(station_districts.c.station == station)


def _ensure_followed(connection: Connection, station: str, feed: str) -> None:
    """Names and addresses go to the stations of their district only."""
    if feed in (POLICY, clerks_of(station)):
        return
    given = station_districts.c.station == station, station_districts.c.feed == feed
    if connection.scalar(select(station_districts.c.feed).where(*given)) is None:
        raise LedgerRefused("feed_not_followed", feed=feed)


def _note(connection: Connection, station: str, at: Iterable[str], known: set[str]) -> None:
    said = (_AT.fullmatch(one) for one in at)
    for feed, number in {one[2]: int(one[1]) for one in said if one and one[2] in known}.items():
        made = insert(station_feeds).values(station=station, feed=feed, number=number)
        connection.execute(
            made.on_conflict_do_update(
                index_elements=["station", "feed"],
                set_={"number": number, "told_at": func.clock_timestamp()},
            )
        )
