"""Arrears that were paid out of a batch's money, each with the consent it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    Table,
    Text,
    select,
)

from cardstation.domain.arrears import Moved
from cardstation.domain.charge import ChargeKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.sql.types import Day, Fen, Instant
from cardstation.store.charges import charge
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

    def collected(self, account_no: str) -> tuple[Moved, ...]:
        """Everything collected here from one household."""
        return self.by_account(account_no).get(account_no, ())

    def by_account(self, account_no: str = "") -> dict[str, tuple[Moved, ...]]:
        """Everything collected here, by household: of batches, at the counter."""
        paid = select(
            *(arrears_paid.c.account_no, arrears_paid.c.seq),
            *(arrears_paid.c.at, arrears_paid.c.money),
        )
        charged = _charges(ChargeKind.ARREARS)
        if account_no:
            paid = paid.where(arrears_paid.c.account_no == account_no)
            charged = charged.where(charge.c.account_no == account_no)
        return self._by_account(paid, charged)

    def raised(self) -> dict[str, tuple[Moved, ...]]:
        """What was put off here to be paid as arrears, by household."""
        found = self._by_account(_charges(ChargeKind.OVER_USE))
        return {
            account_no: tuple(one._replace(money=-one.money) for one in some)
            for account_no, some in found.items()
        }

    def _by_account(self, *queries: Select[Any]) -> dict[str, tuple[Moved, ...]]:
        found: dict[str, tuple[Moved, ...]] = {}
        for query in queries:
            for account_no, seq, at, money in self._connection.execute(query):
                moved = Moved(seq, at.date(), money)
                found[account_no] = (*found.get(account_no, ()), moved)
        return found

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


def _charges(what: ChargeKind) -> Select[Any]:
    """Household, fact, moment and money of charges that moved arrears; paid is above nothing."""
    query = select(charge.c.account_no, charge.c.seq, charge.c.at, -charge.c.owed)
    return query.where(charge.c.what == what, charge.c.owed != NO_MONEY)
