"""The tables of the feeds; made and changed by `central/migrations`.

What was published, and every change and snapshot of it, is only ever added. `feed_rows` is what the
feeds say now; pages of snapshots nobody begins any more are taken away.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
    text,
)

from cardstation.central.tables import BOOKS

_NOW = text("clock_timestamp()")
_MOMENT = DateTime(timezone=True)


def _numbers(*names: str) -> tuple[Column[int], ...]:
    return tuple(Column(name, BigInteger, nullable=False) for name in names)


def _texts(*names: str) -> tuple[Column[str], ...]:
    return tuple(Column(name, Text, nullable=False) for name in names)


def _bytes(*names: str) -> tuple[Column[bytes], ...]:
    return tuple(Column(name, LargeBinary, nullable=False) for name in names)


publications = Table(
    "publications",
    BOOKS,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("published", BigInteger, nullable=False, unique=True),
    *_texts("what", "published_by", "approved_by"),
    *_numbers("put", "gone"),
    Column("at", _MOMENT, nullable=False, server_default=_NOW),
)

feeds = Table(
    "feeds",
    BOOKS,
    Column("feed", Text, primary_key=True),
    *_numbers("number"),
    *_bytes("hash"),
    *_numbers("published", "decided"),
)

feed_rows = Table(
    "feed_rows",
    BOOKS,
    Column("key", Text(collation="C"), primary_key=True),
    Column("feed", Text, ForeignKey("feeds.feed"), nullable=False),
    *_texts("row"),
    Index("feed_rows_feed_idx", "feed", "key"),
)

feed_deltas = Table(
    "feed_deltas",
    BOOKS,
    Column("feed", Text, ForeignKey("feeds.feed"), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    *_bytes("before"),
    *_numbers("published"),
    *_bytes("body", "signature"),
)

feed_snapshots = Table(
    "feed_snapshots",
    BOOKS,
    Column("feed", Text, ForeignKey("feeds.feed"), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    *_bytes("hash"),
    *_numbers("published", "rows", "packed_bytes"),
    *_bytes("pages", "signature"),
    Column("made_at", _MOMENT, nullable=False, server_default=_NOW),
)

feed_pages = Table(
    "feed_pages",
    BOOKS,
    Column("feed", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("page", BigInteger, primary_key=True),
    *_bytes("body"),
    ForeignKeyConstraint(["feed", "number"], ["feed_snapshots.feed", "feed_snapshots.number"]),
)

station_districts = Table(
    "station_districts",
    BOOKS,
    Column("station", Text, primary_key=True),
    Column("feed", Text, primary_key=True),
    *_texts("given_by"),
    Column("given_at", _MOMENT, nullable=False, server_default=_NOW),
)

station_feeds = Table(
    "station_feeds",
    BOOKS,
    Column("station", Text, ForeignKey("stations.station"), primary_key=True),
    Column("feed", Text, primary_key=True),
    *_numbers("number"),
    Column("told_at", _MOMENT, nullable=False, server_default=_NOW),
)
