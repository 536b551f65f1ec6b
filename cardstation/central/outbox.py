"""Every fact in the order other systems may read it: nothing is skipped, nothing is told too early.

A row is written by the database itself, in the transaction of the postings. Numbers are given out
before a commit, so a slow one could come up behind a reader that goes by them. Rows therefore bear
the number of their transaction (`pg_current_xact_id`, never given out twice), they are read in
its order, and only below the oldest transaction that is still under way (PostgreSQL,
`pg_snapshot_xmin`: all below it have ended). Whatever appears later stands behind.

A cursor names the last row a reader has. Books that were put back to a backup give out the same
numbers again for other facts: there the row of the cursor is another one, and the reader is told.
Books that were written anew from a dump count their transactions from the beginning, below the
numbers in the rows: nobody reads on before their owner has numbered them again.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from cardstation.errors import Refusal

START = "0"
MOST = 1_000

_CURSOR = re.compile(r"(\d{1,18})\.(\d{1,18})\.([0-9a-f]{8})")
_PAGE = text(
    """
    SELECT txid, number, entry_id::text AS entry_id, station, seq, kind, subject, account_no, fen,
        litres, corrects, verdict, suspense, posted_at,
        (SELECT jsonb_object_agg(account, fen) FROM postings
         WHERE postings.entry_id = outbox.entry_id) AS legs
    FROM outbox
    WHERE (txid, number) > (:txid, :number)
        AND txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    ORDER BY txid, number LIMIT :most
    """
)
_FROM_DUMP = text(
    "SELECT max(txid) >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM outbox"
)
_AT = text("SELECT entry_id::text FROM outbox WHERE txid = :txid AND number = :number")
_LACKS = text(
    """
    SELECT count(*) FROM journal LEFT JOIN outbox USING (entry_id)
    WHERE outbox.entry_id IS NULL
        AND journal.posted_at >= (SELECT coalesce(min(posted_at), '-infinity') FROM outbox)
    """
)
_ADDED = text(
    """
    SELECT count(*) FROM outbox LEFT JOIN journal USING (entry_id)
    WHERE journal.entry_id IS NULL OR (outbox.station, outbox.seq, outbox.kind, outbox.fen)
        IS DISTINCT FROM (journal.station, journal.seq, journal.kind, journal.fen)
    """
)
_TWICE = text("SELECT count(*) - count(DISTINCT entry_id) FROM outbox")


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One fact for other systems; `entry_id` is the same whenever it is told again.

    Attributes:
        legs: Fen by account, empty for what moves no money.
    """

    entry_id: str
    station: str
    seq: int
    kind: str
    subject: str
    account_no: str
    fen: int
    litres: int
    corrects: str
    verdict: str
    suspense: str
    posted_at: datetime
    legs: dict[str, int]


@dataclass(frozen=True, slots=True)
class OutboxPage:
    """What follows a cursor.

    Attributes:
        next: The cursor to go on with; the same one when nothing followed.
        more: There may be more at once.
    """

    rows: tuple[OutboxRow, ...]
    next: str
    more: bool

    def told(self) -> dict[str, Any]:
        """The page as JSON."""
        rows = [asdict(one) | {"posted_at": one.posted_at.isoformat()} for one in self.rows]
        return {"rows": rows, "next": self.next, "more": self.more}


def read_outbox(connection: Connection, after: str = START, *, most: int = MOST) -> OutboxPage:
    """The facts that follow a cursor, oldest transaction first.

    Args:
        connection: The books.
        after: `START`, or `next` of the page before.
        most: Rows of one page.

    Raises:
        Refusal: `outbox_cursor_bad`; `outbox_from_dump`: the rows have numbers of transactions that
            this cluster has not reached; `outbox_other_books`: these books do not hold the row this
            reader had last. They were put back to a backup: begin at `START` again, and pass over
            every `entry_id` that is known.
    """
    if connection.scalar(_FROM_DUMP):
        raise Refusal("outbox_from_dump")
    txid, number = _ensure_here(connection, after)
    found = connection.execute(_PAGE, {"txid": txid, "number": number, "most": most}).all()
    rows = tuple(map(_row, found))
    if not found:
        return OutboxPage((), after, more=False)
    last = found[-1]
    cursor = f"{last.txid}.{last.number}.{last.entry_id[:8]}"
    return OutboxPage(rows, cursor, more=len(found) == most)


def outbox_disagreements(connection: Connection) -> tuple[str, ...]:
    """What of the journal the outbox lacks, has otherwise, or has twice; empty when it is whole.

    Facts older than its first row are left out: an owner may have cleared them away. A batch has
    one time, so it is there whole or not at all.
    """
    asked = {
        "facts that are not in the outbox": _LACKS,
        "rows that are no facts of the journal": _ADDED,
        "rows that stand there twice": _TWICE,
    }
    counted = {what: int(connection.scalar(query) or 0) for what, query in asked.items()}
    return tuple(f"{many} {what}" for what, many in counted.items() if many)


def _ensure_here(connection: Connection, after: str) -> tuple[int, int]:
    if after == START:
        return 0, 0
    named = _CURSOR.fullmatch(after)
    if named is None:
        raise Refusal("outbox_cursor_bad", cursor=after[:60])
    txid, number = int(named[1]), int(named[2])
    found = connection.scalar(_AT, {"txid": txid, "number": number})
    if found is None or str(found)[:8] != named[3]:
        raise Refusal("outbox_other_books", cursor=after[:60])
    return txid, number


def _row(row: Row[Any]) -> OutboxRow:
    said = row._asdict()
    del said["txid"], said["number"]
    return OutboxRow(**{**said, "legs": said["legs"] or {}})
