"""Lump sums and transfers of the books against the lines of a bank's statements.

Same reference and same amount is a match, and is kept. The reference of a quote counts wherever it
stands in the remark; so does the number that the desk typed, when the bank has it. What is not
matched is judged anew each time, for the other side may still come.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select

from cardstation.central.reconcile.echoes import echoed_lines
from cardstation.central.reconcile.tables import bank_lines, bank_matches
from cardstation.central.tables import journal, postings
from cardstation.domain.ledger import Entry
from cardstation.domain.quotation import references_in

TRANSFER = "tender:bank_transfer"
WINDOW = timedelta(days=90)
SAME_AMOUNT = timedelta(days=7)
_WORD = re.compile(r"[0-9A-Za-z]{6,}")


class BankVerdict(StrEnum):
    """What a line of a statement is, or a transfer of the books."""

    MATCHED = "matched"
    AMOUNT_DIFFERS = "amount_differs"
    NOT_FOUND = "not_found"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of a statement.

    Attributes:
        fen: Came in (+) or went out (−). entry_id: What it is in the books, empty = not matched.
        echo: An older file of another account has this number, amount and day.
    """

    account: str
    ref: str
    at: datetime
    fen: int
    payer: str
    remark: str
    entry_id: str
    echo: bool

    @property
    def keys(self) -> set[str]:
        """Whatever in it may be a reference."""
        return {self.ref, *references_in(self.remark), *_WORD.findall(self.remark)}


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
    def keys(self) -> set[str]:
        """What its line may be known by."""
        bare = self.reference.strip()
        return {*references_in(bare), *_WORD.findall(bare), *([bare] if bare else [])}


@dataclass(slots=True)
class BankJudged:
    """Everything of a while, with a verdict on each side.

    Attributes:
        lines: Of statements. transfers: Of the books. Their verdicts: by `(account, ref)` of a
            line and by entry_id of a transfer; `pairs` has the line of one that differs.
        until: The last moment a statement tells of, None = no statement was ever accepted.
    """

    lines: tuple[Movement, ...]
    transfers: tuple[Transfer, ...]
    until: datetime | None
    line_verdicts: dict[tuple[str, str], BankVerdict] = field(default_factory=dict)
    transfer_verdicts: dict[str, BankVerdict] = field(default_factory=dict)
    pairs: dict[str, Movement] = field(default_factory=dict)


def match_bank(connection: Connection, now: datetime) -> int:
    """Keep every pair of same reference and same amount; returns how many are new."""
    found = _read(connection, now)
    free = [one for one in found.transfers if not one.matched]
    by_key = _by_key(free)
    used: set[str] = set()
    new: list[dict[str, object]] = []
    for line in found.lines:
        if line.entry_id or line.echo:
            continue
        one = _partner(line, by_key, free, used)
        if one is not None:
            used.add(one.entry_id)
            new.append({"account": line.account, "ref": line.ref, "entry_id": one.entry_id})
    if new:
        connection.execute(insert(bank_matches), new)
    return len(new)


def _partner(
    line: Movement, by_key: dict[str, list[Transfer]], free: Sequence[Transfer], used: set[str]
) -> Transfer | None:
    for key in sorted(line.keys):
        for one in by_key.get(key, ()):
            if one.entry_id not in used and one.fen == line.fen:
                return one
    if line.fen > 0:
        return None
    # What we sent carries no reference of the payer: one payment of this amount is this payment.
    same = [
        one
        for one in free
        if one.entry_id not in used
        and one.fen == line.fen
        and abs(one.posted_at - line.at) <= SAME_AMOUNT
    ]
    return same[0] if len(same) == 1 else None


def judge_bank(connection: Connection, now: datetime) -> BankJudged:
    """Say of every line and transfer what it is; those that matched long ago are left out."""
    found = _read(connection, now)
    free = [one for one in found.transfers if not one.matched]
    by_key, taken = _by_key(free), _by_key(one for one in found.transfers if one.matched)
    for line in found.lines:
        found.line_verdicts[line.account, line.ref] = _verdict(found, line, by_key, taken)
    seen = {key for line in found.lines if line.entry_id for key in line.keys}
    for one in found.transfers:
        if one.matched:
            verdict = BankVerdict.MATCHED
        elif one.entry_id in found.pairs:
            verdict = BankVerdict.AMOUNT_DIFFERS
        else:
            verdict = BankVerdict.TWICE if one.keys & seen else BankVerdict.NOT_FOUND
        found.transfer_verdicts[one.entry_id] = verdict
    return found


def _verdict(
    found: BankJudged,
    line: Movement,
    by_key: dict[str, list[Transfer]],
    taken: dict[str, list[Transfer]],
) -> BankVerdict:
    if line.entry_id:
        return BankVerdict.MATCHED
    if line.echo:
        return BankVerdict.TWICE
    for key in sorted(line.keys):
        for one in by_key.get(key, ()):
            if one.entry_id not in found.pairs:
                found.pairs[one.entry_id] = line
                return BankVerdict.AMOUNT_DIFFERS
    return BankVerdict.TWICE if line.keys & taken.keys() else BankVerdict.NOT_FOUND


def _by_key(transfers: Iterable[Transfer]) -> dict[str, list[Transfer]]:
    found: dict[str, list[Transfer]] = {}
    for one in transfers:
        for key in one.keys:
            found.setdefault(key, []).append(one)
    return found


def _read(connection: Connection, now: datetime) -> BankJudged:
    line = bank_lines.c
    same = and_(line.account == bank_matches.c.account, line.ref == bank_matches.c.ref)
    rows = connection.execute(
        select(
            *(line.account, line.ref, line.at, line.fen, line.payer, line.remark),
            func.coalesce(bank_matches.c.entry_id.cast(line.ref.type), ""),
        )
        .outerjoin(bank_matches, same)
        .where(or_(bank_matches.c.ref.is_(None), line.at > now - WINDOW))
        .order_by(line.at, line.account, line.ref)
    ).all()
    echoed = echoed_lines(connection, [row.ref for row in rows])
    lines = tuple(Movement(*row, echo=(row.account, row.ref) in echoed) for row in rows)
    until = connection.scalar(select(func.max(line.at)))
    # A utility without statements has nothing to compare, however many transfers it has.
    transfers = () if until is None else _transfers(connection, now)
    return BankJudged(lines, transfers, until)


def _transfers(connection: Connection, now: datetime) -> tuple[Transfer, ...]:
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
