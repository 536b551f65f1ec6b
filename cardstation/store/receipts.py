"""Receipts as frozen copies, their gap-free numbers, and how often each was printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, union_all

from cardstation.domain.receipt import Receipt
from cardstation.errors import ensure
from cardstation.sql.asked import Asked, adding
from cardstation.store.charges import charge_receipt
from cardstation.store.frozen import freeze, thaw
from cardstation.store.tables import paper, receipt

_NUMBERED = (receipt, charge_receipt)
"""Tables of the one series of receipt numbers."""
_NUMBERS = union_all(
    *(
        select(func.max(one.c.number).label("number")).where(one.c.year == bindparam("year"))
        for one in _NUMBERED
    )
).subquery()
_HIGHEST = Asked(select(func.max(_NUMBERS.c.number)))
_ADD = adding(receipt)
"""Asked for every card: made once."""


class Numbers:
    """Number series without gaps: the next number is taken in the commit that uses it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_receipt(self, year: int) -> int:
        """The next receipt number of a year, from 1."""
        [highest] = _HIGHEST.first(self._connection, year=year)
        return (highest or 0) + 1


class Receipts:
    """The receipts of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, issued: Receipt, *, topup_id: str, year: int, number: int) -> None:
        """Store the frozen copy of a receipt."""
        ensure(issued.receipt_no.endswith(f"-{number:06d}"), "a receipt shows its number")
        _ADD.write(
            self._connection,
            {
                "receipt_no": issued.receipt_no,
                "year": year,
                "number": number,
                "topup_id": topup_id,
                "batch_id": issued.batch_id,
                "frozen": freeze(issued),
            },
        )

    def get(self, receipt_no: str) -> Receipt | None:
        """One receipt by number."""
        return self._first(receipt.c.receipt_no == receipt_no)

    def of_batch(self, batch_id: str) -> tuple[Receipt, ...]:
        """Receipts of a batch in number order."""
        query = select(receipt).where(receipt.c.batch_id == batch_id)
        rows = self._connection.execute(query.order_by(receipt.c.year, receipt.c.number))
        return tuple(map(_receipt, rows))

    def topup_of(self, receipt_no: str) -> str:
        """Id of the top-up a receipt is of, empty when there is no such receipt."""
        query = select(receipt.c.topup_id).where(receipt.c.receipt_no == receipt_no)
        return self._connection.execute(query).scalar() or ""

    def numbers_of(self, topup_ids: Sequence[str]) -> dict[str, str]:
        """Receipt numbers by the id of their top-up."""
        query = select(receipt.c.topup_id, receipt.c.receipt_no)
        rows = self._connection.execute(query.where(receipt.c.topup_id.in_(topup_ids)))
        return {row.topup_id: row.receipt_no for row in rows}

    def last_no(self) -> str:
        """The highest number of the latest year, empty when there is none."""
        both = union_all(
            *(select(one.c.receipt_no, one.c.year, one.c.number) for one in _NUMBERED)
        ).subquery()
        query = select(both.c.receipt_no).where(both.c.number.is_not(None))
        newest = query.order_by(both.c.year.desc(), both.c.number.desc())
        return self._connection.execute(newest.limit(1)).scalar() or ""

    def every(self) -> dict[str, Receipt]:
        """All receipts in number order, by the id of their top-up."""
        rows = self._connection.execute(select(receipt).order_by(receipt.c.year, receipt.c.number))
        return {row.topup_id: _receipt(row) for row in rows}

    def misfiled(self) -> Iterator[str]:
        """Top-ups whose receipt is filed under something else than its copy says."""
        for row in self._connection.execute(select(receipt)):
            copy = _receipt(row)
            printed = f"-{row.year}-{row.number:06d}"
            filed = (row.receipt_no, row.batch_id)
            if filed != (copy.receipt_no, copy.batch_id) or not row.receipt_no.endswith(printed):
                yield row.topup_id

    def note_paper(self, receipt_no: str, *, clerk: str, at: datetime) -> int:
        """Log that a paper was made; returns how many there are now, 1 = the original."""
        self._connection.execute(
            paper.insert(), {"receipt_no": receipt_no, "clerk": clerk, "at": at}
        )
        query = select(func.count()).select_from(paper).where(paper.c.receipt_no == receipt_no)
        return self._connection.execute(query).scalar_one()

    def _first(self, condition: Any) -> Receipt | None:
        row = self._connection.execute(select(receipt).where(condition)).first()
        return None if row is None else _receipt(row)


def _receipt(row: Row[Any]) -> Receipt:
    return thaw(Receipt, row.frozen)
