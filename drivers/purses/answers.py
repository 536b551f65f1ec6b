"""What a CPU card's status words say, in the errors of this house (reference cards 3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cardstation.errors import (
    CodeLocked,
    CodeRefused,
    LinkFailed,
    Mishap,
    PurseRefused,
    Refusal,
    WriteNotTaken,
)
from drivers.purses.apdus import Answer

NO_PROOF = 0x9406
NO_FILE = 0x6A82
NO_RECORD = 0x6A83
PAST_THE_END = 0x6B00
TRIES = 0x63C0
LOCKED_KEY = 0x6983
LOCKED = frozenset({0x6A81, 0x9303})

REFUSED: Mapping[int, str] = MappingProxyType(
    {
        0x6982: "card_not_opened",
        0x6988: "line_mac_refused",
        0x9302: "load_mac_refused",
        0x9402: "purse_count_full",
        0x9403: "purse_key_missing",
    }
)

DEFINITE = frozenset(
    {
        *REFUSED,
        *LOCKED,
        LOCKED_KEY,
        PAST_THE_END,
        0x6700,
        0x6901,
        0x6981,
        0x6984,
        0x6985,
        0x6A80,
        0x6A86,
        0x6D00,
        0x6E00,
    }
)
"""Words only the card itself says, and says before it changes anything. Others may be the reader's
(63 00, 6F 00) or tell of a memory that failed half-way (65 81)."""


def data_of(answer: Answer, reader: str, length: int | None = None) -> bytes:
    """The data of an answer that must be good, and so long.

    Raises:
        PurseRefused, Refusal, WriteNotTaken, LinkFailed: see `failure`.
    """
    if not answer.good:
        raise failure(answer.status, reader)
    if length is not None and len(answer.data) != length:
        raise LinkFailed(reader=reader, length=len(answer.data))
    return answer.data


def failure(status: int, reader: str) -> Mishap | Refusal:
    """The error that a status word other than 90 00 stands for."""
    word = f"{status:04X}"
    if status in LOCKED:
        return Refusal("purse_locked", reader=reader, status=word)
    if status in REFUSED:
        return PurseRefused(REFUSED[status], reader=reader, status=word)
    if status == 0x6581:
        return WriteNotTaken(reader=reader, status=word)
    if status in DEFINITE:
        return PurseRefused(reader=reader, status=word)
    return LinkFailed(reader=reader, status=word)


def key_failure(status: int, reader: str) -> Mishap | Refusal:
    """The same for a presented key or PIN, whose tries the card counts."""
    tries = status & 0x0F
    if status in {LOCKED_KEY, TRIES}:
        return CodeLocked(reader=reader)
    if status & 0xFFF0 == TRIES:
        return CodeRefused(reader=reader, tries_left=tries)
    return failure(status, reader)
