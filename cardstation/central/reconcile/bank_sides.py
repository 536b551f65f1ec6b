"""Both sides of the bank: lines of its statements, and entries that moved money by transfer.

What either may be known by: references of quotes, which carry a check digit, and words. A word is
long and has digits; a day or a moment is none, for every payment of that day may carry it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from cardstation.central.console.visit import ZONE
from cardstation.central.reconcile.echoes import echoed_lines
from cardstation.central.reconcile.tables import audit_closings, bank_lines, bank_matches
from cardstation.central.tables import journal, postings
from cardstation.domain.ledger import Entry
from cardstation.domain.quotation import references_in

TRANSFER = "tender:bank_transfer"
WINDOW = timedelta(days=90)
_WORD = re.compile(r"[0-9A-Za-z]{6,}")
_FEWEST_DIGITS = 4
_MOMENTS = {6: "%y%m%d", 8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of a statement.

    Attributes:
        fen: Came in (+) or went out (−). entry_id: What it is in the books, empty = not matched.
        closed: Two persons said what it was.
        echo: An older file of another account has this number, amount and day.
    """

    account: str
    ref: str
    at: datetime
    fen: int
    payer: str
    remark: str
    entry_id: str
    closed: bool
    echo: bool

    @property
    def quotes(self) -> set[str]:
        """References of quotes in it."""
        return _quotes(self.remark)

    @property
    def words(self) -> set[str]:
        """Whatever else in it may be a reference."""
        return _telling([self.ref, *_WORD.findall(self.remark)])

    @property
    def free(self) -> bool:
        """It may still be matched."""
        return not self.entry_id and not self.echo


@dataclass(frozen=True, slots=True)
class Transfer:
    """An entry that moved money by bank transfer.

    Attributes:
        day: Of the business, by the desk's clock. matched: A line of a statement shows it.
    """

    entry_id: str
    station: str
    seq: int
    kind: str
    fen: int
    day: str
    posted_at: datetime
    reference: str
    matched: bool

    @property
    def quotes(self) -> set[str]:
        """References of quotes its line may be known by."""
        return _quotes(self.reference)

    @property
    def words(self) -> set[str]:
        """Whatever else its line may be known by."""
        return _telling([self.reference.strip(), *_WORD.findall(self.reference)])


def _quotes(text: str) -> set[str]:
    # One moment in ten has the check digit of a reference.
    return {one for one in references_in(text) if not _is_moment(one)}


def _telling(words: Iterable[str]) -> set[str]:
    """Of words, those that may be somebody's number."""
    digits = {word: sum(sign.isdecimal() for sign in word) for word in words if len(word) >= 6}
    return {word for word, n in digits.items() if n >= _FEWEST_DIGITS and not _is_moment(word)}


def _is_moment(word: str) -> bool:
    form = _MOMENTS.get(len(word)) if word.isascii() and word.isdecimal() else None
    if form is None:
        return False
    try:
        return datetime.strptime(word, form).replace(tzinfo=ZONE).year in _YEARS
    except ValueError:
        return False


def lines_of_statements(connection: Connection, now: datetime) -> tuple[Movement, ...]:
    """Lines that are not matched, and those of a while that are."""
    line = bank_lines.c
    same = and_(line.account == bank_matches.c.account, line.ref == bank_matches.c.ref)
    named = audit_closings.c.item == "bank:" + line.account + ":" + line.ref
    rows = connection.execute(
        select(
            *(line.account, line.ref, line.at, line.fen, line.payer, line.remark),
            func.coalesce(bank_matches.c.entry_id.cast(line.ref.type), "").label("entry_id"),
            select(audit_closings.c.item).where(named).exists().label("closed"),
        )
        .outerjoin(bank_matches, same)
        .where(or_(bank_matches.c.ref.is_(None), line.at > now - WINDOW))
        .order_by(line.at, line.account, line.ref)
    ).all()
    echoed = echoed_lines(connection, [row.ref for row in rows])
    return tuple(Movement(**row._asdict(), echo=(row.account, row.ref) in echoed) for row in rows)


def told_until(connection: Connection) -> datetime | None:
    """The last moment a statement tells of, None = no statement was ever accepted."""
    until: datetime | None = connection.scalar(select(func.max(bank_lines.c.at)))
    return until


def transfers_of(connection: Connection, now: datetime) -> tuple[Transfer, ...]:
    """Entries that are not matched, and those of a while that are, in the order of posting."""
    rows = connection.execute(
        select(
            *(journal.c.entry_id, journal.c.station, journal.c.seq, journal.c.kind),
            *(journal.c.posted_at, journal.c.raw, postings.c.fen, bank_matches.c.ref),
        )
        .join(postings, postings.c.entry_id == journal.c.entry_id)
        .outerjoin(bank_matches, bank_matches.c.entry_id == journal.c.entry_id)
        .where(
            postings.c.account == TRANSFER,
            or_(bank_matches.c.ref.is_(None), journal.c.posted_at > now - WINDOW),
        )
        .order_by(journal.c.posted_at, journal.c.station, journal.c.seq)
    )
    return tuple(_transfer(row) for row in rows)


def _transfer(row: Any) -> Transfer:
    entry = Entry.from_bytes(bytes(row.raw))
    return Transfer(
        entry_id=row.entry_id,
        station=row.station,
        seq=row.seq,
        kind=row.kind,
        fen=row.fen,
        day=entry.at[:10],
        posted_at=row.posted_at,
        reference=_reference(entry.detail),
        matched=row.ref is not None,
    )


def _reference(detail: str) -> str:
    """The payment's own number, out of the value behind the fact; empty where none is in it."""
    try:
        said = json.loads(detail) if detail else {}
    except ValueError:
        return ""
    found = said.get("reference", "") if isinstance(said, dict) else ""
    return found[:200] if isinstance(found, str) else ""
