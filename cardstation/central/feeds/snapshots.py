"""Keeps snapshots: made when the changes since the last one weigh too much; old pages go."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import Connection, delete, func, insert, select

from cardstation.central.centre_key import CentreKey
from cardstation.central.feeds.making import Head, bodies_of, jump, pages_of, snapshot_of
from cardstation.central.feeds.tables import feed_deltas, feed_pages, feed_rows, feed_snapshots
from cardstation.domain.feed import MOST_ROWS, Row

KEPT = 2
"""Snapshots whose pages are kept: who is fetching the one before the last may end."""
HEAVY = 2
"""Changes that weigh one part in so many of the snapshot make a new one."""
_LIGHT = 20_000
"""Bytes nobody minds."""
_MANY = 100
"""Changes after which there is a new snapshot, however little they weigh."""


def make_snapshot(
    connection: Connection, key: CentreKey, head: Head, published: int, *, number: int = 0
) -> tuple[Head, int]:
    """Keep a snapshot after the last change, or in the place of every change up to `number`.

    Returns:
        Where the feed ends now, and the bytes of all pages.
    """
    bodies = list(bodies_of(_rows(connection, head.feed)))
    pages = pages_of(bodies)
    if number:
        head = jump(head, number, pages)
    made = snapshot_of(key, head, pages, published)
    connection.execute(
        insert(feed_snapshots).values(
            feed=made.feed,
            number=made.number,
            hash=bytes.fromhex(made.hash),
            published=made.published,
            rows=made.rows,
            packed_bytes=made.packed_bytes,
            pages=bytes.fromhex("".join(made.pages)),
            signature=made.signature,
        )
    )
    for page, (_, body) in enumerate(bodies):
        at = {"feed": made.feed, "number": made.number, "page": page}
        connection.execute(insert(feed_pages).values(**at, body=body))
    _forget_old(connection, head.feed)
    return head, pages.packed_bytes


def snapshot_due(connection: Connection, feed: str) -> bool:
    """Whether who begins now would fetch too much in changes after the last snapshot."""
    last = connection.execute(
        select(feed_snapshots.c.number, feed_snapshots.c.packed_bytes)
        .where(feed_snapshots.c.feed == feed)
        .order_by(feed_snapshots.c.number.desc())
        .limit(1)
    ).one()
    since = connection.execute(
        select(func.count(), func.coalesce(func.sum(func.length(feed_deltas.c.body)), 0)).where(
            feed_deltas.c.feed == feed, feed_deltas.c.number > last.number
        )
    ).one()
    heavy = since[1] > _LIGHT and since[1] * HEAVY > last.packed_bytes
    return bool(heavy or since[0] >= _MANY)


def _rows(connection: Connection, feed: str) -> Iterator[Row]:
    query = (
        select(feed_rows.c.row)
        .where(feed_rows.c.feed == feed)
        .order_by(feed_rows.c.key)
        .execution_options(yield_per=MOST_ROWS)
    )
    for row in connection.scalars(query):
        yield tuple(json.loads(row))


def _forget_old(connection: Connection, feed: str) -> None:
    kept = (
        select(feed_snapshots.c.number)
        .where(feed_snapshots.c.feed == feed)
        .order_by(feed_snapshots.c.number.desc())
        .limit(KEPT)
    )
    old = feed_pages.c.number.not_in(kept.scalar_subquery())
    connection.execute(delete(feed_pages).where(feed_pages.c.feed == feed, old))
