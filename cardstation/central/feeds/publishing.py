"""Publishes rows: what changed becomes signed changes of each feed, in one transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from psycopg import Connection as Link
from sqlalchemy import Connection, func, insert, select, text, update

from cardstation.central.centre_key import CentreKey
from cardstation.central.feeds.making import Head, deltas_of
from cardstation.central.feeds.snapshots import make_snapshot, snapshot_due
from cardstation.central.feeds.tables import (
    feed_deltas,
    feed_rows,
    feeds,
    publications,
    station_feeds,
)
from cardstation.domain.feed import MOST_CHANGED, Row
from cardstation.errors import Refusal, fail

DEADLINE_S = 3_600.0
SHRINKS = 10
"""A feed loses no more than one row in so many unless somebody says that it may."""
FEW = 20
"""Rows that any feed may lose."""
JUMPS = 4
"""Where one row in so many changed, a snapshot says it in less than the changes would."""
FARTHEST = 100_000
"""No station is so many changes ahead of a centre that was restored."""

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('cardstation feeds', 0))")
_INCOMING = text(
    'CREATE TEMP TABLE incoming (key text COLLATE "C" NOT NULL, feed text NOT NULL,'
    " row text NOT NULL) ON COMMIT DROP"
)
_CHANGING = text(
    "CREATE TEMP TABLE changing ON COMMIT DROP AS"
    " SELECT i.key, i.feed, i.row, r.feed AS old FROM incoming i LEFT JOIN feed_rows r USING (key)"
    " WHERE r.key IS NULL OR r.row <> i.row OR r.feed <> i.feed"
    " UNION ALL SELECT r.key, NULL, NULL, r.feed FROM feed_rows r"
    " WHERE r.feed = ANY(:whole) AND NOT EXISTS (SELECT FROM incoming i WHERE i.key = r.key)"
)
_TAKEN = text(
    "SELECT key, old FROM changing WHERE split_part(feed, '/', 1) <> split_part(old, '/', 1)"
    " ORDER BY key LIMIT 1"
)
_TOUCHED = text(
    "SELECT feed FROM changing WHERE feed IS NOT NULL"
    " UNION SELECT old FROM changing WHERE old IS NOT NULL ORDER BY 1"
)
_LOST = text(
    "SELECT old, count(*), (SELECT count(*) FROM feed_rows r WHERE r.feed = old) FROM changing"
    " WHERE feed IS NULL GROUP BY old"
)
_PUT = text("SELECT row FROM changing WHERE feed = :feed ORDER BY key")
_GONE = text(
    "SELECT key FROM changing WHERE old = :feed AND feed IS DISTINCT FROM :feed ORDER BY key"
)
_KEEP = text(
    "INSERT INTO feed_rows (key, feed, row) SELECT key, feed, row FROM changing"
    " WHERE feed IS NOT NULL"
    " ON CONFLICT (key) DO UPDATE SET feed = EXCLUDED.feed, row = EXCLUDED.row"
)
_DROP = text("DELETE FROM feed_rows r USING changing c WHERE c.feed IS NULL AND r.key = c.key")


@dataclass(frozen=True, slots=True)
class Said:
    """What was published, and who stands for it.

    Attributes:
        approved_by: Another person, where two are needed; else empty.
        shrinks: Somebody says that many rows may be gone.
    """

    what: str
    published_by: str
    approved_by: str = ""
    shrinks: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """What became of one feed.

    Attributes:
        number: Of its last change now.
        put, gone: How many rows.
        packed_bytes: What a station that was up to date fetches.
        snapshot: It has a new one; `afresh` = in the place of changes.
    """

    feed: str
    number: int
    put: int
    gone: int
    packed_bytes: int
    snapshot: bool
    afresh: bool


def nobody_gone(_named: Collection[str]) -> Collection[str]:
    """These rows say nothing of others."""
    return ()


def publish(
    connection: Connection,
    key: CentreKey,
    rows: Iterable[tuple[str, Row]],
    said: Said,
    *,
    whole: Callable[[Collection[str]], Collection[str]] = nobody_gone,
    renew: Collection[str] = (),
) -> tuple[Published, ...]:
    """Say what the rows of feeds are; only what differs from what was said before is published.

    Args:
        connection: One transaction; others that publish wait for its end.
        key: Signs.
        rows: Each with its feed; no key twice.
        said: On whose word.
        whole: Says, once all rows were read, of which of their feeds these are all there are:
            others of those feeds are gone.
        renew: Feeds that get a new snapshot in the place of changes, whatever changed.

    Raises:
        Refusal: `feed_would_shrink`, `feed_key_taken`: it stands in a feed of another kind, which
            other people may stand for.
    """
    connection.execute(_LOCK)
    connection.execute(_INCOMING)
    named = _copy(connection, rows)
    connection.execute(text("ANALYZE incoming"))
    connection.execute(_CHANGING, {"whole": sorted(whole(named))})
    _refuse_taken(connection)
    if not said.shrinks:
        _refuse_shrinking(connection)
    touched = [*connection.scalars(_TOUCHED), *renew]
    if not touched:
        return ()
    published = _moment(connection)
    for feed in touched:
        _ensure_feed(connection, feed)
    changes = {feed: _changes(connection, feed) for feed in sorted(set(touched))}
    connection.execute(_KEEP)
    connection.execute(_DROP)
    done = tuple(
        _bring(connection, key, feed, change, published, afresh=feed in renew)
        for feed, change in changes.items()
    )
    connection.execute(
        insert(publications).values(
            published=published,
            what=said.what,
            published_by=said.published_by,
            approved_by=said.approved_by,
            put=sum(one.put for one in done),
            gone=sum(one.gone for one in done),
        )
    )
    return done


@dataclass(frozen=True, slots=True)
class _Change:
    """What changes in a feed; the rows themselves are read only where they travel."""

    put: int
    gone: int


def _copy(connection: Connection, rows: Iterable[tuple[str, Row]]) -> set[str]:
    """Bring rows to the database as fast as it takes them."""
    link = connection.connection.driver_connection
    if not isinstance(link, Link):
        fail("the ledger speaks psycopg")
    named: set[str] = set()
    with link.cursor().copy("COPY incoming (key, feed, row) FROM STDIN") as copy:
        for feed, row in rows:
            said = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
            copy.write_row((row[0], feed, said))
            named.add(feed)
    return named


def _refuse_taken(connection: Connection) -> None:
    taken = connection.execute(_TAKEN).first()
    if taken is not None:
        raise Refusal("feed_key_taken", key=taken.key, feed=taken.old)


def _refuse_shrinking(connection: Connection) -> None:
    for feed, lost, all_rows in connection.execute(_LOST):
        if lost > FEW and lost * SHRINKS > all_rows:
            raise Refusal("feed_would_shrink", feed=feed, lost=lost, all=all_rows)


def _moment(connection: Connection) -> int:
    """Microseconds since 1970, later than anything published before whatever the clock says."""
    last = connection.scalar(select(func.max(publications.c.published))) or 0
    return int(max(time.time_ns() // 1_000, last + 1))


def _ensure_feed(connection: Connection, feed: str) -> None:
    there = connection.scalar(select(feeds.c.feed).where(feeds.c.feed == feed).with_for_update())
    if there is None:
        first = Head(feed)
        connection.execute(
            insert(feeds).values(
                feed=feed, number=0, hash=bytes.fromhex(first.hash), published=0, decided=0
            )
        )


def _changes(connection: Connection, feed: str) -> _Change:
    counts = text(
        "SELECT count(*) FILTER (WHERE feed = :feed),"
        " count(*) FILTER (WHERE old = :feed AND feed IS DISTINCT FROM :feed) FROM changing"
    )
    return _Change(*connection.execute(counts, {"feed": feed}).one())


def _bring(
    connection: Connection,
    key: CentreKey,
    feed: str,
    change: _Change,
    published: int,
    *,
    afresh: bool,
) -> Published:
    """Make a feed's changes, or its snapshot where that is less or nobody could follow."""
    row = connection.execute(select(feeds).where(feeds.c.feed == feed)).one()
    head = Head(feed, row.number, row.hash.hex())
    count = select(func.count()).select_from(feed_rows).where(feed_rows.c.feed == feed)
    rows = connection.scalar(count) or 0
    ahead = connection.scalar(
        select(func.max(station_feeds.c.number)).where(
            station_feeds.c.feed == feed, station_feeds.c.number < head.number + FARTHEST
        )
    )
    number = max(head.number, ahead or 0) + 1
    many = change.put + change.gone > max(MOST_CHANGED, rows // JUMPS)
    if afresh or many or head.number == 0 or number > head.number + 1:
        head, size = make_snapshot(connection, key, head, published, number=number)
        keep_head(connection, head, published)
        return Published(feed, head.number, change.put, change.gone, size, True, True)
    head, size = _deltas(connection, key, head, published)
    keep_head(connection, head, published)
    due = snapshot_due(connection, feed)
    if due:
        make_snapshot(connection, key, head, published)
    return Published(feed, head.number, change.put, change.gone, size, due, False)


def _deltas(connection: Connection, key: CentreKey, head: Head, published: int) -> tuple[Head, int]:
    named = {"feed": head.feed}
    put = [tuple(json.loads(row)) for row in connection.scalars(_PUT, named)]
    gone = list(connection.scalars(_GONE, named))
    size = 0
    for delta in deltas_of(key, head, put, gone, published):
        connection.execute(
            insert(feed_deltas).values(
                feed=delta.feed,
                number=delta.number,
                before=bytes.fromhex(delta.before),
                published=delta.published,
                body=delta.body,
                signature=delta.signature,
            )
        )
        head, size = Head(head.feed, delta.number, delta.hash), size + len(delta.body)
    return head, size


def keep_head(connection: Connection, head: Head, published: int) -> None:
    """Where a feed ends now."""
    said = {"number": head.number, "hash": bytes.fromhex(head.hash), "published": published}
    connection.execute(update(feeds).where(feeds.c.feed == head.feed).values(**said))
