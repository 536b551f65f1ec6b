"""Notes that money is being paid out: on the disk before a clerk is told to hand it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    ScalarSelect,
    Table,
    Text,
    func,
    or_,
    select,
)

from cardstation.domain.money import NO_MONEY, Money
from cardstation.sql.types import Fen, Instant
from cardstation.store.charges import charge, paid_out
from cardstation.store.closings import NOTED, closing
from cardstation.store.lump_sums import given_back
from cardstation.store.tables import metadata

payout_begun = Table(
    "payout_begun",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("subject", Text, nullable=False, index=True),
    Column("batch_id", Text, nullable=False),
    Column("money", Fen, nullable=False),
    Column("clerk", Text, nullable=False),
    Column("approver", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("seq", Integer, nullable=False),
)

OF_BALANCE, OF_CHARGE = "balance ", "charge "
"""What the name of a note begins with: of a household's balance, of a charge that is taken back."""
APPEND_ONLY: tuple[Table, ...] = (payout_begun,)


@dataclass(frozen=True, slots=True)
class PayoutBegun:
    """From here on the money may be in the payer's hands.

    Attributes:
        subject: The top-up or return whose money it is, or the payment a remainder goes back of; of
            a closing, a balance and a charge the name of its note.
        batch_id: Of a remainder, else empty.
        approver: The second person, empty where nobody was asked yet.
        seq: The newest entry of the journal at that moment.
    """

    subject: str
    batch_id: str
    money: Money
    clerk: str
    approver: str
    at: datetime
    seq: int


class Payouts:
    """The notes of pay-outs, in one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, note: PayoutBegun) -> int:
        """Store a note; returns its number."""
        values = {one.name: getattr(note, one.name) for one in payout_begun.c if one.name != "no"}
        query = payout_begun.insert().values(values).returning(payout_begun.c.no)
        number: int = self._connection.execute(query).scalar_one()
        return number

    def begun_beside(self) -> tuple[PayoutBegun, ...]:
        """The last note of each closing, balance and charge whose money was never recorded."""
        named = (payout_begun.c.subject.startswith(one) for one in (NOTED, OF_BALANCE, OF_CHARGE))
        query = select(payout_begun).where(or_(*named))
        rows = self._connection.execute(query.order_by(payout_begun.c.no)).all()
        last = {row.subject: row for row in rows if row.no in self.unfinished(row.subject)}
        names = [one.name for one in payout_begun.c if one.name != "no"]
        return tuple(
            PayoutBegun(**{name: getattr(row, name) for name in names}) for row in last.values()
        )

    def unfinished(self, subject: str) -> Mapping[int, Money]:
        """What was begun of a subject since money of it last went back, by the notes' numbers.

        Money of a top-up, return or charge goes back once: ask only while it is owed. A note of no
        money says that nothing of what was begun before it went out.
        """
        none = select(func.coalesce(func.max(payout_begun.c.no), 0))
        none = none.where(payout_begun.c.subject == subject, payout_begun.c.money == NO_MONEY)
        query = select(payout_begun.c.no, payout_begun.c.money).where(
            payout_begun.c.subject == subject,
            payout_begun.c.no > none.scalar_subquery(),
            payout_begun.c.seq >= _last(given_back.c.seq, given_back.c.payment_id == subject),
            payout_begun.c.seq
            >= _last(paid_out.c.seq, paid_out.c.account_no == subject.removeprefix(OF_BALANCE)),
            payout_begun.c.seq
            >= _last(charge.c.seq, charge.c.corrects == subject.removeprefix(OF_CHARGE)),
            payout_begun.c.seq
            >= _last(closing.c.seq, closing.c.account_no == subject.removeprefix(NOTED)),
        )
        return {row.no: row.money for row in self._connection.execute(query)}


def _last(seq: ColumnElement[int], of_it: ColumnElement[bool]) -> ScalarSelect[int]:
    """The last entry with which money of a subject went out, 0 where none did."""
    return select(func.coalesce(func.max(seq), 0)).where(of_it).scalar_subquery()
