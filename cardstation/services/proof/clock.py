"""Proves that recorded time went back only where two people wrote down why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cardstation.domain.ledger import PEOPLE, Entry, EntryKind
from cardstation.services.proof.records import Disagreement, Records
from cardstation.store.topups import LogRow


def clock_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every such entry without two persons and a reason, and every mark that went back."""
    ended = [entry for entry in records.entries if entry.kind is EntryKind.CLOCK]
    for entry in ended:
        if not _by_two(entry):
            yield Disagreement("clock_disagrees", {"seq": entry.seq})
    yield from _marks_back(records.log, [entry.seq for entry in ended], len(records.stored))


def _marks_back(log: Sequence[LogRow], ended: Sequence[int], end: int) -> Iterator[Disagreement]:
    """Moves whose mark is below the one before, with no such entry between the two.

    A move without an entry of its own lies between those of its neighbours.
    """
    nexts: list[int] = []
    for row in reversed(log):
        nexts.append(row.seq or (nexts[-1] if nexts else end))
    mark, seq = 0, 0
    for row, upto in zip(log, reversed(nexts), strict=True):
        if row.high_water_us < mark and not any(seq < one <= upto for one in ended):
            yield Disagreement("clock_went_back", {"topup_id": row.topup_id})
        mark, seq = row.high_water_us, row.seq or seq


def _by_two(entry: Entry) -> bool:
    """Two different people, in their own words, of a time later than their own."""
    said = entry.witness.removeprefix(PEOPLE).strip() if entry.witness.startswith(PEOPLE) else ""
    return bool(said and entry.approver and entry.clerk != entry.approver and entry.detail)
