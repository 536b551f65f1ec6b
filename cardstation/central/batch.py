"""Reads one pushed batch and checks that it is an unbroken chain of readable entries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

from cardstation.domain.ledger import Entry, entry_hash
from cardstation.errors import LedgerRefused

MOST_ENTRIES = 500
MOST_BYTES = 4_000_000

_INT64 = range(-(2**63), 2**63)
_NAMES = tuple(field.name for field in fields(Entry))


@dataclass(frozen=True, slots=True)
class Sent:
    """One entry as it arrived: its exact bytes, its hash (hex), what it says."""

    raw: bytes
    hash: str
    entry: Entry


def read_batch(station: str, entries: Sequence[bytes]) -> tuple[Sent, ...]:
    """Read the entries of a batch of one station.

    Raises:
        LedgerRefused: `batch_empty`, `batch_too_large`, `entry_unreadable` (seq),
            `chain_broken` (seq), `other_station`.
    """
    if not entries:
        raise LedgerRefused("batch_empty")
    if len(entries) > MOST_ENTRIES:
        raise LedgerRefused("batch_too_large", most=MOST_ENTRIES)
    sent = tuple(_read(raw, place) for place, raw in enumerate(entries))
    if any(one.entry.station != station for one in sent):
        raise LedgerRefused("other_station")
    for before, after in pairwise(sent):
        follows = after.entry.seq == before.entry.seq + 1
        same = after.entry.epoch == before.entry.epoch
        if not (follows and same and after.entry.prev_hash == before.hash):
            raise LedgerRefused("chain_broken", seq=after.entry.seq)
    return sent


def _read(raw: bytes, place: int) -> Sent:
    try:
        entry = Entry.from_bytes(raw)
        uuid.UUID(entry.entry_id)
    except (ValueError, TypeError, RecursionError) as error:
        raise LedgerRefused("entry_unreadable", place=place) from error
    if not (entry.seq > 0 and all(_storable(getattr(entry, name)) for name in _NAMES)):
        raise LedgerRefused("entry_unreadable", place=place)
    return Sent(raw, entry_hash(raw), entry)


def _storable(part: object) -> bool:
    """Whether PostgreSQL can hold it: text without NUL or lone surrogates, integers of 64 bits."""
    if isinstance(part, int):
        return part in _INT64
    if isinstance(part, str):
        return "\0" not in part and part.encode("utf-8", "ignore").decode() == part
    return True
