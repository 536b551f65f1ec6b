"""Receipts and invoices: no money has two, nothing is asked twice, what goes back is reversed."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from cardstation.central import orders
from cardstation.central.engine import transaction
from cardstation.central.invoices.by_hand import give_on_paper, set_title
from cardstation.central.invoices.request_file import Form
from cardstation.central.invoices.values import InvoiceNumber
from cardstation.central.posting import violated
from cardstation.domain.ledger import Order
from cardstation.domain.payment import GIVEN
from cardstation.errors import Refusal
from tests.kit.invoiced import (
    DAY,
    Shop,
    digital,
    issued,
    reversed_in_red,
    rows_in,
    shop_of,
)
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

FIRST, SECOND = "S001-2026-000001", "S001-2026-000002"


@pytest.fixture
def shop(centre: Centre) -> Shop:
    return shop_of(centre)


def count(shop: Shop, table: str) -> int:
    with shop.books.owner.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608


def paper(shop: Shop, receipt_no: str, number: int) -> int:
    with transaction(shop.books.engine) as connection:
        named = InvoiceNumber("", digital(number))
        return give_on_paper(connection, receipt_no, named, DAY, by="anna")


def test_each_receipt_is_asked_for_once_with_its_taxpayers(shop: Shop) -> None:
    shop.sell(7, FIRST, 8_400)
    shop.sell(8, "S002-E2-2026-000001")
    with transaction(shop.books.engine) as connection:
        set_title(connection, "0000000007", "先锋面馆", "92220104ma00000001 ", by="anna")
    made = shop.ask()
    assert (made.counts, made.fen, made.more) == (
        {"invoice": 2, "red_letter": 0, "recall": 0},
        11_400,
        False,
    )
    first, second = rows_in(made.raw)
    assert (
        first["收据号"],
        first["户号"],
        first["价税合计(元)"],
        first["数量"],
        first["类型"],
    ) == (*(FIRST, "0000000007", "84.00", "10.000", "开票"),)
    assert (first["购方名称"], first["购方税号"]) == ("先锋面馆", "92220104MA00000001")
    assert (second["购方名称"], second["销方税号"]) == ("", "91220104MA0000000A")
    assert (second["收据号"], second["购气日期"]) == ("S002-E2-2026-000001", DAY.isoformat())
    assert shop.ask().number == 0
    shop.sell(9, SECOND)
    told = [json.loads(line) for line in shop.ask(Form.JSONL).raw.decode().splitlines()]
    assert [(one["receipt_no"], one["what"], one["fen"]) for one in told] == [
        (SECOND, "invoice", 3_000)
    ]
    assert shop.states() == dict.fromkeys((FIRST, SECOND, "S002-E2-2026-000001"), "asked")


def test_what_no_desk_took_money_for_and_what_is_in_doubt_is_not_asked_for(shop: Shop) -> None:
    order = Order("O1", "0000000003", 3_000, 10_000, "r@1", 0, "")
    orders.post_order(shop.books.engine, order)
    shop.sell(3, FIRST, tender="order", order_id="O1")
    shop.sell(4, SECOND)
    shop.sell(4, "S002-2026-000001", subject="other", fen=2_000)
    back = shop.sell(5, "S001-2026-000003")
    shop.take_back("S001-2026-000003", back)
    shop.sell(6, "S001-2026-000004", at="2020-01-01T09:00:00+08:00")
    for number, cause in enumerate(sorted(GIVEN), start=7):
        shop.sell(number, f"S001-2026-{number:06d}", tender=cause, order_id=f"due {number}")
    assert [row["收据号"] for row in shop.requests()] == [SECOND]


def test_an_answer_is_taken_once_in_whatever_file(shop: Shop) -> None:
    shop.sell(7, FIRST)
    shop.sell(8, SECOND)
    one, other = (row["申请号"] for row in shop.requests())
    rows = (issued(one, 1), f"{other},开票失败,,,,,税号有误")
    done = shop.answer(*rows)
    assert (done.new, done.known, done.bad) == (
        *({"issued": 1, "refused": 1, "red_letter": 0}, 0, ()),
    )
    assert shop.states() == {FIRST: "issued", SECOND: "refused"}
    for name, again in (("answers.csv", rows), ("later.csv", rows[::-1])):
        done = shop.answer(*again, name=name)
        assert (sum(done.new.values()), done.known, done.bad) == (0, 2, ())
    assert count(shop, "invoice_answers") == 2
    assert count(shop, "invoice_files WHERE way = 'answered'") == 2
    # What was refused is asked for again, under a number of its own.
    (row,) = shop.requests()
    assert (row["收据号"], row["申请号"]) == (SECOND, f"{SECOND}/2")


def test_books_from_a_backup_ask_under_the_same_numbers_again(shop: Shop) -> None:
    """So an invoice system that knows each number once makes no second invoice."""
    shop.sell(7, FIRST)
    shop.sell(8, SECOND)
    asked = shop.ask()
    one, other = rows_in(asked.raw)
    with shop.books.owner.begin() as connection:
        connection.execute(text("TRUNCATE invoices, invoice_files CASCADE"))
    assert shop.answer(issued(one["申请号"], 1)).bad
    assert shop.ask().raw == asked.raw
    answers = (issued(one["申请号"], 1), issued(other["申请号"], 2))
    assert shop.answer(*answers).new["issued"] == 2


def test_a_receipt_of_another_desk_stops_nobody(shop: Shop) -> None:
    """A number that a desk has no right to, or has given twice, is nobody's poison."""
    shop.sell(7, FIRST)
    _, chain = shop.town.station("S002")
    who = {**shop.said[FIRST], "subject": "other", "account_no": "0000000009", "meter_no": "M9"}
    shop.town.push("S002", [chain.add("paid", **who), chain.add("sealed", detail=FIRST, **who)])
    shop.sell(8, "S002-2026-000001")
    shop.sell(9, "S002-2026-000001", subject="twice")
    assert [row["申请号"] for row in shop.requests()] == [
        *(f"{FIRST}/1", "S002-2026-000001/1", "S002-2026-000001/2"),
    ]


def test_bad_rows_are_named_and_the_others_are_taken(shop: Shop) -> None:
    for household in range(1, 6):
        shop.sell(household, f"S001-2026-00000{household}")
    a, b, c, d, e = (row["申请号"] for row in shop.requests())
    rows = [
        issued(a, 1),
        issued(b, 1),
        issued(c, 3, 2_999),
        issued(9_999, 4),
        reversed_in_red(d, 5),
        f"{d},大概,,{digital(6)},{DAY},30.00,",
        f"{d},已开票,,123,{DAY},30.00,",
        f"{d},已开票,,{digital(7)},改天,30.00,",
        f"{d},已开票,,{digital(8)},{DAY},,",
        issued(e, 9),
        f"{e},退回,,,,,",
        reversed_in_red(e, 10),
        issued("", 11),
    ]
    done = shop.answer(*rows)
    assert [(one.line, one.code) for one in done.bad] == [
        (3, "invoice_number_taken"),
        (4, "invoice_amount"),
        (5, "invoice_unknown"),
        (6, "invoice_not_issued"),
        (7, "invoice_word"),
        (8, "invoice_number"),
        (9, "row_time"),
        (10, "invoice_amount"),
        (12, "invoice_answered"),
        (14, "row_number_missing"),
    ]
    assert done.new == {"issued": 2, "refused": 0, "red_letter": 1}
    # The same file once more: nothing new, the same rows are named.
    again = shop.answer(*rows)
    assert (again.file, again.bad, sum(again.new.values())) == (done.file, done.bad, 0)
    # An answer that contradicts one on record is never taken for it.
    (bad,) = shop.answer(issued(a, 77)).bad
    assert bad.code == "invoice_answered"


def test_a_load_taken_back_needs_a_red_letter_and_then_nothing_more(shop: Shop) -> None:
    entry = shop.sell(7, FIRST)
    (row,) = shop.requests()
    shop.answer(issued(row["申请号"], 1))
    shop.take_back(FIRST, entry)
    assert shop.states() == {FIRST: "red_letter_due"}
    for _ in range(2):
        (red,) = shop.requests()
        assert (red["类型"], red["申请号"], red["原发票号码"]) == (
            "红冲",
            row["申请号"],
            digital(1),
        )
    assert count(shop, "invoice_files WHERE way = 'asked'") == 2
    shop.answer(reversed_in_red(row["申请号"], 2))
    assert shop.states() == {FIRST: "red_letter"}
    assert shop.ask().number == 0


def test_a_desk_is_told_of_the_invoice_of_its_own_receipt_while_it_stands(shop: Shop) -> None:
    entry = shop.sell(7, FIRST)
    shop.sell(8, "S002-2026-000001")
    desk, other = shop.town.station("S001")[0], shop.town.station("S002")[0]
    assert desk.invoice_of(FIRST) == ""
    (row, _) = shop.requests()
    assert desk.invoice_of(FIRST) == ""
    shop.answer(issued(row["申请号"], 1))
    asked = (FIRST, "S002-2026-000001", "S001-2026-000009")
    assert [desk.invoice_of(no) for no in asked] == [digital(1), "", ""]
    assert other.invoice_of(FIRST) == ""
    shop.take_back(FIRST, entry)
    assert desk.invoice_of(FIRST) == digital(1)
    shop.requests()
    shop.answer(reversed_in_red(row["申请号"], 2))
    assert desk.invoice_of(FIRST) == ""


def test_a_load_taken_back_before_the_answer_is_recalled_and_an_invoice_still_counts(
    shop: Shop,
) -> None:
    entries = [shop.sell(7, FIRST), shop.sell(8, SECOND)]
    one, other = (row["申请号"] for row in shop.requests())
    for receipt, entry in zip((FIRST, SECOND), entries, strict=True):
        shop.take_back(receipt, entry)
    assert shop.states() == {FIRST: "recall_due", SECOND: "recall_due"}
    assert [row["类型"] for row in shop.requests()] == ["撤回", "撤回"]
    shop.answer(f"{one},已撤回,,,,,", issued(other, 2))
    assert shop.states() == {FIRST: "refused", SECOND: "red_letter_due"}


def test_a_wrong_title_is_reversed_and_the_receipt_asked_for_again(shop: Shop) -> None:
    shop.sell(7, FIRST)
    (row,) = shop.requests()
    shop.answer(issued(row["申请号"], 1), reversed_in_red(row["申请号"], 2))
    with transaction(shop.books.engine) as connection:
        set_title(connection, "0000000007", "先锋面馆", "", by="anna")
    (again,) = shop.requests()
    assert (again["收据号"], again["购方名称"]) == (FIRST, "先锋面馆")
    shop.answer(issued(again["申请号"], 3))
    assert shop.states() == {FIRST: "issued"}


def test_an_invoice_on_paper_and_an_electronic_one_shut_each_other_out(shop: Shop) -> None:
    shop.sell(7, FIRST)
    entry = shop.sell(8, SECOND)
    request = paper(shop, FIRST, 1)
    assert [row["收据号"] for row in shop.requests()] == [SECOND]
    with pytest.raises(Refusal, match="invoice_open"):
        paper(shop, SECOND, 2)
    with pytest.raises(Refusal, match="invoice_open"):
        paper(shop, FIRST, 2)
    with pytest.raises(Refusal, match="invoice_receipt_unknown"):
        paper(shop, "S001-2026-000009", 2)
    shop.answer(reversed_in_red(request, 3))
    with pytest.raises(Refusal, match="invoice_number_taken"):
        paper(shop, FIRST, 1)
    paper(shop, FIRST, 4)
    assert shop.states() == {FIRST: "issued", SECOND: "asked"}
    shop.take_back(SECOND, entry)
    third = shop.sell(9, "S001-2026-000003")
    shop.take_back("S001-2026-000003", third)
    with pytest.raises(Refusal, match="invoice_not_billable"):
        paper(shop, "S001-2026-000003", 5)


INVOICE = """
    INSERT INTO invoices (kind, entry_id, receipt_no, request, account_no, fen, title, tax_no,
        asked_by)
    SELECT 'paper', entry_id, 'r', 'q', account_no, fen + {more}, '', '', 'anna' FROM journal
    WHERE kind = '{kind}' AND subject = 'sale {receipt}'
"""
ANSWER = """
    INSERT INTO invoice_answers (invoice, what, follows, closes, code, no, day, fen, reason, line)
    VALUES ({invoice}, '{what}', {follows}, {closes}, '', '{no}', {day}, 0, '', 0)
"""


FORBIDDEN = [
    (INVOICE.format(more=0, kind="sealed", receipt=FIRST), "invoices_one_open"),
    (INVOICE.format(more=0, kind="sealed", receipt=SECOND), "invoices_of_a_load"),
    (INVOICE.format(more=1, kind="sealed", receipt="S001-2026-000003"), "invoices_of_a_load"),
    (INVOICE.format(more=0, kind="paid", receipt="S001-2026-000003"), "invoices_of_a_load"),
    ("UPDATE invoices SET closed_by = 1 WHERE closed_by IS NULL", "invoices_closed_by"),
    ("UPDATE invoices SET closed_by = NULL", "invoices_closed_once"),
    ("UPDATE invoices SET issued_by = NULL", "invoices_closed_once"),
    ("UPDATE invoices SET issued_by = closed_by WHERE number = 2", "invoices_issued_by"),
    ("UPDATE invoices SET closed_by = 9 WHERE closed_by IS NOT NULL", "invoices_closed_once"),
    (ANSWER.format(invoice=2, what="red_letter", follows="'issued'", closes=True, no=9,
                   day="now()"), "invoice_answers_red_follows_blue"),
    (ANSWER.format(invoice=2, what="red_letter", follows="NULL", closes=True, no=9,
                   day="now()"), "invoice_answers_red_is_red"),
    (ANSWER.format(invoice=1, what="refused", follows="NULL", closes=True, no="",
                   day="NULL"), "invoice_answers_first"),
    (ANSWER.format(invoice=2, what="issued", follows="NULL", closes=False, no=digital(1),
                   day="now()"), "invoice_answers_number"),
]  # fmt: skip


def test_the_database_itself_refuses_a_second_invoice_and_an_end_without_red_letter(
    shop: Shop,
) -> None:
    shop.sell(7, FIRST)
    second = shop.sell(8, SECOND)
    one, other = (row["申请号"] for row in shop.requests())
    assert (one, other) == (f"{FIRST}/1", f"{SECOND}/1")
    shop.answer(issued(one, 1), f"{other},退回,,,,,")
    shop.take_back(SECOND, second)
    shop.sell(9, "S001-2026-000003")
    for statement, constraint in FORBIDDEN:
        with pytest.raises(IntegrityError) as refused, shop.books.owner.begin() as connection:
            connection.exec_driver_sql(statement)
        assert violated(refused.value) == constraint, statement
    for verb in (
        "UPDATE invoices SET fen = 1",
        "DELETE FROM invoices",
        "DELETE FROM invoice_answers",
    ):
        with pytest.raises(ProgrammingError), shop.books.engine.begin() as connection:
            connection.exec_driver_sql(verb)
