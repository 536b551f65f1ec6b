"""Shifts: each signature on file is the one in the journal, and each till adds up again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.shift import (
    ClerkFact,
    OpenItem,
    Shift,
    ShiftClose,
    cash_of,
    difference,
    digest_of,
)
from cardstation.services.proof.records import Disagreement, Records
from cardstation.store.frozen import freeze

_SUMS = frozenset({"money_equation", "term_differs"})


def clerk_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every clerk who is on file as somebody else than the chain last said."""
    said: dict[str, str] = {}
    for entry in records.entries:
        if entry.kind is EntryKind.CLERK:
            said[entry.subject] = entry.detail
    for name, detail in said.items():
        person = records.clerks.get(name)
        if person is None or freeze(ClerkFact.of(person)) != detail:
            yield Disagreement("clerk_disagrees", {"name": name})


def held_back(records: Records) -> bool:
    """Whether a shift is open: nobody sees a total before its till was counted."""
    return len(records.opened) > len(records.closed)


def without_sums(found: Iterable[Disagreement]) -> Iterator[Disagreement]:
    """The same disagreements, but of sums only that they differ."""
    for one in found:
        if one.code in _SUMS:
            yield Disagreement("sum_differs", {"term": one.values.get("term", "money")})
        else:
            yield one


def shift_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every shift whose rows, entries, list or till contradict each other."""
    facts = {entry.seq: entry for entry in records.entries}
    cash = _Cash(records.entries)
    before: tuple[OpenItem, ...] = ()
    places = {shift.shift_id: seq for seq, shift in records.opened.items()}
    ends = {closed.shift_id: closed for closed in records.closed.values()}
    for seq, shift in records.opened.items():
        if not _signed(facts.get(seq), shift, before):
            yield _about(shift.shift_id)
        end = ends.get(shift.shift_id)
        before = before if end is None else end.open_items
    for seq, closed in records.closed.items():
        began = places.get(closed.shift_id, seq)
        opened = records.opened.get(began)
        float_money = NO_MONEY if opened is None else opened.float_money
        till = float_money + cash.between(began, seq)
        if closed.expected != till or not _counted(facts.get(seq), closed, records):
            yield _about(closed.shift_id)
    for entry in records.entries:
        rows = {EntryKind.SHIFT_OPENED: records.opened, EntryKind.SHIFT_CLOSED: records.closed}
        if entry.kind in rows and entry.seq not in rows[entry.kind]:
            yield _about(entry.subject)


class _Cash:
    """Cash in and out of the till, summed once for all shifts."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._seqs = [entry.seq for entry in entries]
        self._sums = [NO_MONEY, *accumulate(cash_of([entry]) for entry in entries)]

    def between(self, began: int, ended: int) -> Money:
        """Of the entries after one and before another."""
        first, last = bisect_right(self._seqs, began), bisect_left(self._seqs, ended)
        return self._sums[last] - self._sums[first]


def _signed(entry: Entry | None, shift: Shift, before: tuple[OpenItem, ...]) -> bool:
    appeared, gone = difference(before, shift.taken_over)
    return (
        entry is not None
        and (entry.kind, entry.subject) == (EntryKind.SHIFT_OPENED, shift.shift_id)
        and (entry.clerk, entry.fen) == (shift.clerk, shift.float_money.fen)
        and entry.proof == shift.digest == digest_of(shift.taken_over)
        and (shift.appeared, shift.gone) == (tuple(appeared), tuple(gone))
        and entry.detail == freeze(shift)
    )


def _counted(entry: Entry | None, closed: ShiftClose, records: Records) -> bool:
    return (
        entry is not None
        and (entry.kind, entry.subject) == (EntryKind.SHIFT_CLOSED, closed.shift_id)
        and (entry.fen, entry.balance_fen) == (closed.counted.fen, closed.over_short.fen)
        and closed.over_short == closed.counted - closed.expected
        and records.counts.get(closed.shift_id) == closed.counted
        and entry.proof == closed.digest == digest_of(closed.open_items)
        and entry.detail == freeze(closed)
    )


def _about(shift_id: str) -> Disagreement:
    return Disagreement("shift_disagrees", {"shift_id": shift_id})
