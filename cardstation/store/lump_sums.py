"""What became of lump sums: acknowledgements, lines that gave their money free, money back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
)

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Acknowledgement
from cardstation.errors import ensure
from cardstation.sql.asked import Asked
from cardstation.sql.types import Fen, Instant, Word
from cardstation.store.frozen import freeze, thaw
from cardstation.store.tables import metadata, payment

acknowledgement = Table(
    "acknowledgement",
    metadata,
    Column("ack_no", Text, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("payment_id", Text, ForeignKey("payment.payment_id"), nullable=False, unique=True),
    Column("frozen", Text, nullable=False),
    UniqueConstraint("year", "number"),
)

acknowledgement_paper = Table(
    "acknowledgement_paper",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("ack_no", Text, ForeignKey("acknowledgement.ack_no"), nullable=False, index=True),
    Column("clerk", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

released_line = Table(
    "released_line",
    metadata,
    Column("batch_id", Text, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("money", Fen, nullable=False),
    Column("at", Instant, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False, unique=True),
)

given_back = Table(
    "given_back",
    metadata,
    Column("back_id", Text, primary_key=True),
    Column("batch_id", Text, nullable=False),
    Column("payment_id", Text, ForeignKey("payment.payment_id"), nullable=False),
    Column("tender", Word(Tender), nullable=False),
    Column("money", Fen, nullable=False),
    Column("approver", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False, unique=True),
    Index("ix_given_back_batch_id", "batch_id"),
)

APPEND_ONLY: tuple[Table, ...] = (
    acknowledgement,
    acknowledgement_paper,
    released_line,
    given_back,
)


_SUM = "(SELECT coalesce(sum(money), 0) FROM {} WHERE batch_id = :batch_id)"
_STANDING = Asked(
    text(
        "SELECT EXISTS(SELECT 1 FROM released_line WHERE batch_id = :batch_id AND line = :line),"  # noqa: S608
        f" {_SUM.format('payment')} + {_SUM.format('released_line')}"
        f" - {_SUM.format('funded_line')} - {_SUM.format('given_back')}"
        f" - {_SUM.format('arrears_paid')}"
    ).columns(Column("released", Integer), Column("free", Fen))
)


@dataclass(frozen=True, slots=True)
class ReleasedLine:
    """A funded line that will not be loaded: its money is free again.

    Attributes:
        line: 1-based place in the batch.
        reason: A code: `absent`, `destroyed`, … or `refunded` for a load that was given back.
        money: What it gave free; a balance that its household keeps is not part of it.
    """

    batch_id: str
    line: int
    reason: str
    money: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Money of one payment that went back to its payer, by the tender it came with."""

    back_id: str
    batch_id: str
    payment_id: str
    tender: Tender
    money: Money
    approver: str
    at: datetime


class LumpSums:
    """What became of the money of batches, in one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_number(self, year: int) -> int:
        """The next acknowledgement's number of a year, from 1: taken in the commit that uses it."""
        query = select(func.max(acknowledgement.c.number)).where(acknowledgement.c.year == year)
        return (self._connection.execute(query).scalar() or 0) + 1

    def acknowledge(self, made: Acknowledgement, *, year: int, number: int) -> None:
        """Store the frozen copy of an acknowledgement."""
        ensure(made.ack_no.endswith(f"-A{number:06d}"), "an acknowledgement shows its number")
        self._connection.execute(
            acknowledgement.insert(),
            {
                "ack_no": made.ack_no,
                "year": year,
                "number": number,
                "payment_id": made.payment_id,
                "frozen": freeze(made),
            },
        )

    def acknowledgement(self, ack_no: str) -> Acknowledgement | None:
        """One by its number."""
        query = select(acknowledgement.c.frozen).where(acknowledgement.c.ack_no == ack_no)
        found = self._connection.scalars(query).first()
        return None if found is None else thaw(Acknowledgement, found)

    def acknowledgements(self) -> dict[str, Acknowledgement]:
        """All in number order, by the id of their payment."""
        query = select(acknowledgement).order_by(acknowledgement.c.year, acknowledgement.c.number)
        rows = self._connection.execute(query)
        return {row.payment_id: thaw(Acknowledgement, row.frozen) for row in rows}

    def of_batch(self, batch_id: str) -> dict[str, Acknowledgement]:
        """Those of a batch, by the id of their payment."""
        query = (
            select(acknowledgement)
            .join(payment, payment.c.payment_id == acknowledgement.c.payment_id)
            .where(payment.c.batch_id == batch_id)
        )
        rows = self._connection.execute(query)
        return {row.payment_id: thaw(Acknowledgement, row.frozen) for row in rows}

    def numbers(self) -> Iterator[tuple[int, int, str]]:
        """Year, number and shown number of every acknowledgement."""
        for row in self._connection.execute(select(acknowledgement)):
            yield row.year, row.number, row.ack_no

    def note_paper(self, ack_no: str, *, clerk: str, at: datetime) -> int:
        """Log that a paper was made; returns how many there are now, 1 = the original."""
        table = acknowledgement_paper
        self._connection.execute(table.insert(), {"ack_no": ack_no, "clerk": clerk, "at": at})
        query = select(func.count()).select_from(table).where(table.c.ack_no == ack_no)
        return self._connection.execute(query).scalar_one()

    def release(self, released: ReleasedLine, *, seq: int) -> None:
        """Store that a line gave its money free."""
        self._connection.execute(
            released_line.insert(),
            {
                "batch_id": released.batch_id,
                "line": released.line,
                "reason": released.reason,
                "money": released.money,
                "at": released.at,
                "seq": seq,
            },
        )

    def released(self, batch_id: str) -> dict[int, ReleasedLine]:
        """Lines of a batch that gave their money free, by their place."""
        query = select(released_line).where(released_line.c.batch_id == batch_id)
        return {row.line: _released(row) for row in self._connection.execute(query)}

    def every_released(self) -> tuple[tuple[int, ReleasedLine], ...]:
        """All of them with the place of their fact in the journal."""
        rows = self._connection.execute(select(released_line).order_by(released_line.c.seq))
        return tuple((row.seq, _released(row)) for row in rows)

    def give_back(self, back: GivenBack, *, seq: int) -> None:
        """Store that money went back to its payer."""
        self._connection.execute(
            given_back.insert(),
            {
                "back_id": back.back_id,
                "batch_id": back.batch_id,
                "payment_id": back.payment_id,
                "tender": back.tender,
                "money": back.money,
                "approver": back.approver,
                "at": back.at,
                "seq": seq,
            },
        )

    def given_back(self, batch_id: str) -> tuple[GivenBack, ...]:
        """What went back to the payers of a batch, oldest first."""
        query = select(given_back).where(given_back.c.batch_id == batch_id)
        return tuple(map(_back, self._connection.execute(query.order_by(given_back.c.seq))))

    def every_given_back(self) -> tuple[tuple[int, GivenBack], ...]:
        """All of it with the place of its fact in the journal."""
        rows = self._connection.execute(select(given_back).order_by(given_back.c.seq))
        return tuple((row.seq, _back(row)) for row in rows)

    def standing(self, batch_id: str, line: int) -> tuple[bool, Money]:
        """Whether a line gave its money free, and what of its batch no line holds.

        Below nothing only in unsound books. Asked for every card of a bag.
        """
        released, free = _STANDING.first(self._connection, batch_id=batch_id, line=line)
        return bool(released), free


def sum_back(backs: tuple[GivenBack, ...], payment_id: str = "") -> Money:
    """The sum of what went back, or of what went back of one payment."""
    fitting = (one for one in backs if payment_id in ("", one.payment_id))
    return sum((one.money for one in fitting), NO_MONEY)


def _released(row: Row[Any]) -> ReleasedLine:
    return ReleasedLine(row.batch_id, row.line, row.reason, row.money, row.at)


def _back(row: Row[Any]) -> GivenBack:
    return GivenBack(
        back_id=row.back_id,
        batch_id=row.batch_id,
        payment_id=row.payment_id,
        tender=row.tender,
        money=row.money,
        approver=row.approver,
        at=row.at,
    )
