"""The latest wall time anything was recorded at: behind it, the clock has run back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from cardstation.domain.ledger import CLOCK, EntryKind
from cardstation.sql.asked import Asked, newest
from cardstation.store.journal import Journal
from cardstation.store.tables import journal as journal_table
from cardstation.store.tables import payment, payment_log, topup_log

_LATEST = Asked(
    select(
        select(topup_log.c.high_water_us).where(newest(topup_log.c.no)).scalar_subquery(),
        select(payment_log.c.at).where(newest(payment_log.c.no)).scalar_subquery(),
        select(func.max(journal_table.c.seq))
        .where(journal_table.c.subject == CLOCK, journal_table.c.kind == EntryKind.CLOCK.value)
        .scalar_subquery(),
    )
)
_LAST_FACTS = select(
    select(topup_log.c.seq)
    .where(topup_log.c.seq.is_not(None))
    .order_by(topup_log.c.no.desc())
    .limit(1)
    .scalar_subquery(),
    select(func.max(payment.c.seq)).scalar_subquery(),
)
"""The entry of the last move that has one, and of the last sum received."""


def high_water_us(connection: Connection, journal: Journal) -> int:
    """The mark, microseconds since 1970; 0 where nothing is on record.

    The mark of the last move carries those before it; facts of shifts and sums received may have
    come after it. Where two people ended a wrong clock, what was marked before that counts no
    more; a move without an entry counts from the next one on that has one.
    """
    moved_us, paid_at, ended_seq = _LATEST.first(connection)
    head, ended = journal.last(), journal.at(ended_seq) if ended_seq else None
    written = [one.written_at for one in (head, ended) if one]
    marks = [0, *(us(at) for at in written if at)]
    moved_seq, paid_seq = (0, 0) if ended is None else connection.execute(_LAST_FACTS).one()
    if moved_us is not None and (ended is None or (moved_seq or 0) > ended.seq):
        marks.append(moved_us)
    if paid_at is not None and (ended is None or (paid_seq or 0) > ended.seq):
        marks.append(us(paid_at))
    return max(marks)


def us(at: datetime) -> int:
    """A moment in microseconds since 1970."""
    return int(at.timestamp() * 1_000_000)
