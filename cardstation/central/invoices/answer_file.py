"""Reads what the invoice system answered, CSV or XLSX: issued, refused, or reversed in red.

A row names our own number of the request. One that cannot be read is said with its line, and the
others are taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardstation.central.console.visit import ZONE
from cardstation.central.invoices.values import Answered, InvoiceNumber, invoice_number
from cardstation.central.reconcile.rows import BadRow, Said, rows_of
from cardstation.central.reconcile.values import NotReadable, fen_of, moment_of

HEADINGS: dict[str, tuple[str, ...]] = {
    "ref": ("申请号", "申请单号", "请求流水号", "request", "number"),
    "what": ("结果", "开票状态", "状态", "类型", "result", "status"),
    "code": ("发票代码", "code"),
    "no": ("发票号码", "数电票号码", "no", "invoiceno"),
    "day": ("开票日期", "日期", "day", "date"),
    "fen": ("价税合计", "含税金额", "金额", "amount", "yuan"),
    "reason": ("原因", "失败原因", "备注", "reason"),
}
"""What each column may be called, the surest word first; units in brackets are left out."""

_WORDS = {
    Answered.ISSUED: ("已开票", "开票成功", "成功", "蓝票", "issued"),
    Answered.REFUSED: (
        "未开票",
        "开票失败",
        "失败",
        "退回",
        "撤回",
        "已撤回",
        "refused",
        "recalled",
    ),
    Answered.RED_LETTER: ("红票", "红字", "红冲", "已红冲", "红冲成功", "redletter", "red"),
}


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer.

    Attributes:
        request: As it was asked for. fen: Of the invoice, of a red letter too above nothing;
            None where none was said.
        number, day: Of the invoice or the red letter, None of a refusal.
    """

    line: int
    request: str
    what: Answered
    number: InvoiceNumber | None
    day: date | None
    fen: int | None
    reason: str

    @property
    def ref(self) -> str:
        """A request has one answer of each kind."""
        return f"{self.request} {self.what}"


def read_answer_file(raw: bytes) -> tuple[tuple[AnswerRow, ...], tuple[BadRow, ...]]:
    """Read a file of answers.

    Raises:
        Refusal: `file_unreadable`, `file_too_large`, `file_columns` naming what is missing.
    """
    return rows_of(raw, HEADINGS, _row, needed=("ref", "what"), one_of=("no",))


def _row(number: int, said: Said) -> AnswerRow:
    what = _what(said["what"])
    refused = what is Answered.REFUSED
    found = None if refused else invoice_number(said["code"], said["no"])
    if found is None and not refused:
        raise NotReadable("invoice_number")
    day = None if refused else _day(said["day"])
    fen = abs(fen_of(said["fen"])) if said["fen"] else None
    return AnswerRow(number, said["ref"], what, found, day, fen, said["reason"][:200])


def _what(said: str) -> Answered:
    bare = "".join(said.split()).lower().replace("_", "").replace("-", "")
    for what, words in _WORDS.items():
        if bare in words:
            return what
    raise NotReadable("invoice_word")


def _day(said: str) -> date:
    at = moment_of(said)
    if at is None:
        raise NotReadable("invoice_day")
    return at.astimezone(ZONE).date()
