"""Writes what is asked of the invoice system as a file: CSV for spreadsheets, or JSONL."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cardstation.central.console.exports import guarded
from cardstation.central.console.visit import cubic_metres, yuan
from cardstation.central.invoices.values import Asked, Seller


class Form(StrEnum):
    """How a file is written."""

    CSV = "csv"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Goods:
    """What is not gas: its code and name; its tax is that of its code."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that may get an invoice.

    Attributes:
        day: On which the gas was loaded, or it was charged, at the utility.
        goods: What it is for, None = gas.
    """

    entry_id: str
    receipt_no: str
    account_no: str
    day: date
    fen: int
    litres: int
    goods: Goods | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A row of a file: a number of ours, what is asked, and about which receipt.

    Attributes:
        number: The receipt's own and how often it was asked for, `S001-2026-000019/1`.
        title, tax_no: Who it is made out to; empty = the household of the account, a person.
        code, no: Of the invoice a red letter is about.
    """

    number: str
    what: Asked
    receipt: Receipt
    title: str
    tax_no: str
    code: str = ""
    no: str = ""


def written(requests: Sequence[Request], seller: Seller, form: Form) -> bytes:
    """The file of some requests; the same requests make the same bytes."""
    return _csv(requests, seller) if form is Form.CSV else _jsonl(requests, seller)


_WHAT = {Asked.INVOICE: "开票", Asked.RED_LETTER: "红冲", Asked.RECALL: "撤回"}
_HEADINGS = (
    *(
        "申请号",
        "类型",
        "收据号",
        "购气日期",
        "户号",
        "购方名称",
        "购方税号",
        "销方名称",
        "销方税号",
    ),
    *(
        "商品编码",
        "商品名称",
        "单位",
        "数量",
        "价税合计(元)",
        "税率(%)",
        "原发票代码",
        "原发票号码",
    ),
)


def _csv(requests: Sequence[Request], seller: Seller) -> bytes:
    out = io.StringIO(newline="")
    sheet = csv.writer(out)
    sheet.writerow(_HEADINGS)
    for one in requests:
        receipt, what = one.receipt, _WHAT[one.what]
        sheet.writerow(
            guarded(cell)
            for cell in (
                *(one.number, what, receipt.receipt_no, receipt.day.isoformat()),
                *(receipt.account_no, one.title, one.tax_no, seller.name, seller.tax_no),
                *_goods(receipt, seller),
                *(yuan(receipt.fen), _rate(receipt, seller), one.code, one.no),
            )
        )
    return out.getvalue().encode("utf-8-sig")


def _goods(receipt: Receipt, seller: Seller) -> tuple[str | int | Decimal, ...]:
    """Code, name, unit and how many."""
    if receipt.goods is not None:
        return receipt.goods.code, receipt.goods.name, "项", 1
    volume = cubic_metres(receipt.litres)
    return seller.goods_code, seller.goods_name, "立方米", volume


def _rate(receipt: Receipt, seller: Seller) -> Decimal | None:
    """That of gas; of other goods their code says it."""
    return seller.rate_percent if receipt.goods is None else None


def _jsonl(requests: Sequence[Request], seller: Seller) -> bytes:
    sold_by = {"seller_name": seller.name, "seller_tax_no": seller.tax_no}
    lines = []
    for one in requests:
        receipt = one.receipt
        said: dict[str, object] = {"request": one.number, "what": one.what.value}
        said |= {
            "receipt_no": receipt.receipt_no,
            "day": receipt.day.isoformat(),
            "account_no": receipt.account_no,
        }
        code, name, *_ = _goods(receipt, seller)
        rate = _rate(receipt, seller)
        said |= {"buyer_title": one.title, "buyer_tax_no": one.tax_no, **sold_by}
        said |= {"goods_code": code, "goods_name": name}
        said |= {"volume_m3": _plainly(cubic_metres(receipt.litres))}
        said |= {"fen": receipt.fen, "rate_percent": "" if rate is None else _plainly(rate)}
        said |= {"code": one.code, "no": one.no}
        lines.append(json.dumps(said, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines).encode()


def _plainly(number: Decimal) -> str:
    return f"{number:f}"
