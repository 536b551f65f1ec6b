"""Reads a bank's statement, CSV or XLSX: what came in and went out of one account, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cardstation.central.reconcile.cells import (
    Line,
    as_text,
    cell_of,
    header_in,
    lines_of,
    too_wide,
    total_line,
)
from cardstation.central.reconcile.channel_file import BadRow
from cardstation.central.reconcile.values import NotReadable, fen_of, moment_of
from cardstation.errors import Refusal

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
    lines = lines_of(raw)
    at, columns = header_in(lines, HEADINGS)
    missing = [name for name in ("ref", "at") if name not in columns]
    if not {"in", "fen"} & columns.keys():
        missing.append("fen")
    if missing:
        raise Refusal("file_columns", missing=", ".join(HEADINGS[name][0] for name in missing))
    rows: dict[str, BankLine] = {}
    bad: list[BadRow] = []
    for line in lines[at + 1 :]:
        try:
            if too_wide(line[1], lines[at][1]):
                raise NotReadable("row_cells")
            row = _row(line, columns)
            if row is not None and rows.setdefault(row.ref, row) is not row:
                raise NotReadable("row_number_twice")
        except NotReadable as why:
            bad.append(BadRow(line[0], why.code, as_text(line[1])))
    return BankFile(tuple(rows.values()), tuple(bad))


def _row(line: Line, columns: dict[str, int]) -> BankLine | None:
    number, cells = line
    said = {name: cell_of(cells, columns, name) for name in HEADINGS}
    if total_line(cells):
        return None
    if not said["ref"]:
        raise NotReadable("row_number_missing")
    moment = moment_of(said["at"])
    if moment is None:
        raise NotReadable("row_time")
    return BankLine(number, said["ref"], moment, _fen(said), said["payer"], said["remark"])


def _fen(said: dict[str, str]) -> int:
    came = fen_of(said["in"]) if said["in"] else 0
    went = fen_of(said["out"]) if said["out"] else 0
    fen = came - abs(went) if came or went else fen_of(said["fen"])
    if not fen or (came and went):
        raise NotReadable("row_amount")
    return fen
