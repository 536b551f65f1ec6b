"""Reads one pushed batch: an unbroken chain of exact bytes, most of which are readable entries.

Bytes that stand at their place in the chain are a fact even when nobody can read them: they are
kept and flagged, and the chain goes on over them. Only a broken chain refuses a batch.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from cardstation.central.plain_entries import AMOUNTS, MOST_FEN, WORDS, is_uuid, plain_entry
from cardstation.domain.ledger import Entry, EntryKind, entry_hash
from cardstation.errors import LedgerRefused

MOST_ENTRIES = 500
MOST_BYTES = 4_000_000

UNREADABLE = "entry_unreadable"
REUSED = "entry_id_reused"

_INT64 = range(-(2**63), 2**63)
_FEN = range(-MOST_FEN, MOST_FEN + 1)
_WORD_BYTES = 400
_NUMBERS = ("generation", "counter_before", "counter_after", "litres")


class Place(NamedTuple):
    """Where bytes say they stand in their station's chain."""

    station: str
    epoch: int
    seq: int
    prev_hash: str
    opens_epoch: bool


class Sent(NamedTuple):
    """One entry as it arrived.

    Attributes:
        raw: Its exact bytes. hash: Their SHA-256, hex.
        place: Where it says it stands; None when the bytes do not say.
        entry: What it says, None when that cannot be read or stored.
        flaw: Why it is kept without being booked, empty when it is booked.
        station: Who sent it.
        seq, epoch: Where it stands; 0 until the ledger knows.
    """

    raw: bytes
    hash: str
    place: Place | None
    entry: Entry | None
    flaw: str = ""
    station: str = ""
    seq: int = 0
    epoch: int = 0

    def at(self, seq: int, epoch: int) -> Sent:
        """The same bytes in their place."""
        return Sent(
            self.raw, self.hash, self.place, self.entry, self.flaw, self.station, seq, epoch
        )

    @property
    def entry_id(self) -> str:
        """The entry's own id, or one made of its place and bytes when it is not booked."""
        if self.entry is not None:
            return self.entry.entry_id
        place = f"cardstation {self.station} {self.seq} {self.hash}"
        return str(uuid.uuid5(uuid.NAMESPACE_OID, place))

    @property
    def opens_epoch(self) -> bool:
        """Whether it begins a new epoch of its station."""
        return self.place is not None and self.place.opens_epoch

    def flawed(self, flaw: str) -> Sent:
        """The same bytes, kept without being booked."""
        return self._replace(entry=None, flaw=flaw)


def read_batch(station: str, entries: Sequence[bytes]) -> tuple[Sent, ...]:
    """Read the entries of a batch of one station; numbers are still missing where none is told.

    Raises:
        LedgerRefused: `batch_empty`, `batch_too_large`, `chain_broken` (seq), `other_station`.
    """
    if not entries:
        raise LedgerRefused("batch_empty")
    if len(entries) > MOST_ENTRIES:
        raise LedgerRefused("batch_too_large", most=MOST_ENTRIES)
    sent = tuple(_read(raw, station) for raw in entries)
    if any(one.place is not None and one.place.station != station for one in sent):
        raise LedgerRefused("other_station")
    for before, after in pairwise(sent):
        if after.place is not None and after.place.prev_hash != before.hash:
            raise LedgerRefused("chain_broken", seq=after.place.seq)
    return sent


def first_seq(sent: Sequence[Sent]) -> int:
    """The number of the first entry by what the batch says of itself, 0 when it says nothing."""
    told = ((index, one.place) for index, one in enumerate(sent) if one.place is not None)
    return next((place.seq - index for index, place in told), 0)


def numbered(sent: Sequence[Sent], first: int, epoch: int) -> tuple[Sent, ...]:
    """Give every entry its number and epoch.

    Args:
        sent: A batch as read.
        first: Number of its first entry.
        epoch: Of the entry before it; goes on until one opens another.

    Raises:
        LedgerRefused: `chain_broken`: the numbers have a gap, or an epoch changes by itself.
    """
    placed: list[Sent] = []
    for index, one in enumerate(sent):
        seq = first + index
        said = one.place
        follows = said is None or (
            said.seq == seq and (not placed or said.epoch == epoch + said.opens_epoch)
        )
        if seq < 1 or not follows:
            raise LedgerRefused("chain_broken", seq=seq)
        epoch = epoch if said is None else said.epoch
        placed.append(one.at(seq, epoch))
    return tuple(placed)


def _read(raw: bytes, station: str) -> Sent:
    digest = entry_hash(raw)
    plain = plain_entry(raw)
    if plain is not None:
        opens = plain.kind is EntryKind.EPOCH
        place = Place(plain.station, plain.epoch, plain.seq, plain.prev_hash, opens)
        return Sent(raw, digest, place, plain, station=station)
    said, entry = read_slowly(raw)
    return Sent(raw, digest, said, entry, "" if entry else UNREADABLE, station)


def read_slowly(raw: bytes) -> tuple[Place | None, Entry | None]:
    """Where an entry stands and what it says, as far as that can be read and booked."""
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        return None, None
    place = _place(said)
    try:
        entry = Entry.from_bytes(raw)
    except (ValueError, TypeError, RecursionError):
        return place, None
    return place, entry if place is not None and _storable(entry) else None


def _place(said: object) -> Place | None:
    """Where decoded bytes say they stand, None when they do not say it in full."""
    if not isinstance(said, dict):
        return None
    station, prev_hash, kind = (said.get(name) for name in ("station", "prev_hash", "kind"))
    epoch, seq = said.get("epoch"), said.get("seq")
    if not (isinstance(station, str) and isinstance(prev_hash, str)):
        return None
    if not (type(epoch) is int and type(seq) is int and epoch in _INT64 and seq in _INT64):
        return None
    return Place(station, epoch, seq, prev_hash, kind == EntryKind.EPOCH.value)


def _storable(entry: Entry) -> bool:
    """Whether PostgreSQL can hold what is copied out of an entry, and no sum can overflow."""
    return (
        is_uuid(entry.entry_id)
        and all(_is_word(getattr(entry, name)) for name in WORDS)
        and all(getattr(entry, name) in _INT64 for name in _NUMBERS)
        and all(getattr(entry, name) in _FEN for name in AMOUNTS)
    )


def _is_word(text: str) -> bool:
    """Text without NUL or lone surrogates, short enough for an index."""
    whole = text.encode("utf-8", "ignore")
    return "\0" not in text and whole.decode() == text and len(whole) <= _WORD_BYTES
