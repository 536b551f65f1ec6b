"""What people write down about invoices: who they are made out to, and those made on paper."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import IntegrityError

from cardstation.central.console.audit import plain
from cardstation.central.invoices.answer_file import AnswerRow
from cardstation.central.invoices.answering import keep_answers
from cardstation.central.invoices.asking import ONE_AT_A_TIME, requests_for
from cardstation.central.invoices.billable import receipt_of
from cardstation.central.invoices.request_file import Receipt
from cardstation.central.invoices.tables import invoice_titles, invoices
from cardstation.central.invoices.values import Answered, InvoiceNumber, tax_number
from cardstation.central.posting import violated
from cardstation.errors import Refusal

_NAMED = text(
    """
    SELECT entry_id::text AS entry_id, account_no, fen, litres, posted_at, raw FROM journal
    WHERE kind IN ('sealed', 'charged') AND station = ANY(:stations) AND position(:said in raw) > 0
    """
)


def set_title(connection: Connection, account: str, title: str, tax_no: str, *, by: str) -> None:
    """Say who the invoices of a household are made out to, from the next request on.

    Raises:
        Refusal: `title_missing`, `tax_number_bad`.
    """
    said = " ".join(plain(title).split())[:100]
    if not said or not account.strip():
        raise Refusal("title_missing")
    row = {"account_no": account.strip(), "title": said, "tax_no": tax_number(tax_no)}
    connection.execute(insert(invoice_titles).values(**row, said_by=by))


def give_on_paper(
    connection: Connection, receipt_no: str, number: InvoiceNumber, day: date, *, by: str
) -> str:
    """Write down that a receipt was exchanged for an invoice on paper; returns its request.

    Raises:
        Refusal: `invoice_receipt_unknown`, `invoice_not_billable`, `invoice_open` (no money has two
            invoices), `invoice_number_taken`.
    """
    connection.execute(ONE_AT_A_TIME)
    receipt = _receipt(connection, receipt_no)
    known = text("SELECT request FROM invoices WHERE entry_id = :id AND closed_by IS NULL")
    if (found := connection.scalar(known, {"id": receipt.entry_id})) is not None:
        raise Refusal("invoice_open", receipt_no=receipt_no, number=found)
    (request,) = requests_for(connection, [receipt.receipt_no])
    row = {"kind": "paper", "entry_id": receipt.entry_id, "receipt_no": receipt.receipt_no}
    row |= {
        "request": request,
        "account_no": receipt.account_no,
        "title": "",
        "tax_no": "",
        "asked_by": by,
    }
    try:
        with connection.begin_nested():
            made = insert(invoices).values(**row, fen=receipt.fen).returning(invoices.c.number)
            at = int(connection.execute(made).scalar_one())
            told = AnswerRow(0, request, Answered.ISSUED, number, day, receipt.fen, "")
            keep_answers(connection, [(at, told)])
    except IntegrityError as error:
        if violated(error) == "invoice_answers_number":
            raise Refusal("invoice_number_taken", said=str(number)) from error
        raise Refusal("invoice_not_billable", receipt_no=receipt_no) from error
    return request


def _receipt(connection: Connection, receipt_no: str) -> Receipt:
    """The receipt of a number: its desk's name stands in front of it, whatever that looks like."""
    said = receipt_no.strip()[:60]
    parts = said.split("-")
    stations = ["-".join(parts[:at]) for at in range(1, len(parts))]
    rows = connection.execute(_NAMED, {"stations": stations, "said": said.encode()})
    found = [one for one in map(receipt_of, rows) if one and one.receipt_no == said]
    if not found:
        raise Refusal("invoice_receipt_unknown", receipt_no=said)
    return found[0]
