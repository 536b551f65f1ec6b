"""Numbers of invoices and taxpayers, words of the invoice system, the file of requests."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from cardstation.central.invoices.answer_file import read_answer_file
from cardstation.central.invoices.request_file import Form, Receipt, Request, written
from cardstation.central.invoices.values import (
    Answered,
    Asked,
    InvoiceNumber,
    Seller,
    invoice_number,
    tax_number,
)
from cardstation.errors import Refusal

WHOLE = "25220100000000012345"


@pytest.mark.parametrize(
    ("code", "no", "known"),
    [
        ("", WHOLE, InvoiceNumber("", WHOLE)),
        ("", "2522 0100 0000 0001 2345", InvoiceNumber("", WHOLE)),
        ("022002300111", "12345678", InvoiceNumber("022002300111", "12345678")),
        ("0220023001", "00000001", InvoiceNumber("0220023001", "00000001")),
        ("022002300111", WHOLE, None),
        ("", "12345678", None),
        ("02200230011", "12345678", None),
        ("", WHOLE[1:], None),
        ("", "２５２２０１０００００００００１２３４", None),
        ("", "", None),
    ],
)
def test_an_invoice_has_twenty_digits_or_a_code_and_eight(
    code: str, no: str, known: InvoiceNumber | None
) -> None:
    assert invoice_number(code, no) == known


@pytest.mark.parametrize(
    "said", ["", "91220104MA0000000A", "91220104ma0000000a ", "1" * 15, "A" * 20]
)
def test_a_tax_number_is_taken_however_it_is_spelled(said: str) -> None:
    assert tax_number(said) == said.strip().upper()


@pytest.mark.parametrize("said", ["1", "1" * 16, "91220104-A0000000A", "九" * 18, "1" * 21])
def test_what_is_no_tax_number_is_refused(said: str) -> None:
    with pytest.raises(Refusal, match="tax_number_bad"):
        tax_number(said)


@pytest.mark.parametrize(
    ("said", "what"),
    [
        *((word, Answered.ISSUED) for word in ("已开票", "开票成功", "Issued", "蓝票")),
        *((word, Answered.REFUSED) for word in ("开票失败", "已撤回", "refused")),
        *((word, Answered.RED_LETTER) for word in ("红冲", "红票", "red letter", "red_letter")),
    ],
)
def test_the_words_of_invoice_systems(said: str, what: Answered) -> None:
    raw = f"request,result,no,day,amount\n0007,{said},{WHOLE},2026-11-25,-30\n".encode("gb18030")
    (row,), bad = read_answer_file(raw)
    assert bad == ()
    assert (row.request, row.what, row.fen, row.line) == ("0007", what, 3_000, 2)
    assert row.day == (None if what is Answered.REFUSED else date(2026, 11, 25))


def test_a_file_without_its_columns_is_refused_and_a_request_twice_is_a_bad_row() -> None:
    with pytest.raises(Refusal, match="file_columns"):
        read_answer_file("申请号,发票号码\n1,2\n".encode())
    head = "申请号,结果,发票号码,开票日期,金额\n"
    raw = f"{head}1,失败,,,\n1,退回,,,\n,失败,,,\n1,红冲,{WHOLE},20261125,1\n"
    rows, bad = read_answer_file(raw.encode())
    assert [row.what for row in rows] == [Answered.REFUSED, Answered.RED_LETTER]
    assert [(one.line, one.code) for one in bad] == [
        (3, "row_number_twice"),
        (4, "row_number_missing"),
    ]


def test_no_cell_of_a_file_of_requests_is_a_formula() -> None:
    receipt = Receipt("id", "S001-2026-000001", "1", date(2026, 11, 25), 3_050, 10_000)
    title = "=HYPERLINK(1)\n二"
    asked = [Request("r/1", Asked.INVOICE, receipt, title, "")]
    seller = Seller("甲", "1" * 15, "1", "天然气", Decimal("9.5"))
    sheet = written(asked, seller, Form.CSV).decode("utf-8-sig")
    assert sheet.count("\n") == 2
    assert "'=HYPERLINK(1)" in sheet
    assert ",30.50,9.5," in sheet
    told = json.loads(written(asked, seller, Form.JSONL))
    assert (told["buyer_title"], told["fen"], told["rate_percent"]) == (title, 3_050, "9.5")
