"""Reads a bank's statement, CSV or XLSX: what came in and went out of one account, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cardstation.central.reconcile.rows import BadRow, Said, rows_of
from cardstation.central.reconcile.values import NotReadable, fen_of, moment_of

HEADINGS: dict[str, tuple[str, ...]] = {
    "ref": (
        "交易流水号",
        "流水号",
        "银行流水号",
        "凭证号",
        "交易号",
        "ref",
        "serial",
        "transactionid",
    ),
    "at": ("交易时间", "交易日期", "记账日期", "入账时间", "日期", "time", "date", "bookingdate"),
    "in": ("贷方发生额", "贷方金额", "收入金额", "收入", "贷方", "credit", "in"),
    "out": ("借方发生额", "借方金额", "支出金额", "支出", "借方", "debit", "out"),
    "fen": ("交易金额", "发生额", "金额", "amount"),
    "payer": (
        "对方户名",
        "对方名称",
        "付款人",
        "付款人名称",
        "对方账户名称",
        "payer",
        "counterparty",
    ),
    "remark": ("附言", "用途", "摘要", "备注", "remark", "text", "purpose"),
}
"""What each column may be called; money stands in one column with a sign, or in two."""


@dataclass(frozen=True, slots=True)
class BankLine:
    """One movement on an account.

    Attributes:
        ref: The bank's own number of it. fen: Came in (+) or went out (−).
    """

    line: int
    ref: str
    at: datetime
    fen: int
    payer: str
    remark: str


@dataclass(frozen=True, slots=True)
class BankFile:
    """What a statement holds."""

    rows: tuple[BankLine, ...]
    bad: tuple[BadRow, ...]

    @property
    def fen(self) -> int:
        """What came in less what went out."""
        return sum(one.fen for one in self.rows)


def read_bank_file(raw: bytes) -> BankFile:
    """Read a statement.

    Raises:
        Refusal: `file_unreadable`, `file_too_large`, `file_columns` naming what is missing.
    """
    return BankFile(*rows_of(raw, HEADINGS, _row, needed=("ref", "at"), one_of=("fen", "in")))


def _row(number: int, said: Said) -> BankLine:
    moment = moment_of(said["at"])
    if moment is None:
        raise NotReadable("row_time")
    return BankLine(number, said["ref"], moment, _fen(said), said["payer"], said["remark"])


def _fen(said: Said) -> int:
    came = fen_of(said["in"]) if said["in"] else 0
    went = fen_of(said["out"]) if said["out"] else 0
    fen = came - abs(went) if came or went else fen_of(said["fen"])
    if not fen or (came and went):
        raise NotReadable("row_amount")
    return fen
