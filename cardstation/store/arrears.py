"""Arrears that were paid out of a batch's money, each with the consent it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, Row, Table, Text, select

from cardstation.domain.money import Money
from cardstation.sql.types import Day, Fen, Instant
from cardstation.store.tables import metadata

arrears_paid = Table(
    "arrears_paid",
    metadata,
    Column("arrears_id", Text, primary_key=True),
    Column("batch_id", Text, nullable=False),
    Column("payment_id", Text, ForeignKey("payment.payment_id"), nullable=False),
    Column("account_no", Text, nullable=False),
    Column("money", Fen, nullable=False),
    Column("consent", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("filed", Fen, nullable=False),
    Column("as_of", Day),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False, unique=True),
    Index("ix_arrears_paid_batch_id", "batch_id"),
)

APPEND_ONLY: tuple[Table, ...] = (arrears_paid,)


@dataclass(frozen=True, slots=True)
class ArrearsPaid:
    """What a household owed, paid out of one payment for its batch.

    Attributes:
        consent: How it was given, a code: `signed`, `message`, `spoken`.
        filed: The directory's figure that it was paid on.
        as_of: The day up to which that figure was counted, None = not given.
    """

    arrears_id: str
    batch_id: str
    payment_id: str
    account_no: str
    money: Money
    consent: str
    at: datetime
    filed: Money
    as_of: date | None


class Arrears:
    """Arrears paid, of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, paid: ArrearsPaid, *, seq: int) -> None:
        """Store that arrears were paid."""
        self._connection.execute(
            arrears_paid.insert(),
            {
                "arrears_id": paid.arrears_id,
                "batch_id": paid.batch_id,
                "payment_id": paid.payment_id,
                "account_no": paid.account_no,
                "money": paid.money,
                "consent": paid.consent,
                "at": paid.at,
                "filed": paid.filed,
                "as_of": paid.as_of,
                "seq": seq,
            },
        )

    def of_batch(self, batch_id: str) -> tuple[ArrearsPaid, ...]:
        """Everything paid out of a batch's money, oldest first."""
        query = select(arrears_paid).where(arrears_paid.c.batch_id == batch_id)
        return tuple(map(_paid, self._connection.execute(query.order_by(arrears_paid.c.seq))))

    def of_account(self, account_no: str) -> tuple[ArrearsPaid, ...]:
        """Everything collected here from one household, oldest first."""
        query = select(arrears_paid).where(arrears_paid.c.account_no == account_no)
        return tuple(map(_paid, self._connection.execute(query.order_by(arrears_paid.c.seq))))

    def by_account(self) -> dict[str, tuple[tuple[date, Money], ...]]:
        """Day and money of everything collected here, by household."""
        found: dict[str, list[ArrearsPaid]] = {}
        for _, one in self.every():
            found.setdefault(one.account_no, []).append(one)
        return {account_no: by_day(some) for account_no, some in found.items()}

    def every(self) -> tuple[tuple[int, ArrearsPaid], ...]:
        """All of it with the place of its fact in the journal."""
        rows = self._connection.execute(select(arrears_paid).order_by(arrears_paid.c.seq))
        return tuple((row.seq, _paid(row)) for row in rows)


def _paid(row: Row[Any]) -> ArrearsPaid:
    return ArrearsPaid(
        arrears_id=row.arrears_id,
        batch_id=row.batch_id,
        payment_id=row.payment_id,
        account_no=row.account_no,
        money=row.money,
        consent=row.consent,
        at=row.at,
        filed=row.filed,
        as_of=row.as_of,
    )


def by_day(collected: Iterable[ArrearsPaid]) -> tuple[tuple[date, Money], ...]:
    """Day and money of what was collected."""
    return tuple((one.at.date(), one.money) for one in collected)
