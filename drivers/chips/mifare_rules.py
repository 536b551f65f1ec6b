"""Arithmetic of a MIFARE Classic 1K: places, access bits, sector trailers, value blocks.

A trailer whose access bits contradict their inverses locks its sector for ever, so every trailer
is checked here before it is written. Source: reference cards 1.7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardstation.errors import ensure

SECTORS = 16
BLOCK = 16
PER_SECTOR = 3
"""Data blocks of a sector; the fourth is its trailer."""
SIZE = SECTORS * PER_SECTOR * BLOCK
"""An image is all data blocks one after another, without the trailers."""

KEY_BYTES = 6
TRANSPORT_KEY = b"\xff" * KEY_BYTES
TRANSPORT_ACCESS = bytes.fromhex("FF078069")

Conditions = tuple[int, int, int, int]
"""C1 C2 C3 as one number of three bits, for blocks 0, 1, 2 and the trailer."""

READ_A_WRITE_B = 0b100
"""Data block: read with either key, write with key B."""
TRAILER_BY_B = 0b011
"""Trailer: everything that may be written, with key B only."""
ISSUED: Conditions = (READ_A_WRITE_B, READ_A_WRITE_B, READ_A_WRITE_B, TRAILER_BY_B)
USER_BYTE = 0x69


def block_of(address: int) -> int:
    """Number of the block that holds an address of an image."""
    sector, data = divmod(address // BLOCK, PER_SECTOR)
    return sector * (PER_SECTOR + 1) + data


def trailer_of(block: int) -> int:
    """The trailer of a block's sector."""
    return block | PER_SECTOR


def access_bytes(conditions: Conditions) -> bytes:
    """The four access bytes of a trailer."""
    c1, c2, c3 = (
        sum((each >> bit & 1) << place for place, each in enumerate(conditions))
        for bit in (2, 1, 0)
    )
    first = (~c2 & 0xF) << 4 | (~c1 & 0xF)
    return bytes([first, c1 << 4 | (~c3 & 0xF), c3 << 4 | c2, USER_BYTE])


def conditions_in(access: Sequence[int]) -> Conditions | None:
    """The conditions of access bytes; None when they contradict their inverses: sector locked."""
    not_c2, not_c1 = access[0] >> 4, access[0] & 0xF
    c1, not_c3 = access[1] >> 4, access[1] & 0xF
    c3, c2 = access[2] >> 4, access[2] & 0xF
    if (c1 ^ not_c1, c2 ^ not_c2, c3 ^ not_c3) != (0xF, 0xF, 0xF):
        return None
    one, two, three, last = (
        (c1 >> place & 1) << 2 | (c2 >> place & 1) << 1 | (c3 >> place & 1) for place in range(4)
    )
    return one, two, three, last


def trailer(key_a: bytes, conditions: Conditions, key_b: bytes) -> bytes:
    """A sector trailer, its arithmetic proven before anybody writes it."""
    ensure(len(key_a) == len(key_b) == KEY_BYTES, "a key has six bytes")
    made = key_a + access_bytes(conditions) + key_b
    ensure(conditions_in(made[KEY_BYTES : KEY_BYTES + 3]) == conditions, "access bits hold")
    ensure(len(made) == BLOCK, "a trailer is one block")
    return made


BY_A, BY_B, BY_BOTH, BY_NONE = frozenset("A"), frozenset("B"), frozenset("AB"), frozenset("")


@dataclass(frozen=True, slots=True)
class DataRights:
    """Which key may read, write, increment, and decrement (also restore and transfer)."""

    read: frozenset[str]
    write: frozenset[str]
    increment: frozenset[str]
    decrement: frozenset[str]


DATA_RIGHTS: Mapping[int, DataRights] = {
    0b000: DataRights(BY_BOTH, BY_BOTH, BY_BOTH, BY_BOTH),
    0b010: DataRights(BY_BOTH, BY_NONE, BY_NONE, BY_NONE),
    0b100: DataRights(BY_BOTH, BY_B, BY_NONE, BY_NONE),
    0b110: DataRights(BY_BOTH, BY_B, BY_B, BY_BOTH),
    0b001: DataRights(BY_BOTH, BY_NONE, BY_NONE, BY_BOTH),
    0b011: DataRights(BY_B, BY_B, BY_NONE, BY_NONE),
    0b101: DataRights(BY_B, BY_NONE, BY_NONE, BY_NONE),
    0b111: DataRights(BY_NONE, BY_NONE, BY_NONE, BY_NONE),
}

TRAILER_WRITE: Mapping[int, frozenset[str]] = {
    0b000: BY_NONE,
    0b010: BY_NONE,
    0b100: BY_NONE,
    0b110: BY_NONE,
    0b001: BY_A,
    0b011: BY_B,
    0b101: BY_NONE,
    0b111: BY_NONE,
}
"""Which key may write a whole trailer, keys and access bits together."""

KEY_B_READABLE = frozenset({0b000, 0b010, 0b001})
"""Trailer conditions under which key B can be read, and so opens nothing."""


def value_block(value: int, address: int = 0) -> bytes:
    """A value block: four bytes with sign, low byte first; its inverse; itself; address bytes."""
    plain = value.to_bytes(4, "little", signed=True)
    turned = bytes(byte ^ 0xFF for byte in plain)
    return plain + turned + plain + bytes([address, address ^ 0xFF] * 2)


def value_in(block: bytes) -> int | None:
    """The value of a block, None when it is no value block."""
    value = int.from_bytes(block[:4], "little", signed=True)
    return value if block == value_block(value, block[12]) else None
