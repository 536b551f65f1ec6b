"""Proves the journal's chain: every hash recomputed from the exact bytes, no gap, one history."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.ledger import GENESIS, Entry, entry_hash
from cardstation.services.proof.records import Disagreement, Records


def chain_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every place where the chain, the anchor or the ledger's ack does not fit."""
    before, epoch = GENESIS, 0
    for place, stored in enumerate(records.stored, start=1):
        try:
            entry = stored.entry
        except (ValueError, KeyError, TypeError):
            yield Disagreement("entry_unreadable", {"seq": place})
            before = stored.hash
            continue
        problem = _problem(entry, place, before, epoch)
        if entry_hash(stored.raw) != stored.hash:
            problem = "hash"
        elif stored.seq in records.misfiled:
            problem = "columns"
        if problem:
            yield Disagreement("chain_broken", {"seq": place, "what": problem})
        before, epoch = stored.hash, entry.epoch
    if records.anchored is not None:
        yield records.anchored
    yield from _acknowledged(records)


def _problem(entry: Entry, place: int, before: str, epoch: int) -> str:
    if entry.seq != place:
        return "seq"
    if entry.prev_hash != before:
        return "prev_hash"
    return "epoch" if entry.epoch < epoch else ""


def _acknowledged(records: Records) -> Iterator[Disagreement]:
    seq, acked_hash = records.acked
    if seq and _hash_at(records, seq) != acked_hash:
        yield Disagreement("ledger_fork", {"seq": seq})


def _hash_at(records: Records, seq: int) -> str:
    return records.stored[seq - 1].hash if 0 < seq <= len(records.stored) else ""
