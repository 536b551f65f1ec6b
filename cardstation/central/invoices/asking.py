"""Asks the invoice system: one file of the receipts of some days that have no invoice yet.

Each request is a row of the books before the file leaves, so the same receipt is in no two files;
the file is kept byte for byte and can be fetched again. What was invoiced and taken off its card
since is in every file as a red letter to be made, until the answer comes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text
from sqlalchemy.exc import IntegrityError

from cardstation.central.console.visit import ZONE, begins
from cardstation.central.days import business_day
from cardstation.central.invoices.billable import goods_of, receipt_of
from cardstation.central.invoices.request_file import Form, Receipt, Request, written
from cardstation.central.invoices.tables import invoice_files, invoice_titles, invoices
from cardstation.central.invoices.values import Asked, Seller, State
from cardstation.central.tables import insert_arrays
from cardstation.errors import Mishap, Refusal

MOST_ROWS = 20_000

ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7239002)")
_WITHOUT = text(
    """
    SELECT entry_id::text AS entry_id, account_no, fen, litres, posted_at, raw
    FROM journal
    WHERE kind IN ('sealed', 'charged') AND suspense = '' AND fen > 0 AND account_no <> ''
        AND posted_at >= :since
        AND NOT EXISTS (
            SELECT 1 FROM invoices
            WHERE invoices.entry_id = journal.entry_id AND invoices.closed_by IS NULL
        )
        AND NOT EXISTS (SELECT 1 FROM undone_loads WHERE entry = journal.entry_id::text)
    ORDER BY posted_at, station, seq
    """
)
_OWED = text(
    """
    SELECT request, entry_id::text AS entry_id, receipt_no, account_no, invoice_states.fen, litres,
        title, tax_no, code, no, state, raw, posted_at
    FROM invoice_states JOIN journal USING (entry_id, account_no)
    WHERE invoice_states.kind = 'electronic' AND number IN (
        SELECT number FROM invoices
        WHERE closed_by IS NULL AND entry_id IN (SELECT entry_id FROM undone_loads)
    )
    ORDER BY number LIMIT :most
    """
)
_ASK = insert_arrays(
    invoices,
    *("kind", "entry_id", "receipt_no", "request", "account_no", "fen"),
    *("title", "tax_no", "asked_by"),
)
_ASKED_BEFORE = text(
    "SELECT receipt_no, count(*) AS many FROM invoices WHERE receipt_no = ANY(:names) GROUP BY 1"
)


@dataclass(frozen=True, slots=True)
class AskedFile:
    """A file of requests.

    Attributes:
        number: 0 where nothing is to be asked, and there is no file.
        counts: Rows by what they ask for. fen: Of the new ones.
        more: There are more than one file holds; make another.
    """

    number: int
    raw: bytes
    counts: dict[str, int]
    fen: int
    more: bool


def ask_invoices(
    connection: Connection, first: date, last: date, seller: Seller, form: Form, *, by: str
) -> AskedFile:
    """Make the file of the receipts of some days, and keep what it asks.

    Args:
        connection: The books.
        first: A day at the utility.
        last: Another, which is over; or the same.
        seller: Who sells.
        form: Of the file.
        by: Who asks, a person of the centre.

    Raises:
        Refusal: `period_bad`.
        Mishap: `ledger_overloaded`: one of the loads changed at this moment; try again.
    """
    if last < first or last >= datetime.now(ZONE).date():
        raise Refusal("period_bad")
    connection.execute(ONE_AT_A_TIME)
    owed = [_owed(row) for row in connection.execute(_OWED, {"most": MOST_ROWS})]
    room = MOST_ROWS - len(owed)
    receipts, more = _first(receipts_without(connection, first, last), room)
    requests = [*_asked(connection, receipts, by), *owed]
    if not requests:
        return AskedFile(0, b"", {}, 0, more=False)
    raw = written(requests, seller, form)
    name = f"invoices-{first:%Y%m%d}-{last:%Y%m%d}.{form}"
    number = keep_file(connection, "asked", name, raw, len(requests), by=by)
    counts = {what.value: sum(one.what is what for one in requests) for what in Asked}
    return AskedFile(number, raw, counts, sum(one.fen for one in receipts), more)


def keep_file(
    connection: Connection, way: str, name: str, raw: bytes, rows: int, *, by: str
) -> int:
    """Keep a file byte for byte, the same one once; returns its number."""
    digest = hashlib.sha256(raw).digest()
    same = select(invoice_files.c.number).where(
        invoice_files.c.way == way, invoice_files.c.digest == digest
    )
    if (known := connection.scalar(same)) is not None:
        return int(known)
    made = insert(invoice_files).values(
        way=way, name=name, digest=digest, raw=raw, rows=rows, kept_by=by
    )
    return int(connection.execute(made.returning(invoice_files.c.number)).scalar_one())


def receipts_without(connection: Connection, first: date, last: date) -> Iterator[Receipt]:
    """Receipts of some days whose load stands, whose money a desk took, and which have no invoice.

    What was paid online is the channel's to invoice: it took the money, and the desk's slip says
    so. A load in doubt waits until people have settled whose it is.
    """
    paged = _WITHOUT.execution_options(yield_per=1_000)
    with connection.execute(paged, {"since": begins(first)}) as rows:
        for row in rows:
            receipt = receipt_of(row)
            if receipt is not None and first <= receipt.day <= last:
                yield receipt


def _first(found: Iterator[Receipt], most: int) -> tuple[list[Receipt], bool]:
    taken: list[Receipt] = []
    for one in found:
        if len(taken) == most:
            return taken, True
        taken.append(one)
    return taken, False


def _asked(connection: Connection, receipts: Sequence[Receipt], by: str) -> list[Request]:
    if not receipts:
        return []
    titles = titles_of(connection, {one.account_no for one in receipts})
    who = [titles.get(one.account_no, ("", "")) for one in receipts]
    named = requests_for(connection, [one.receipt_no for one in receipts])
    columns = {
        "kind": ["electronic"] * len(receipts),
        "entry_id": [one.entry_id for one in receipts],
        "receipt_no": [one.receipt_no for one in receipts],
        "request": named,
        "account_no": [one.account_no for one in receipts],
        "fen": [one.fen for one in receipts],
        "title": [title for title, _ in who],
        "tax_no": [tax_no for _, tax_no in who],
        "asked_by": [by] * len(receipts),
    }
    try:
        connection.execute(_ASK, columns)
    except IntegrityError as error:
        # Taken off its card, or asked for on paper, at this very moment.
        raise Mishap("ledger_overloaded") from error
    return [
        Request(name, Asked.INVOICE, one, *said)
        for name, one, said in zip(named, receipts, who, strict=True)
    ]


def requests_for(connection: Connection, receipt_nos: Sequence[str]) -> list[str]:
    """The number of the next request of each receipt: its own, and how often it was asked for.

    Books that were put back to a backup ask under the same numbers again, so that an invoice
    system that knows each number once makes no second invoice.
    """
    rows = connection.execute(_ASKED_BEFORE, {"names": list(set(receipt_nos))})
    many = Counter({row.receipt_no: row.many for row in rows})
    named = []
    for one in receipt_nos:
        many[one] += 1
        named.append(f"{one}/{many[one]}")
    return named


def titles_of(connection: Connection, accounts: set[str]) -> dict[str, tuple[str, str]]:
    """Title and taxpayer's number of those accounts that have any, as they were said last."""
    rows = connection.execute(
        select(invoice_titles.c.account_no, invoice_titles.c.title, invoice_titles.c.tax_no)
        .where(invoice_titles.c.account_no.in_(sorted(accounts)))
        .order_by(invoice_titles.c.number)
    )
    return {row.account_no: (row.title, row.tax_no) for row in rows}


def _owed(row: Row[Any]) -> Request:
    day = business_day(bytes(row.raw), row.posted_at)
    goods = goods_of(bytes(row.raw))
    receipt = Receipt(
        *(row.entry_id, row.receipt_no, row.account_no, day, row.fen, row.litres), goods
    )
    what = Asked.RECALL if row.state == State.RECALL_DUE else Asked.RED_LETTER
    return Request(row.request, what, receipt, row.title, row.tax_no, row.code, row.no)
