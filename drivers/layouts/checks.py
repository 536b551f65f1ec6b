"""Check values: what a block says of itself, and second copies (reference cards 6.4)."""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import xor

from drivers.layouts.keyed import NO_KEYS, Keys


class CheckKind(StrEnum):
    """Check values seen on meter cards.

    Members:
        CRC16: Polynomial 1021, start FFFF, not reflected (CRC-16/CCITT-FALSE).
        CRC16_SET: CRC16, but FFFF is written as 0000: a check value never written never holds.
        CRC16_MODBUS: Polynomial 8005, start FFFF, reflected (CRC-16/MODBUS).
        CRC8: Polynomial 07, start 00, not reflected (CRC-8/SMBUS).
        CRC8_MAXIM: Polynomial 31, start 00, reflected (CRC-8/MAXIM-DOW).
        SUM8, SUM16: Sum of the bytes modulo 256 or 65536. XOR8: All bytes by exclusive or.
        COPY: The covered bytes once more. INVERSE: every bit of them turned over.
        MAC: The left bytes of a MAC under a key that the layout names.
        NONE: No check value at all; takes no byte.
    """

    CRC16 = "crc16"
    CRC16_SET = "crc16-set"
    CRC16_MODBUS = "crc16-modbus"
    CRC8 = "crc8"
    CRC8_MAXIM = "crc8-maxim"
    SUM8 = "sum8"
    SUM16 = "sum16"
    XOR8 = "xor8"
    COPY = "copy"
    INVERSE = "inverse"
    MAC = "mac"
    NONE = "none"


CHECK_WIDTH: Mapping[CheckKind, int] = {
    CheckKind.CRC16: 2,
    CheckKind.CRC16_SET: 2,
    CheckKind.CRC16_MODBUS: 2,
    CheckKind.CRC8: 1,
    CheckKind.CRC8_MAXIM: 1,
    CheckKind.SUM8: 1,
    CheckKind.SUM16: 2,
    CheckKind.XOR8: 1,
    CheckKind.NONE: 0,
}
"""Bytes of those that do not grow with what they cover."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check value of a block.

    Attributes:
        covers: Pieces (from, to) of the block, `to` not included, in the order they are summed.
        little: Its lower byte stands first.
        key: Name of the key of a MAC. size: bytes of it that the card carries.
    """

    kind: CheckKind
    offset: int
    covers: tuple[tuple[int, int], ...]
    name: str = "check"
    little: bool = False
    key: str = ""
    size: int = 0

    @property
    def width(self) -> int:
        """Bytes of the check value."""
        if self.kind is CheckKind.MAC:
            return self.size
        width = CHECK_WIDTH.get(self.kind)
        return sum(stop - first for first, stop in self.covers) if width is None else width

    def value(self, block: bytes, keys: Keys = NO_KEYS) -> bytes:
        """The check value these block bytes should carry."""
        data = b"".join(block[first:stop] for first, stop in self.covers)
        if self.kind is CheckKind.MAC:
            value = keys[self.key].mac(data)[: self.size]
        else:
            value = _VALUES[self.kind](data)
        return value[::-1] if self.little else value

    def holds(self, block: bytes, keys: Keys = NO_KEYS) -> bool:
        """True when the block carries the right check value."""
        return block[self.offset : self.offset + self.width] == self.value(block, keys)


def _reflected(data: bytes, polynomial: int, start: int) -> int:
    register = start
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (polynomial if register & 1 else 0)
    return register


def _crc8(data: bytes) -> int:
    register = 0
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register << 1 ^ (0x107 if register & 0x80 else 0)) & 0xFF
    return register


_VALUES: Mapping[CheckKind, Callable[[bytes], bytes]] = {
    CheckKind.CRC16: lambda data: binascii.crc_hqx(data, 0xFFFF).to_bytes(2),
    CheckKind.CRC16_SET: lambda data: (binascii.crc_hqx(data, 0xFFFF) % 0xFFFF).to_bytes(2),
    CheckKind.CRC16_MODBUS: lambda data: _reflected(data, 0xA001, 0xFFFF).to_bytes(2),
    CheckKind.CRC8: lambda data: bytes((_crc8(data),)),
    CheckKind.CRC8_MAXIM: lambda data: bytes((_reflected(data, 0x8C, 0),)),
    CheckKind.SUM8: lambda data: bytes((sum(data) & 0xFF,)),
    CheckKind.SUM16: lambda data: (sum(data) & 0xFFFF).to_bytes(2),
    CheckKind.XOR8: lambda data: bytes((reduce(xor, data, 0),)),
    CheckKind.COPY: bytes,
    CheckKind.INVERSE: lambda data: bytes(byte ^ 0xFF for byte in data),
    CheckKind.NONE: lambda _: b"",
}
