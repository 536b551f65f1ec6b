"""Money received for batches, the lines it funds, and the stops met on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.tariff import Quote
from cardstation.errors import Value
from cardstation.sql.asked import Asked
from cardstation.store.frozen import freeze, thaw
from cardstation.store.tables import batch_stop, funded_line, payment, payment_log


@dataclass(frozen=True, slots=True)
class BatchPayment:
    """One sum of money for a batch.

    Attributes:
        seq: Its entry in the journal.
        line: Place of the line in whose envelope it lay, 0 = a lump sum for all.
        payer: Who paid, as it was said then: what is left is theirs. Empty when nobody said.
    """

    payment_id: str
    batch_id: str
    tender: Tender
    money: Money
    reference: str
    seq: int
    line: int = 0
    payer: str = ""


@dataclass(frozen=True, slots=True)
class AskedPayment:
    """A payment as asked for, before its outcome is known: `asked`, `taken` or `not_taken`.

    Attributes:
        line: Place of the line in whose envelope it lies, 0 = a lump sum for all.
        ack_no: Of the acknowledgement made when it was taken; only in the journal.
        clerk: Who asked for it, empty = not on file.
        payer: Who pays; the property manager or the household where nobody said another.
    """

    payment_id: str
    batch_id: str
    tender: Tender
    money: Money
    reference: str
    state: str
    at: datetime
    line: int = 0
    ack_no: str = ""
    clerk: str = ""
    payer: str = ""


@dataclass(frozen=True, slots=True)
class FundedLine:
    """A manifest line whose money is certain: its price is frozen.

    Attributes:
        line: 1-based place in the batch.
        expected_counter: What the card must show; never loaded past it.
        drawn: What it drew of which payment; empty where nobody wrote it down.
        reckoned: That was reckoned as the store was brought to this version: then an envelope
            followed its row to another household, whoever said so.
    """

    batch_id: str
    line: int
    payment_id: str
    quote: Quote
    expected_counter: int
    at: datetime
    drawn: Mapping[str, Money] = field(default_factory=dict)
    reckoned: bool = False


@dataclass(frozen=True, slots=True)
class BatchStop:
    """A card that was stopped; `line` is 0 when it stands on no line of the batch."""

    batch_id: str
    line: int
    card_no: str
    code: str
    facts: Mapping[str, Value]
    at: datetime


_OF_BATCH = select(funded_line).where(funded_line.c.batch_id == bindparam("batch_id"))
_FUNDED = Asked(_OF_BATCH)
_FUNDED_LINE = Asked(_OF_BATCH.where(funded_line.c.line == bindparam("line")))
"""Asked for every card: made once."""


_FACTS = select(batch_stop.c.no, batch_stop.c.facts).where(
    batch_stop.c.batch_id == bindparam("batch_id")
)


class Funds:
    """Batch money of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, asked: AskedPayment) -> None:
        """Log one step of a payment: asked for, taken, not taken."""
        self._connection.execute(
            payment_log.insert(),
            {
                "payment_id": asked.payment_id,
                "batch_id": asked.batch_id,
                "tender": asked.tender,
                "money": asked.money,
                "reference": asked.reference,
                "state": asked.state,
                "at": asked.at,
                "line": asked.line,
                "clerk": asked.clerk,
                "payer": asked.payer,
            },
        )

    def unanswered(self, batch_id: str = "") -> tuple[AskedPayment, ...]:
        """Payments that were asked for and whose outcome is not known."""
        last: dict[str, AskedPayment] = {}
        for row in self._connection.execute(select(payment_log).order_by(payment_log.c.no)):
            last[row.payment_id] = _asked(row)
        return tuple(
            asked
            for asked in last.values()
            if asked.state == "asked" and batch_id in ("", asked.batch_id)
        )

    def receive(self, received: BatchPayment) -> None:
        """Store money that was received."""
        self._connection.execute(
            payment.insert(),
            {
                "payment_id": received.payment_id,
                "batch_id": received.batch_id,
                "tender": received.tender,
                "money": received.money,
                "reference": received.reference,
                "seq": received.seq,
                "line": received.line,
                "payer": received.payer,
            },
        )

    def payments(self, batch_id: str = "") -> tuple[BatchPayment, ...]:
        """Everything received for a batch, or for all, oldest first."""
        query = select(payment).order_by(payment.c.seq)
        if batch_id:
            query = query.where(payment.c.batch_id == batch_id)
        return tuple(map(_payment, self._connection.execute(query)))

    def fund(self, funded: FundedLine) -> None:
        """Freeze the price of a line."""
        self._connection.execute(
            funded_line.insert(),
            {
                "batch_id": funded.batch_id,
                "line": funded.line,
                "payment_id": funded.payment_id,
                "quote": freeze(funded.quote),
                "money": funded.quote.money,
                "expected_counter": funded.expected_counter,
                "at": funded.at,
                "drawn": json.dumps({one: money.fen for one, money in funded.drawn.items()}),
            },
        )

    def funded(self, batch_id: str, *, line: int = 0) -> dict[int, FundedLine]:
        """Funded lines by their place in the batch; all, or one."""
        if line:
            rows = _FUNDED_LINE.every(self._connection, batch_id=batch_id, line=line)
        else:
            rows = _FUNDED.every(self._connection, batch_id=batch_id)
        return {row.line: _funded(row) for row in rows}

    def every_funded(self) -> tuple[FundedLine, ...]:
        """Funded lines of all batches, in list order."""
        query = select(funded_line).order_by(funded_line.c.batch_id, funded_line.c.line)
        return tuple(map(_funded, self._connection.execute(query)))

    def misfiled(self) -> Iterator[tuple[str, int]]:
        """Funded lines whose `money` says something else than their frozen price."""
        for row in self._connection.execute(select(funded_line)):
            if row.money != thaw(Quote, row.quote).money:
                yield row.batch_id, row.line

    def stop(self, stopped: BatchStop) -> None:
        """Remember that a card was stopped, and why."""
        self._connection.execute(
            batch_stop.insert(),
            {
                "batch_id": stopped.batch_id,
                "line": stopped.line,
                "card_no": stopped.card_no,
                "code": stopped.code,
                "facts": json.dumps(dict(stopped.facts), ensure_ascii=False),
                "at": stopped.at,
            },
        )

    def forget_facts(self, batch_id: str, kept: frozenset[str]) -> None:
        """Of the facts of stops only numbers and these stay: an envelope's text may name people."""
        for no, facts in self._connection.execute(_FACTS, {"batch_id": batch_id}).all():
            stay = {
                name: value
                for name, value in json.loads(facts).items()
                if name in kept or not isinstance(value, str)
            }
            changed = batch_stop.update().where(batch_stop.c.no == no)
            self._connection.execute(changed.values(facts=json.dumps(stay)))

    def stops(self, batch_id: str, *, line: int = 0) -> tuple[BatchStop, ...]:
        """Every stop of a batch, or of one of its lines, oldest first."""
        query = select(batch_stop).where(batch_stop.c.batch_id == batch_id)
        if line:
            query = query.where(batch_stop.c.line == line)
        rows = self._connection.execute(query.order_by(batch_stop.c.no))
        return tuple(map(_stop, rows))


def total(payments: tuple[BatchPayment, ...]) -> Money:
    """The sum of some payments."""
    return sum((received.money for received in payments), NO_MONEY)


def _asked(row: Row[Any]) -> AskedPayment:
    return AskedPayment(
        row.payment_id,
        row.batch_id,
        row.tender,
        row.money,
        row.reference,
        row.state,
        row.at,
        row.line,
        clerk=row.clerk,
        payer=row.payer,
    )


def _payment(row: Row[Any]) -> BatchPayment:
    return BatchPayment(
        row.payment_id,
        row.batch_id,
        row.tender,
        row.money,
        row.reference,
        row.seq,
        row.line,
        row.payer,
    )


def _funded(row: Row[Any]) -> FundedLine:
    return FundedLine(
        row.batch_id,
        row.line,
        row.payment_id,
        thaw(Quote, row.quote),
        row.expected_counter,
        row.at,
        {one: Money(fen) for one, fen in json.loads(row.drawn).items()},
        bool(row.reckoned),
    )


def _stop(row: Row[Any]) -> BatchStop:
    return BatchStop(row.batch_id, row.line, row.card_no, row.code, json.loads(row.facts), row.at)
