"""Receipts of a town, a seller, and the invoice system that answers for them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from cardstation.central.console.roles import Role
from cardstation.central.console.visit import ZONE
from cardstation.central.engine import transaction
from cardstation.central.invoices.answering import TakenAnswers, take_answers
from cardstation.central.invoices.asking import AskedFile, ask_invoices
from cardstation.central.invoices.request_file import Form
from cardstation.central.invoices.values import Seller
from tests.kit.console import Town, person
from tests.kit.postgres import Books, Centre

SELLER = Seller(
    "示范燃气有限公司", "91220104MA0000000A", "1100302010000000000", "天然气", Decimal(9)
)
SELLER_FILE = """\
name = "示范燃气有限公司"
tax_no = "91220104MA0000000A"
goods_code = "1100302010000000000"
goods_name = "天然气"
rate_percent = 9
"""
HEAD = "申请号,结果,发票代码,发票号码,开票日期,价税合计,原因\n"
NUMBER = "2522010000000000{:04d}"
YESTERDAY = datetime.now(ZONE) - timedelta(days=1)
DAY = YESTERDAY.date()


def digital(number: int) -> str:
    """A number of a fully digital invoice."""
    return NUMBER.format(number)


@dataclass
class Shop:
    """A town whose receipts are invoiced."""

    town: Town
    said: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def books(self) -> Books:
        return self.town.centre.books

    def sell(self, household: int, receipt_no: str, fen: int = 3_000, **other: Any) -> str:
        """A load with its receipt, made yesterday; returns the id of its sealed entry."""
        station = receipt_no.partition("-")[0]
        _, chain = self.town.station(station)
        who: dict[str, Any] = {
            "subject": f"sale {receipt_no}",
            "account_no": f"{household:010d}",
            "maker": "CS01",
            "card_no": f"C{household:07d}",
            "meter_no": f"M{household:07d}",
            "counter_before": 0,
            "counter_after": 1,
            "fen": fen,
            "litres": 10_000,
            "tender": "cash",
            "at": YESTERDAY.isoformat(timespec="seconds"),
            **other,
        }
        self.said[receipt_no] = who
        paid = chain.add("paid", **who)
        self.town.push(station, [paid, chain.add("sealed", detail=receipt_no, **who)])
        query = text("SELECT entry_id::text FROM journal WHERE kind = 'sealed' AND subject = :s")
        with self.books.owner.connect() as connection:
            return str(connection.scalar(query, {"s": who["subject"]}))

    def take_back(self, receipt_no: str, entry_id: str) -> None:
        """The gas comes off its card again."""
        station = receipt_no.partition("-")[0]
        _, chain = self.town.station(station)
        who = {**self.said[receipt_no], "corrects": entry_id}
        who |= {"counter_before": 1, "counter_after": 0}
        self.town.push(station, [chain.add("returned", **who)])

    def ask(self, form: Form = Form.CSV) -> AskedFile:
        with transaction(self.books.engine) as connection:
            return ask_invoices(connection, DAY, DAY, SELLER, form, by="anna")

    def requests(self) -> list[dict[str, str]]:
        """What is asked for now, row by row."""
        return rows_in(self.ask().raw)

    def answer(self, *rows: str, name: str = "answers.csv") -> TakenAnswers:
        raw = (HEAD + "".join(f"{row}\n" for row in rows)).encode()
        with transaction(self.books.engine) as connection:
            return take_answers(connection, name, raw, by="anna")

    def states(self) -> dict[str, str]:
        """The state of the newest invoice of every receipt."""
        query = "SELECT receipt_no, state FROM invoice_states ORDER BY number"
        with self.books.owner.connect() as connection:
            return {row.receipt_no: row.state for row in connection.execute(text(query))}


def rows_in(raw: bytes) -> list[dict[str, str]]:
    """A file of requests as a program reads it."""
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def issued(request: object, number: int, fen: int = 3_000) -> str:
    """The row of an invoice that was issued."""
    return f"{request},已开票,,{digital(number)},{DAY},{Decimal(fen) / 100},"


def reversed_in_red(request: object, number: int, fen: int = 3_000) -> str:
    """The row of a red letter."""
    return f"{request},红冲,,{digital(number)},{DAY},-{Decimal(fen) / 100},"


def shop_of(centre: Centre) -> Shop:
    """A town with a treasurer, and nothing sold."""
    person(centre.books, "anna", Role.TREASURER)
    person(centre.books, "ted", Role.TELLER)
    return Shop(Town(centre))
