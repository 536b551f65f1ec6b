"""Reads an entry that is written as our stations write them: in one pass, checked on the way.

It is a short way and no second rule: whatever is not written so goes the long way
(`central/batch.py`), which alone says what can be read and booked.
"""

from __future__ import annotations

import re
from dataclasses import Field, fields
from typing import Annotated, Any

import msgspec

from cardstation.domain.ledger import ADDED_LATER, Entry, EntryKind

AMOUNTS = ("fen", "balance_fen")
WORDS = (
    *("entry_id", "station", "subject", "account_no", "maker", "card_no", "meter_no"),
    *("tender", "batch", "order_id", "corrects"),
)
MOST_FEN = 10**12

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_SHORT = Annotated[str, msgspec.Meta(max_length=100)]
"""A hundred characters are four hundred bytes at the most."""
_FEN = Annotated[int, msgspec.Meta(ge=-MOST_FEN, le=MOST_FEN)]
_TYPES: dict[Any, Any] = {
    "int": Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
    "str": str,
    "EntryKind": EntryKind,
    "tuple[tuple[int, int, int], ...]": tuple[tuple[int, int, int], ...],
}


def _field(one: Field[Any]) -> tuple[str, Any] | tuple[str, Any, str]:
    kind = _TYPES[one.type]
    kind = _FEN if one.name in AMOUNTS else _SHORT if one.name in WORDS else kind
    return (one.name, kind, "") if one.name in ADDED_LATER else (one.name, kind)


_SHAPE = msgspec.defstruct(
    "Plain", [_field(one) for one in fields(Entry)], kw_only=True, forbid_unknown_fields=True
)
_CHECK = msgspec.json.Decoder(_SHAPE).decode
_READ = msgspec.json.Decoder(Entry).decode


def plain_entry(raw: bytes) -> Entry | None:
    """An entry that can be read and booked as it stands; None = nobody knows yet."""
    # One byte is looked for ten times faster than two, and hardly an entry has it.
    if b"\\" in raw and b"\\u" in raw:
        # What is written by its number may be half a character, or none: not plain.
        return None
    try:
        _CHECK(raw)
        entry = _READ(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return entry if is_uuid(entry.entry_id) else None


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID, written the one way in which we write them."""
    return _UUID.fullmatch(text) is not None
