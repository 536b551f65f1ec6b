"""What this desk changed in accounts, and which of it a directory has settled since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    select,
)

from cardstation.domain.account_change import FACTS, AccountChange, AccountEvent, Heard, Verdict
from cardstation.sql.types import Instant, Word
from cardstation.store.frozen import freeze, thaw
from cardstation.store.tables import metadata

account_change = Table(
    "account_change",
    metadata,
    Column("change_id", Text, primary_key=True),
    Column("account_no", Text, nullable=False, index=True),
    Column("what", Word(AccountEvent), nullable=False),
    Column("frozen", Text, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False, unique=True),
)

account_heard = Table(
    "account_heard",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("change_id", Text, ForeignKey("account_change.change_id"), nullable=False),
    Column("fact", Text, nullable=False),
    Column("account_no", Text, nullable=False, index=True),
    Column("verdict", Word(Verdict), nullable=False),
    Column("ours", Text, nullable=False),
    Column("filed", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("change_id", "fact"),
)

APPEND_ONLY: tuple[Table, ...] = (account_change, account_heard)
_HEARD = ("change_id", "account_no", "fact", "verdict", "ours", "filed")


class AccountChanges:
    """Changes of accounts, of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, change: AccountChange, *, seq: int) -> None:
        """Store a change, with the place of its fact in the journal."""
        self._connection.execute(
            account_change.insert(),
            {
                "change_id": change.change_id,
                "account_no": change.account_no,
                "what": change.what,
                "frozen": freeze(change),
                "seq": seq,
            },
        )

    def settle(self, heard: Iterable[Heard], at: datetime) -> None:
        """Keep what a directory said; from there on the next one simply holds."""
        for one in heard:
            values = {name: getattr(one, name) for name in _HEARD}
            self._connection.execute(account_heard.insert(), {**values, "at": at})

    def of_account(self, account_no: str, *, after: int = 0) -> tuple[AccountChange, ...]:
        """What was changed here in an account after an entry of the journal, oldest first."""
        query = select(account_change).where(account_change.c.account_no == account_no)
        query = query.where(account_change.c.seq > after)
        return tuple(map(_change, self._connection.execute(query.order_by(account_change.c.seq))))

    def every(self) -> tuple[tuple[int, AccountChange], ...]:
        """All changes with the place of their fact in the journal."""
        rows = self._connection.execute(select(account_change).order_by(account_change.c.seq))
        return tuple((row.seq, _change(row)) for row in rows)

    def heard(self, account_no: str = "") -> tuple[Heard, ...]:
        """What directories said of changes, of one account or of all, oldest first."""
        query = select(account_heard).order_by(account_heard.c.no)
        if account_no:
            query = query.where(account_heard.c.account_no == account_no)
        rows = self._connection.execute(query)
        return tuple(Heard(**{name: getattr(row, name) for name in _HEARD}) for row in rows)

    def open_by_account(self) -> dict[str, tuple[AccountChange, ...]]:
        """By account, oldest first: the changes with the facts that no directory has settled."""
        settled: dict[str, list[str]] = {}
        for one in self.heard():
            settled.setdefault(one.change_id, []).append(one.fact)
        found: dict[str, tuple[AccountChange, ...]] = {}
        for _, change in self.every():
            left = change.without(settled.get(change.change_id, ()))
            if any(map(left.touches, FACTS)):
                found[change.account_no] = (*found.get(change.account_no, ()), left)
        return found


def _change(row: Row[Any]) -> AccountChange:
    return thaw(AccountChange, row.frozen)
