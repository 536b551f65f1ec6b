"""Lump sums and transfers of the books against the lines of a bank's statements.

Same reference and same amount is a match, and is kept. The reference of a quote comes first,
wherever it stands in the remark; then the number that the desk typed, when the bank has it; last a
word of both that no other line and no other entry has. Money we sent carries no reference of ours:
a line of its amount is proposed, and two persons say whether it is that. What is not matched is
judged anew each time, for the other side may still come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, insert, text

from cardstation.central.reconcile.bank_sides import (
    Movement,
    Transfer,
    lines_of_statements,
    told_until,
    transfers_of,
)
from cardstation.central.reconcile.tables import bank_matches
from cardstation.errors import Refusal

SAME_AMOUNT = timedelta(days=7)
PAIR = "pair:"
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7239001)")


class BankVerdict(StrEnum):
    """What a line of a statement is, or a transfer of the books."""

    MATCHED = "matched"
    AMOUNT_DIFFERS = "amount_differs"
    PROPOSED = "proposed"
    NOT_FOUND = "not_found"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Pair:
    """Money we sent and a line of its amount: people say whether they are the same."""

    transfer: Transfer
    line: Movement

    @property
    def item(self) -> str:
        """Its name on the audit list."""
        return f"{PAIR}{self.transfer.entry_id}:{self.line.account}:{self.line.ref}"


@dataclass(slots=True)
class BankJudged:
    """Everything of a while, with a verdict on each side.

    Attributes:
        lines: Of statements. transfers: Of the books. Their verdicts: by `(account, ref)` of a
            line and by entry_id of a transfer; `pairs` has the line of one that differs.
        until: The last moment a statement tells of, None = no statement was ever accepted.
        proposed: What people look at.
    """

    lines: tuple[Movement, ...]
    transfers: tuple[Transfer, ...]
    until: datetime | None
    line_verdicts: dict[tuple[str, str], BankVerdict] = field(default_factory=dict)
    transfer_verdicts: dict[str, BankVerdict] = field(default_factory=dict)
    pairs: dict[str, Movement] = field(default_factory=dict)
    proposed: tuple[Pair, ...] = ()

    @property
    def free(self) -> tuple[Transfer, ...]:
        """Transfers no line shows."""
        return tuple(one for one in self.transfers if not one.matched)

    def own_words(self) -> set[str]:
        """Words that no two lines and no two transfers have: only these tell one from another."""
        found: set[str] = set()
        several: set[str] = set()
        for side in ([one for one in self.lines if not one.echo], self.transfers):
            times = Counter(word for one in side for word in one.words)
            found |= times.keys()
            several |= {word for word, n in times.items() if n > 1}
        return found - several


def match_bank(connection: Connection, now: datetime) -> int:
    """Keep every pair of same reference and same amount; returns how many are new."""
    found = _read(connection, now)
    own = found.own_words()
    lines = {(one.account, one.ref): one for one in found.lines if one.free}
    free = {one.entry_id: one for one in found.free}

    def keep(of_line: Callable[[Movement], set[str]], of: Callable[[Transfer], set[str]]) -> None:
        by_key = _by_key(free.values(), of)
        for name, line in tuple(lines.items()):
            one = _same_money(line, sorted(of_line(line)), by_key, free)
            if one is not None:
                del free[one.entry_id], lines[name]
                new.append({"account": line.account, "ref": line.ref, "entry_id": one.entry_id})

    new: list[dict[str, object]] = []
    keep(lambda line: line.quotes, lambda one: one.quotes)
    keep(lambda line: {line.ref} & own, lambda one: {one.reference.strip()} & own)
    keep(lambda line: line.words & own, lambda one: one.words & own)
    if new:
        connection.execute(insert(bank_matches), new)
    return len(new)


def _same_money(
    line: Movement,
    keys: Iterable[str],
    by_key: dict[str, list[Transfer]],
    free: dict[str, Transfer],
) -> Transfer | None:
    for key in keys:
        for one in by_key.get(key, ()):
            if one.entry_id in free and one.fen == line.fen:
                return one
    return None


def judge_bank(connection: Connection, now: datetime) -> BankJudged:
    """Say of every line and transfer what it is; those that matched long ago are left out."""
    found = _read(connection, now)
    own = found.own_words()
    by_key = _by_key(found.free, lambda one: one.quotes | (one.words & own))
    taken = {key for one in found.transfers if one.matched for key in one.quotes | one.words}
    for line in found.lines:
        keys = sorted(line.quotes | (line.words & own))
        found.line_verdicts[line.account, line.ref] = _verdict(found, line, keys, by_key, taken)
    found.proposed = tuple(_proposed(found))
    asked = {pair.transfer.entry_id for pair in found.proposed}
    seen = {key for line in found.lines if line.entry_id for key in line.quotes | line.words}
    for one in found.transfers:
        if one.matched:
            verdict = BankVerdict.MATCHED
        elif one.entry_id in found.pairs:
            verdict = BankVerdict.AMOUNT_DIFFERS
        elif one.entry_id in asked:
            verdict = BankVerdict.PROPOSED
        else:
            twice = (one.quotes | one.words) & seen
            verdict = BankVerdict.TWICE if twice else BankVerdict.NOT_FOUND
        found.transfer_verdicts[one.entry_id] = verdict
    return found


def _verdict(
    found: BankJudged,
    line: Movement,
    keys: Iterable[str],
    by_key: dict[str, list[Transfer]],
    taken: set[str],
) -> BankVerdict:
    if line.entry_id:
        return BankVerdict.MATCHED
    if line.echo:
        return BankVerdict.TWICE
    for key in keys:
        for one in by_key.get(key, ()):
            if one.entry_id not in found.pairs:
                found.pairs[one.entry_id] = line
                return BankVerdict.AMOUNT_DIFFERS
    return BankVerdict.TWICE if (line.quotes | line.words) & taken else BankVerdict.NOT_FOUND


def _proposed(found: BankJudged) -> Iterable[Pair]:
    """What we sent and a line that nothing else explains, while only one payment has its amount."""
    for line in found.lines:
        verdict = found.line_verdicts[line.account, line.ref]
        if line.fen > 0 or line.closed or verdict is not BankVerdict.NOT_FOUND:
            continue
        same = [
            one
            for one in found.free
            if one.entry_id not in found.pairs
            and one.fen == line.fen
            and abs(one.posted_at - line.at) <= SAME_AMOUNT
        ]
        if len(same) == 1:
            yield Pair(same[0], line)


def confirm_pair(connection: Connection, item: str, now: datetime) -> None:
    """Keep a proposed pair that two persons agreed on.

    Raises:
        Refusal: `audit_item_gone`: one of both is something else by now.
    """
    connection.execute(_ONE_AT_A_TIME)
    pair = next((one for one in judge_bank(connection, now).proposed if one.item == item), None)
    if pair is None:
        raise Refusal("audit_item_gone")
    kept = {"account": pair.line.account, "ref": pair.line.ref}
    connection.execute(insert(bank_matches).values(entry_id=pair.transfer.entry_id, **kept))


def _by_key(
    transfers: Iterable[Transfer], keys_of: Callable[[Transfer], set[str]]
) -> dict[str, list[Transfer]]:
    found: dict[str, list[Transfer]] = {}
    for one in transfers:
        for key in keys_of(one):
            found.setdefault(key, []).append(one)
    return found


def _read(connection: Connection, now: datetime) -> BankJudged:
    until = told_until(connection)
    # A utility without statements has nothing to compare, however many transfers it has.
    transfers = () if until is None else transfers_of(connection, now)
    return BankJudged(lines_of_statements(connection, now), transfers, until)
