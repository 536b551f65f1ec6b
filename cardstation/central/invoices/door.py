"""Invoices for the command line: the books of a data folder or of an address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardstation.central.serve import open_books
from cardstation.errors import Refusal

if TYPE_CHECKING:
    from sqlalchemy import Connection

FORMS = ("csv", "jsonl")
STATES = ("asked", "issued", "refused", "red_letter_due", "recall_due", "red_letter")

Books = tuple[Path, str]
"""The data folder of an embedded ledger, and another ledger's address instead."""


def ask(
    books: Books, first: date, last: date, seller: Path, form: str, *, by: str
) -> tuple[bytes, dict[str, Any]]:
    """Make the file of requests of some days; returns it and what is in it.

    Raises:
        Refusal: `name_unknown`, `right_missing`, `seller_unreadable`, `tax_number_bad`,
            `period_bad`.
    """
    from cardstation.central.console.audit import record_act
    from cardstation.central.invoices.asking import ask_invoices
    from cardstation.central.invoices.request_file import Form
    from cardstation.central.invoices.values import read_seller

    said = read_seller(seller)
    with _acting(books, by) as connection:
        made = ask_invoices(connection, first, last, said, Form(form), by=by)
        told: dict[str, Any] = {"file": made.number, **made.counts, "fen": made.fen}
        if made.number:
            record_act(connection, by, "invoices_asked", f"file {made.number}", str(made.counts))
        return made.raw, {**told, "more": made.more}


def take(books: Books, file: Path, *, by: str) -> dict[str, Any]:
    """Take a file of answers; returns what it brought.

    Raises:
        Refusal: `name_unknown`, `right_missing`, and those of `answering.take_answers`.
    """
    from cardstation.central.console.audit import record_act
    from cardstation.central.invoices.answering import take_answers

    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Refusal("file_unreadable") from error
    with _acting(books, by) as connection:
        taken = take_answers(connection, file.name, raw, by=by)
        said = {"new": taken.new, "known": taken.known, "bad": len(taken.bad)}
        record_act(connection, by, "invoices_answered", f"file {taken.file}", str(said))
        return {**said, "file": taken.file, "bad": [asdict(one) for one in taken.bad]}


def title(books: Books, account: str, name: str, tax_no: str, *, by: str) -> None:
    """Say who a household's invoices are made out to.

    Raises:
        Refusal: `name_unknown`, `right_missing`, `title_missing`, `tax_number_bad`.
    """
    from cardstation.central.console.audit import record_act
    from cardstation.central.invoices.by_hand import set_title

    with _acting(books, by) as connection:
        set_title(connection, account, name, tax_no, by=by)
        record_act(connection, by, "invoice_title", account, name)


def paper(books: Books, receipt_no: str, code: str, no: str, day: date, *, by: str) -> str:
    """Write down an invoice that was given on paper; returns its request.

    Raises:
        Refusal: `name_unknown`, `right_missing`, `invoice_number_bad`, and those of
            `by_hand.give_on_paper`.
    """
    from cardstation.central.console.audit import record_act
    from cardstation.central.invoices.by_hand import give_on_paper
    from cardstation.central.invoices.values import invoice_number

    number = invoice_number(code, no)
    if number is None:
        raise Refusal("invoice_number_bad", said=f"{code} {no}".strip()[:60])
    with _acting(books, by) as connection:
        request = give_on_paper(connection, receipt_no, number, day, by=by)
        record_act(connection, by, "invoice_on_paper", receipt_no, str(number))
        return request


def listed(books: Books, *, account: str, state: str, most: int) -> dict[str, Any]:
    """Invoices of a household, in a state, or those that need somebody; and how many there are."""
    from cardstation.central.invoices import states

    with _reading(books) as connection:
        if account:
            found = states.invoices_of_account(connection, account, most)
        elif state:
            found = states.invoices_in(connection, state, most)
        else:
            found = states.invoices_that_need_somebody(connection, most)
        return {
            "invoices": [one.told() for one in found],
            "counts": [asdict(one) for one in states.counted(connection)],
        }


def kept(books: Books, number: int) -> tuple[str, bytes]:
    """A file of requests or answers as it was: its name and its bytes.

    Raises:
        Refusal: `invoice_file_unknown`.
    """
    from sqlalchemy import select

    from cardstation.central.invoices.tables import invoice_files

    with _reading(books) as connection:
        row = connection.execute(
            select(invoice_files.c.name, invoice_files.c.raw).where(
                invoice_files.c.number == number
            )
        ).one_or_none()
    if row is None:
        raise Refusal("invoice_file_unknown", number=number)
    return row.name, bytes(row.raw)


def _ensure_may(connection: Connection, by: str) -> None:
    from cardstation.central.console.people import person
    from cardstation.central.console.roles import Right

    found = person(connection, by)
    if found is None:
        raise Refusal("name_unknown", name=by[:40])
    if Right.RECONCILE not in found.rights:
        raise Refusal("right_missing")


@contextmanager
def _acting(books: Books, by: str) -> Iterator[Connection]:
    with _reading(books) as connection:
        _ensure_may(connection, by)
        yield connection


@contextmanager
def _reading(books: Books) -> Iterator[Connection]:
    from cardstation.central.engine import transaction

    with open_books(*books) as engine, transaction(engine, deadline_s=600) as connection:
        yield connection
