"""Charges at the counter: asked for, taken, taken back; their receipts; balances paid out."""

from __future__ import annotations

from collections.abc import Mapping
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

from cardstation.domain.charge import Charge, ChargeKind, ChargeReceipt, PaidOut
from cardstation.domain.payment import Tender
from cardstation.errors import ensure
from cardstation.sql.types import Fen, Instant, Word
from cardstation.store.frozen import freeze, thaw
from cardstation.store.tables import metadata

charge_asked = Table(
    "charge_asked",
    metadata,
    Column("charge_id", Text, primary_key=True),
    Column("frozen", Text, nullable=False),
)

charge = Table(
    "charge",
    metadata,
    Column("charge_id", Text, primary_key=True),
    Column("what", Word(ChargeKind), nullable=False),
    Column("account_no", Text, nullable=False),
    Column("owed", Fen, nullable=False),
    Column("at", Instant, nullable=False),
    Column("corrects", Text, nullable=False),
    Column("frozen", Text, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False, unique=True),
    Index("ix_charge_account_no", "account_no"),
    Index("one_reversal_per_charge", "corrects", unique=True, sqlite_where=text("corrects <> ''")),
)

charge_receipt = Table(
    "charge_receipt",
    metadata,
    Column("charge_id", Text, ForeignKey("charge.charge_id"), primary_key=True),
    Column("receipt_no", Text, nullable=False, index=True),
    Column("year", Integer),
    Column("number", Integer),
    Column("frozen", Text, nullable=False),
    UniqueConstraint("year", "number"),
)

charge_paper = Table(
    "charge_paper",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("charge_id", Text, ForeignKey("charge.charge_id"), nullable=False, index=True),
    Column("clerk", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

paid_out = Table(
    "paid_out",
    metadata,
    Column("payout_id", Text, primary_key=True),
    Column("account_no", Text, nullable=False, index=True),
    Column("tender", Word(Tender), nullable=False),
    Column("money", Fen, nullable=False),
    Column("reference", Text, nullable=False),
    Column("approver", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("seq", Integer, ForeignKey("journal.seq"), nullable=False, unique=True),
)

APPEND_ONLY: tuple[Table, ...] = (charge_asked, charge, charge_receipt, charge_paper, paid_out)


class Charges:
    """The charges of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, asked: Charge) -> None:
        """Keep a charge whose money is about to be asked for."""
        values = {"charge_id": asked.charge_id, "frozen": freeze(asked)}
        self._connection.execute(charge_asked.insert(), values)

    def asked(self, charge_id: str) -> Charge | None:
        """A charge as it was asked for."""
        query = select(charge_asked.c.frozen).where(charge_asked.c.charge_id == charge_id)
        found = self._connection.scalars(query).first()
        return None if found is None else thaw(Charge, found)

    def add(self, taken: Charge, *, seq: int) -> None:
        """Store a charge that was taken, or that takes one back."""
        self._connection.execute(
            charge.insert(),
            {
                "charge_id": taken.charge_id,
                "what": taken.what,
                "account_no": taken.account_no,
                "owed": taken.owed,
                "at": taken.at,
                "corrects": taken.corrects,
                "frozen": freeze(taken),
                "seq": seq,
            },
        )

    def get(self, charge_id: str) -> Charge | None:
        """One charge."""
        query = select(charge.c.frozen).where(charge.c.charge_id == charge_id)
        found = self._connection.scalars(query).first()
        return None if found is None else thaw(Charge, found)

    def seq_of(self, charge_id: str) -> int:
        """The place of its fact in the journal."""
        query = select(charge.c.seq).where(charge.c.charge_id == charge_id)
        seq: int = self._connection.execute(query).scalar_one()
        return seq

    def reversal_of(self, charge_id: str) -> Charge | None:
        """What took a charge back, None while it holds."""
        query = select(charge.c.frozen).where(charge.c.corrects == charge_id)
        found = self._connection.scalars(query).first()
        return None if found is None else thaw(Charge, found)

    def of_account(self, account_no: str) -> tuple[Charge, ...]:
        """Every charge of a household, oldest first."""
        query = select(charge).where(charge.c.account_no == account_no).order_by(charge.c.seq)
        return tuple(map(_charge, self._connection.execute(query)))

    def every(self) -> tuple[tuple[int, Charge], ...]:
        """All of them with the place of their fact in the journal."""
        rows = self._connection.execute(select(charge).order_by(charge.c.seq))
        return tuple((row.seq, _charge(row)) for row in rows)

    def misfiled(self) -> tuple[int, ...]:
        """Places of charges that are filed under something else than their copy says."""
        rows = self._connection.execute(select(charge))
        return tuple(row.seq for row in rows if _filed(_charge(row)) != _filed(row))

    def issue(self, receipt: ChargeReceipt, *, year: int = 0, number: int = 0) -> None:
        """Store the frozen copy of a charge's paper; a slip without money has no number."""
        ensure(
            receipt.receipt_no.endswith(f"-{number:06d}") if number else not receipt.receipt_no,
            "a receipt shows its number",
        )
        self._connection.execute(
            charge_receipt.insert(),
            {
                "charge_id": receipt.charge.charge_id,
                "receipt_no": receipt.receipt_no,
                "year": year or None,
                "number": number or None,
                "frozen": freeze(receipt),
            },
        )

    def receipt(self, charge_id: str) -> ChargeReceipt | None:
        """The paper of a charge."""
        query = select(charge_receipt.c.frozen).where(charge_receipt.c.charge_id == charge_id)
        found = self._connection.scalars(query).first()
        return None if found is None else thaw(ChargeReceipt, found)

    def numbered(self, receipt_no: str) -> ChargeReceipt | None:
        """The receipt of a number, None where no charge has it."""
        query = select(charge_receipt.c.frozen).where(charge_receipt.c.receipt_no == receipt_no)
        found = self._connection.scalars(query).first() if receipt_no else None
        return None if found is None else thaw(ChargeReceipt, found)

    def receipts(self) -> Mapping[str, ChargeReceipt]:
        """All papers of charges, by charge."""
        rows = self._connection.execute(select(charge_receipt).order_by("year", "number"))
        return {row.charge_id: thaw(ChargeReceipt, row.frozen) for row in rows}

    def note_paper(self, charge_id: str, *, clerk: str, at: datetime) -> int:
        """Log that a paper was made; returns how many there are now, 1 = the original."""
        values = {"charge_id": charge_id, "clerk": clerk, "at": at}
        self._connection.execute(charge_paper.insert(), values)
        query = select(func.count()).where(charge_paper.c.charge_id == charge_id)
        number: int = self._connection.execute(query).scalar_one()
        return number

    def pay_out(self, paid: PaidOut, *, seq: int) -> None:
        """Store that money of a balance went out."""
        values = {one.name: getattr(paid, one.name) for one in paid_out.c if one.name != "seq"}
        self._connection.execute(paid_out.insert(), {**values, "seq": seq})

    def payouts(self) -> tuple[tuple[int, PaidOut], ...]:
        """All money of balances that went out, with the place of its fact in the journal."""
        rows = self._connection.execute(select(paid_out).order_by(paid_out.c.seq))
        return tuple((row.seq, _paid_out(row)) for row in rows)


def _charge(row: Row[Any]) -> Charge:
    return thaw(Charge, row.frozen)


def _filed(one: Any) -> tuple[object, ...]:
    return one.charge_id, one.what, one.account_no, one.owed, one.at, one.corrects


def _paid_out(row: Row[Any]) -> PaidOut:
    return PaidOut(
        *(row.payout_id, row.account_no, row.tender, row.money),
        *(row.reference, row.approver, row.at),
    )
