"""Accounts as they were closed, each with what was paid out."""

from __future__ import annotations

from sqlalchemy import Column, Connection, ForeignKey, Integer, Table, Text, select

from cardstation.domain.closing import Closing
from cardstation.store.frozen import freeze, thaw
from cardstation.store.tables import metadata

NOTED = "closing "

closing = Table(
    "closing",
    metadata,
    Column("change_id", Text, primary_key=True),
    Column("account_no", Text, nullable=False, index=True),
    Column("frozen", Text, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False, unique=True),
)

APPEND_ONLY: tuple[Table, ...] = (closing,)


def note_name(account_no: str) -> str:
    """Under which name money of a closing is noted before it is handed over."""
    return f"{NOTED}{account_no}"


class Closings:
    """Closed accounts, of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, made: Closing, *, seq: int) -> None:
        """Store a closing, with the place of its fact in the journal."""
        self._connection.execute(
            closing.insert(),
            {
                "change_id": made.change.change_id,
                "account_no": made.change.account_no,
                "frozen": freeze(made),
                "seq": seq,
            },
        )

    def every(self) -> tuple[tuple[int, Closing], ...]:
        """All of them with the place of their fact in the journal, oldest first."""
        rows = self._connection.execute(select(closing).order_by(closing.c.seq))
        return tuple((row.seq, thaw(Closing, row.frozen)) for row in rows)

    def last_of(self, account_no: str) -> tuple[int, Closing] | None:
        """How an account was closed last."""
        query = select(closing).where(closing.c.account_no == account_no)
        row = self._connection.execute(query.order_by(closing.c.seq.desc())).first()
        return None if row is None else (row.seq, thaw(Closing, row.frozen))
