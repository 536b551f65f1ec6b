"""Takes what the invoice system answered: each answer once, whatever file it comes in.

An answer that is known changes nothing; one that says something else under a known request, names
an invoice of another request, or is about another amount, is a bad row and is said. The same file
again takes what could not be taken before, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, tuple_

from cardstation.central.console.audit import plain
from cardstation.central.invoices.answer_file import AnswerRow, read_answer_file
from cardstation.central.invoices.asking import ONE_AT_A_TIME, keep_file
from cardstation.central.invoices.tables import invoice_answers, invoices
from cardstation.central.invoices.values import Answered, InvoiceNumber
from cardstation.central.reconcile.rows import BadRow
from cardstation.errors import Refusal

_FEW = 500
_ISSUE = text(
    """
    UPDATE invoices SET issued_by = invoice_answers.number FROM invoice_answers
    WHERE invoice_answers.invoice = invoices.number AND NOT invoice_answers.closes
        AND invoices.issued_by IS NULL AND invoices.number = ANY(:numbers)
    """
)
_CLOSE = text(
    """
    UPDATE invoices SET closed_by = invoice_answers.number FROM invoice_answers
    WHERE invoice_answers.invoice = invoices.number AND invoice_answers.closes
        AND invoices.closed_by IS NULL AND invoices.number = ANY(:numbers)
    """
)
_ORDER = (Answered.ISSUED, Answered.REFUSED, Answered.RED_LETTER)

Told = tuple[str, str, date | None]
"""Code, number and day of an answer."""


@dataclass(frozen=True, slots=True)
class TakenAnswers:
    """What a file of answers brought.

    Attributes:
        file: Its number. new: Answers by what they say. known: On record before.
        bad: Rows that were not taken.
    """

    file: int
    new: dict[str, int]
    known: int
    bad: tuple[BadRow, ...]


@dataclass(slots=True)
class _Known:
    """What the books hold of the requests and invoices a file names.

    Attributes:
        asked: Number and fen of each request.
    """

    asked: Mapping[str, tuple[int, int]]
    answers: dict[int, dict[Answered, Told]]
    owners: dict[InvoiceNumber, tuple[int, Answered]]
    new: list[tuple[int, AnswerRow]] = field(default_factory=list)
    same: int = 0

    def look(self, row: AnswerRow) -> str:
        """Take an answer, or say why not: the code of a bad row."""
        if row.request not in self.asked:
            return "invoice_unknown"
        number, fen = self.asked[row.request]
        before = self.answers.setdefault(number, {})
        if row.what in before:
            if before[row.what] != _told(row):
                return "invoice_answered"
            self.same += 1
            return ""
        if row.number is not None and row.number in self.owners:
            return "invoice_number_taken"
        wrong = _wrong(row, fen, before)
        if not wrong:
            before[row.what] = _told(row)
            if row.number is not None:
                self.owners[row.number] = (number, row.what)
            self.new.append((number, row))
        return wrong


def _wrong(row: AnswerRow, asked_fen: int, before: Mapping[Answered, Told]) -> str:
    red = row.what is Answered.RED_LETTER
    if red and Answered.ISSUED not in before:
        return "invoice_not_issued"
    if not red and before:
        return "invoice_answered"
    if row.what is Answered.ISSUED and row.fen != asked_fen:
        return "invoice_amount"
    return "invoice_amount" if row.fen not in (None, asked_fen) else ""


def take_answers(connection: Connection, name: str, raw: bytes, *, by: str) -> TakenAnswers:
    """Take a file of answers.

    Args:
        connection: The books.
        name: Of the file.
        raw: Its bytes; kept.
        by: Who brings it, a person of the centre.

    Raises:
        Refusal: `file_unreadable`, `file_too_large`, `file_columns`, `file_empty`.
    """
    rows, bad = read_answer_file(raw)
    if not rows and not bad:
        raise Refusal("file_empty")
    connection.execute(ONE_AT_A_TIME)
    number = keep_file(connection, "answered", plain(name)[:120], raw, len(rows), by=by)
    known = _known(connection, rows)
    found = list(bad)
    found += [
        BadRow(row.line, code, f"{row.request} {row.number or ''}".strip())
        for row in sorted(rows, key=lambda one: (_ORDER.index(one.what), one.line))
        if (code := known.look(row))
    ]
    keep_answers(connection, known.new, file=number)
    counts = {what.value: sum(one.what is what for _, one in known.new) for what in Answered}
    return TakenAnswers(number, counts, known.same, tuple(sorted(found, key=_line)))


def keep_answers(
    connection: Connection, rows: Sequence[tuple[int, AnswerRow]], *, file: int | None = None
) -> None:
    """Write answers, each with the number of its request; a refusal or a red letter ends it."""
    if not rows:
        return
    connection.execute(insert(invoice_answers), [_stored(at, one, file) for at, one in rows])
    numbers = sorted({at for at, _ in rows})
    for statement in (_ISSUE, _CLOSE):
        connection.execute(statement, {"numbers": numbers})


def _stored(invoice: int, row: AnswerRow, file: int | None) -> dict[str, Any]:
    code, no, day = _told(row)
    red = row.what is Answered.RED_LETTER
    return {
        "invoice": invoice,
        "what": row.what.value,
        "follows": Answered.ISSUED.value if red else None,
        "closes": row.what is not Answered.ISSUED,
        "code": code,
        "no": no,
        "day": day,
        "fen": row.fen or 0,
        "reason": row.reason,
        "file": file,
        "line": row.line,
    }


def _told(row: AnswerRow) -> Told:
    number = row.number
    return ("", "", None) if number is None else (number.code, number.no, row.day)


def _line(one: BadRow) -> int:
    return one.line


def _known(connection: Connection, rows: Sequence[AnswerRow]) -> _Known:
    known: dict[str, tuple[int, int]] = {}
    answers: dict[int, dict[Answered, Told]] = {}
    owners: dict[InvoiceNumber, tuple[int, Answered]] = {}
    for at in range(0, len(rows), _FEW):
        part = rows[at : at + _FEW]
        asked = {one.request for one in part}
        columns = invoices.c.request, invoices.c.number, invoices.c.fen
        found = connection.execute(select(*columns).where(invoices.c.request.in_(asked)))
        known |= {row.request: (row.number, row.fen) for row in found}
        numbers = [(one.number.code, one.number.no) for one in part if one.number]
        answer = invoice_answers.c
        mine = answer.invoice.in_([known[one][0] for one in asked if one in known])
        taken = tuple_(answer.code, answer.no).in_(numbers)
        for row in connection.execute(select(invoice_answers).where(mine | taken)):
            _remember(row, answers, owners)
    return _Known(known, answers, owners)


def _remember(
    row: Row[Any],
    answers: dict[int, dict[Answered, Told]],
    owners: dict[InvoiceNumber, tuple[int, Answered]],
) -> None:
    what = Answered(row.what)
    answers.setdefault(row.invoice, {})[what] = (row.code, row.no, row.day)
    if row.no:
        owners[InvoiceNumber(row.code, row.no)] = (row.invoice, what)
