"""Cash counts against shifts: what a clerk counted, and what the entries of the shift say.

The centre adds up for itself: the float, and every posting of cash between opening and closing. A
desk whose own sum is another one is named; so is a shift nobody closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, insert, or_, select, text

from cardstation.central.reconcile.tables import cash_sums, day_seals
from cardstation.central.tables import journal, postings
from cardstation.domain.ledger import Entry

CASH = "tender:cash"
LONGEST = timedelta(hours=24)
# Literals, not parameters: the index of shifts is cut to these kinds.
_OPENED, _CLOSED = text("'shift_opened'"), text("'shift_closed'")


@dataclass(frozen=True, slots=True)
class CashCount:
    """A shift that was closed.

    Attributes:
        expected_fen: Float and cash of the shift, by the centre's own sum.
        said_fen: Over (+) or short (−), as the desk says.
    """

    entry_id: str
    station: str
    seq: int
    clerk: str
    handed_to: str
    counted_fen: int
    expected_fen: int
    said_fen: int
    posted_at: datetime

    @property
    def over_short_fen(self) -> int:
        """Over (+) or short (−), by the centre's own sum."""
        return self.counted_fen - self.expected_fen

    @property
    def agrees(self) -> bool:
        """The desk's own sum is the centre's."""
        return self.said_fen == self.over_short_fen


@dataclass(frozen=True, slots=True)
class OpenShift:
    """A shift that nobody has closed yet."""

    station: str
    seq: int
    clerk: str
    opened_at: datetime


def count_cash(connection: Connection) -> int:
    """Add up every closed shift that was not added up before; returns how many.

    What lies between opening and closing is a part of a chain: nothing comes in later.
    """
    rows = connection.execute(
        select(
            journal.c.entry_id, journal.c.station, journal.c.seq, journal.c.subject, journal.c.raw
        )
        .outerjoin(cash_sums, cash_sums.c.entry_id == journal.c.entry_id)
        .where(
            journal.c.kind == _CLOSED,
            cash_sums.c.entry_id.is_(None),
        )
    ).all()
    if rows:
        connection.execute(insert(cash_sums), [_summed(connection, row) for row in rows])
    return len(rows)


def _summed(connection: Connection, row: Any) -> dict[str, object]:
    opened = connection.execute(
        select(journal.c.seq, journal.c.fen)
        .where(
            journal.c.station == row.station,
            journal.c.kind == _OPENED,
            journal.c.subject == row.subject,
            journal.c.seq < row.seq,
        )
        .order_by(journal.c.seq.desc())
        .limit(1)
    ).one_or_none()
    since, floated = (0, 0) if opened is None else opened
    taken = connection.scalar(
        select(func.sum(postings.c.fen))
        .join(journal, journal.c.entry_id == postings.c.entry_id)
        .where(
            postings.c.account == CASH,
            journal.c.station == row.station,
            journal.c.seq > since,
            journal.c.seq < row.seq,
        )
    )
    said = Entry.from_bytes(bytes(row.raw)).balance_fen
    expected = floated + int(taken or 0)
    return {"entry_id": row.entry_id, "expected_fen": expected, "said_fen": said}


def cash_counts(connection: Connection, day: date) -> tuple[CashCount, ...]:
    """Shifts whose count is covered by the seals of a day, in the order they were posted."""
    covered = _counts().join(
        day_seals,
        (day_seals.c.station == journal.c.station)
        & journal.c.seq.between(day_seals.c.from_seq, day_seals.c.to_seq),
    )
    return tuple(_count(row) for row in connection.execute(covered.where(day_seals.c.day == day)))


def cash_differences(connection: Connection) -> tuple[CashCount, ...]:
    """Every count with something over or short, by the desk's sum or by the centre's."""
    expected = cash_sums.c.expected_fen
    differing = or_(cash_sums.c.said_fen != 0, journal.c.fen != expected)
    return tuple(_count(row) for row in connection.execute(_counts().where(differing)))


def _counts() -> Select[Any]:
    return (
        select(
            *(journal.c.entry_id, journal.c.station, journal.c.seq, journal.c.raw, journal.c.fen),
            *(cash_sums.c.expected_fen, cash_sums.c.said_fen, journal.c.posted_at),
        )
        .join(journal, journal.c.entry_id == cash_sums.c.entry_id)
        .order_by(journal.c.posted_at, journal.c.station, journal.c.seq)
    )


def _count(row: Any) -> CashCount:
    closed = Entry.from_bytes(bytes(row.raw))
    return CashCount(
        entry_id=row.entry_id,
        station=row.station,
        seq=row.seq,
        clerk=closed.clerk,
        handed_to=closed.approver,
        counted_fen=row.fen,
        expected_fen=row.expected_fen,
        said_fen=row.said_fen,
        posted_at=row.posted_at,
    )


def open_shifts(connection: Connection, now: datetime) -> tuple[OpenShift, ...]:
    """Shifts that were opened more than a day ago and not closed since."""
    closed = journal.alias()
    rows = connection.execute(
        select(journal.c.station, journal.c.seq, journal.c.raw, journal.c.posted_at)
        .outerjoin(
            closed,
            (closed.c.station == journal.c.station)
            & (closed.c.kind == _CLOSED)
            & (closed.c.subject == journal.c.subject),
        )
        .where(
            journal.c.kind == _OPENED,
            closed.c.entry_id.is_(None),
            journal.c.posted_at < now - LONGEST,
        )
        .order_by(journal.c.posted_at)
    )
    return tuple(
        OpenShift(row.station, row.seq, Entry.from_bytes(bytes(row.raw)).clerk, row.posted_at)
        for row in rows
    )
