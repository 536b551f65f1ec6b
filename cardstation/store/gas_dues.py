"""Gas due to households as it was granted and withdrawn; what is left is derived from the loads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Row, Table, Text, select

from cardstation.domain.gas_due import GasDue
from cardstation.store.frozen import freeze, thaw
from cardstation.store.tables import metadata

gas_due = Table(
    "gas_due",
    metadata,
    Column("due_id", Text, primary_key=True),
    Column("withdrawn", Integer, primary_key=True),
    Column("account_no", Text, nullable=False),
    Column("frozen", Text, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False, unique=True),
    Index("ix_gas_due_account_no", "account_no"),
)

APPEND_ONLY: tuple[Table, ...] = (gas_due,)


class GasDues:
    """The dues of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, due: GasDue, *, seq: int, withdrawn: bool = False) -> None:
        """Store a grant, or its withdrawal."""
        row = {"due_id": due.due_id, "withdrawn": int(withdrawn), "account_no": due.account_no}
        self._connection.execute(gas_due.insert(), {**row, "frozen": freeze(due), "seq": seq})

    def get(self, due_id: str) -> GasDue | None:
        """One due as it was granted."""
        query = select(gas_due.c.frozen).where(gas_due.c.due_id == due_id)
        frozen = self._connection.execute(query.where(gas_due.c.withdrawn == 0)).scalar()
        return None if frozen is None else thaw(GasDue, frozen)

    def is_withdrawn(self, due_id: str) -> bool:
        """Whether two people took back what was left of it."""
        query = select(gas_due.c.seq).where(gas_due.c.due_id == due_id, gas_due.c.withdrawn == 1)
        return self._connection.execute(query).first() is not None

    def granted(self, account_no: str = "") -> tuple[GasDue, ...]:
        """Every due of an account, or of all, oldest first; withdrawn ones too."""
        query = select(gas_due.c.frozen).where(gas_due.c.withdrawn == 0).order_by(gas_due.c.seq)
        if account_no:
            query = query.where(gas_due.c.account_no == account_no)
        return tuple(thaw(GasDue, frozen) for frozen in self._connection.scalars(query))

    def every(self) -> tuple[tuple[int, bool, GasDue], ...]:
        """Each grant and withdrawal as it is filed, with the place of its fact in the journal."""
        rows = self._connection.execute(select(gas_due).order_by(gas_due.c.seq))
        return tuple((row.seq, bool(row.withdrawn), _filed(row)) for row in rows)


def _filed(row: Row[Any]) -> GasDue:
    due = thaw(GasDue, row.frozen)
    return replace(due, due_id=row.due_id, account_no=row.account_no)
