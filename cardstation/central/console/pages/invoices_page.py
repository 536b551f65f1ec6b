"""Receipts and their invoices: how many stand how, and what somebody must see to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cardstation.central.console.roles import Right
from cardstation.central.console.visit import ZONE, Cell, Export, Page, Sheet, Visit, yuan
from cardstation.central.invoices.states import (
    RECENT_DAYS,
    Counted,
    Invoice,
    counted,
    invoices_that_need_somebody,
)
from cardstation.central.invoices.tables import invoice_files
from cardstation.sentences import word

MOST = 300
_FILES = 12


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that went to the invoice system (`asked`) or came from it."""

    number: int
    way: str
    name: str
    rows: int
    kept_by: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class Invoices:
    """The page's value.

    Attributes:
        days: That `counts` is about.
        needy: Red letters due, requests to recall, requests never answered; the oldest first.
    """

    days: int
    counts: Sequence[Counted]
    needy: Sequence[Invoice]
    files: Sequence[KeptFile]


def show(visit: Visit) -> Invoices:
    """How invoices stand."""
    connection = visit.connection
    file = invoice_files.c
    columns = file.number, file.way, file.name, file.rows, file.kept_by, file.kept_at
    rows = connection.execute(select(*columns).order_by(file.number.desc()).limit(_FILES))
    return Invoices(
        RECENT_DAYS,
        counted(connection),
        invoices_that_need_somebody(connection, MOST),
        tuple(KeptFile(*row) for row in rows),
    )


def sheet(visit: Visit) -> Sheet:
    """What needs somebody, to take along."""
    t = visit.t
    headings = [
        *(t("Request"), t("Receipt no."), t("Account"), t("Amount (yuan)"), t("State")),
        *(t("Invoice number"), t("Asked")),
    ]
    found = invoices_that_need_somebody(visit.connection, 50_000)
    return Sheet(headings, [_row(visit, one) for one in found])


def _row(visit: Visit, one: Invoice) -> list[Cell]:
    return [
        *(one.request, one.receipt_no, one.account_no, yuan(one.fen)),
        *(word(f"invoice.{one.state}", visit.t), f"{one.code} {one.no}".strip()),
        one.asked_at.astimezone(ZONE).isoformat(" ", "seconds"),
    ]


PAGES = (Page("invoices", "Invoices", Right.LOOK, show, icon="receipt", key="i"),)
EXPORTS = (Export("invoices", "Invoices", Right.LOOK, sheet),)
