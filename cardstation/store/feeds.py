"""What the station follows of the centre's feeds: how far it is, what it fetched, what waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    bindparam,
    exists,
    func,
    select,
)

from cardstation.domain.feed import Delta, Snapshot
from cardstation.domain.ledger import GENESIS
from cardstation.domain.money import NO_MONEY
from cardstation.sql.types import Instant
from cardstation.store.account_changes import account_change
from cardstation.store.arrears import arrears_paid
from cardstation.store.batches import batch_lines
from cardstation.store.households import households, in_parts
from cardstation.store.readings import meter_reading
from cardstation.store.tables import metadata, paid_order, topup

feed_step = Table(
    "feed_step",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("published", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("signature", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_feed_step_feed", "feed", "no"),
)

feed_draft = Table(
    "feed_draft",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("published", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("packed_bytes", Integer, nullable=False),
    Column("pages", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

feed_page = Table(
    "feed_page",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

feed_waiting = Table(
    "feed_waiting",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("account_no", Text, primary_key=True),
    Column("published", Integer, nullable=False),
    Column("row", Text, nullable=False),
)

feed_row = Table(
    "feed_row",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("row", Text, nullable=False),
)

APPEND_ONLY: tuple[Table, ...] = (feed_step,)

_LAST = (
    select(feed_step)
    .where(feed_step.c.feed == bindparam("feed"))
    .order_by(feed_step.c.no.desc())
    .limit(1)
)
_OURS = (topup, batch_lines, arrears_paid, paid_order, meter_reading, account_change)
"""Tables whose rows name households: what stands there must be found on file."""


@dataclass(frozen=True, slots=True)
class Followed:
    """How far the station is with a feed.

    Attributes:
        number: Of the last change applied, 0 = nothing yet. hash: Of it.
        published: When the centre published it, microseconds since 1970.
        kind: `delta` or `snapshot`; empty = nothing yet.
        at: When it was applied here.
    """

    feed: str
    number: int = 0
    hash: str = GENESIS
    published: int = 0
    kind: str = ""
    rows: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that waits until its household has nothing open here; `row` empty = it is gone."""

    feed: str
    account_no: str
    published: int
    row: str


class Feeds:
    """The feeds of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def followed(self, feed: str) -> Followed:
        """How far the station is with a feed."""
        row = self._connection.execute(_LAST, {"feed": feed}).first()
        return Followed(feed) if row is None else _followed(row)

    def every(self) -> tuple[Followed, ...]:
        """All feeds of which something was applied, by name."""
        last = select(func.max(feed_step.c.no)).group_by(feed_step.c.feed)
        query = select(feed_step).where(feed_step.c.no.in_(last)).order_by(feed_step.c.feed)
        return tuple(map(_followed, self._connection.execute(query)))

    def drafts(self) -> frozenset[str]:
        """Feeds of which a snapshot is being fetched."""
        return frozenset(self._connection.scalars(select(feed_draft.c.feed)))

    def applied(self, step: Delta | Snapshot, rows: int, at: datetime) -> None:
        """Note that a change, or a whole snapshot, was applied; in the same commit as its rows."""
        self._connection.execute(
            feed_step.insert(),
            {
                "feed": step.feed,
                "number": step.number,
                "hash": step.hash,
                "published": step.published,
                "kind": "snapshot" if isinstance(step, Snapshot) else "delta",
                "rows": rows,
                "signature": step.signature.hex(),
                "at": at,
            },
        )

    def draft(self, feed: str) -> Snapshot | None:
        """The snapshot that is being fetched."""
        query = select(feed_draft).where(feed_draft.c.feed == feed)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return Snapshot(
            feed=feed,
            number=row.number,
            hash=row.hash,
            published=row.published,
            rows=row.rows,
            packed_bytes=row.packed_bytes,
            pages=tuple(row.pages.split()),
            signature=row.signature,
        )

    def begin(self, snapshot: Snapshot) -> None:
        """Begin to fetch a snapshot; what was fetched of another one is dropped."""
        self.forget_draft(snapshot.feed)
        self._connection.execute(
            feed_draft.insert(),
            {
                "feed": snapshot.feed,
                "number": snapshot.number,
                "hash": snapshot.hash,
                "published": snapshot.published,
                "rows": snapshot.rows,
                "packed_bytes": snapshot.packed_bytes,
                "pages": " ".join(snapshot.pages),
                "signature": snapshot.signature,
            },
        )

    def keep_page(self, feed: str, page: int, body: bytes) -> None:
        """Keep one page of the snapshot that is being fetched."""
        self._connection.execute(feed_page.insert(), {"feed": feed, "page": page, "body": body})

    def pages_there(self, feed: str) -> frozenset[int]:
        """Which pages were fetched."""
        query = select(feed_page.c.page).where(feed_page.c.feed == feed)
        return frozenset(self._connection.scalars(query))

    def page(self, feed: str, page: int) -> bytes:
        """One page that was fetched, empty when it was not."""
        query = select(feed_page.c.body).where(feed_page.c.feed == feed, feed_page.c.page == page)
        return self._connection.scalar(query) or b""

    def forget_draft(self, feed: str) -> None:
        """Drop what was fetched."""
        for table in (feed_page, feed_draft):
            self._connection.execute(table.delete().where(table.c.feed == feed))

    def rows(self, feed: str) -> dict[str, str]:
        """A feed's rows as the centre says them, JSON by key; kept of small feeds only."""
        query = select(feed_row.c.key, feed_row.c.row).where(feed_row.c.feed == feed)
        return {row.key: row.row for row in self._connection.execute(query)}

    def keep_rows(self, feed: str, rows: Mapping[str, str]) -> None:
        """Put a feed's rows in the place of those kept before."""
        self._connection.execute(feed_row.delete().where(feed_row.c.feed == feed))
        values = [{"feed": feed, "key": key, "row": row} for key, row in rows.items()]
        if values:
            self._connection.execute(feed_row.insert(), values)

    def waiting(self, feed: str = "") -> tuple[Waiting, ...]:
        """Rows that wait, of one feed or of all."""
        query = select(feed_waiting).order_by(feed_waiting.c.feed, feed_waiting.c.account_no)
        if feed:
            query = query.where(feed_waiting.c.feed == feed)
        return tuple(Waiting(*row) for row in self._connection.execute(query))

    def wait(self, rows: Sequence[Waiting]) -> None:
        """Keep rows until later."""
        for one in rows:
            self._connection.execute(
                feed_waiting.insert(),
                {
                    "feed": one.feed,
                    "account_no": one.account_no,
                    "published": one.published,
                    "row": one.row,
                },
            )

    def wait_no_more(self, feed: str, account_nos: Sequence[str]) -> None:
        """Drop what waits of these households: there is newer word of them, or it is applied."""
        for part in in_parts(account_nos):
            named = feed_waiting.c.account_no.in_(part)
            self._connection.execute(
                feed_waiting.delete().where(feed_waiting.c.feed == feed, named)
            )

    def filed_between(self, district: str, after: str, to: str = "") -> Iterator[str]:
        """Accounts of a district's households after one number, up to another, in order."""
        query = select(households.c.account_no).where(
            households.c.team == district, households.c.account_no > after
        )
        if to:
            query = query.where(households.c.account_no <= to)
        yield from self._connection.scalars(query.order_by(households.c.account_no)).all()

    def is_known_here(self, account_no: str) -> bool:
        """Whether anything this station did, was told or keeps names a household."""
        named = [select(exists().where(table.c.account_no == account_no)) for table in _OURS]
        kept = exists().where(
            households.c.account_no == account_no, households.c.balance != NO_MONEY
        )
        return any(self._connection.scalar(query) for query in (*named, select(kept)))

    def leave(self, account_no: str) -> None:
        """A household left its district, and stays on file: this station did something for it."""
        row = households.c.account_no == account_no
        self._connection.execute(households.update().where(row).values(team=""))

    def remove(self, account_no: str) -> None:
        """Take a household off the file."""
        self._connection.execute(households.delete().where(households.c.account_no == account_no))


def _followed(row: Row[Any]) -> Followed:
    return Followed(
        feed=row.feed,
        number=row.number,
        hash=row.hash,
        published=row.published,
        kind=row.kind,
        rows=row.rows,
        at=row.at,
    )
