"""Fields and check values: how one value stands in a few bytes of a card.

Numbers are big-endian. Everything here is data read by `codec`; a layout adds no code.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import reduce
from operator import xor
from typing import Any

from cardstation.errors import Refusal, ensure

FieldValue = int | str | bytes | datetime | frozenset[str]


class Encoding(StrEnum):
    """How the bytes of a field are read.

    Members:
        UINT, SINT: Whole number, big-endian, without or with sign (two's complement).
        BCD: Exactly two decimal digits a byte, as text.
        TEXT: Printable ASCII, padded with spaces on the right.
        TIME: Seconds since 1970-01-01 UTC, unsigned.
        RAW: The bytes themselves.
        CHOICE: One of the listed codes, as its word; any other code is unreadable.
        FLAGS: Bits, as the set of their words; unnamed bits are zero.
    """

    UINT = "uint"
    SINT = "sint"
    BCD = "bcd"
    TEXT = "text"
    TIME = "time"
    RAW = "raw"
    CHOICE = "choice"
    FLAGS = "flags"


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a block.

    Attributes:
        offset: Bytes from the start of the block.
        width: Bytes.
        words: For CHOICE (code, word), for FLAGS (bit, word), bit 0 = lowest.
    """

    name: str
    offset: int
    width: int
    encoding: Encoding
    words: tuple[tuple[int, str], ...] = ()

    def encode(self, value: FieldValue) -> bytes:
        """The bytes of a value.

        Raises:
            Refusal: code `field_does_not_fit`, naming the field.
            Defect: a value of another kind than the encoding's.
        """
        try:
            data = self._bytes_of(value)
        except (OverflowError, ValueError, KeyError) as error:
            raise Refusal("field_does_not_fit", field=self.name) from error
        ensure(len(data) == self.width, f"{self.name} has {self.width} bytes")
        return data

    def decode(self, data: bytes) -> FieldValue | None:
        """The value of some bytes, None when they cannot be of this encoding."""
        return _READ[self.encoding](self, data)

    def _bytes_of(self, value: FieldValue) -> bytes:
        kind, write = _WRITE[self.encoding]
        ensure(isinstance(value, kind), f"{self.name} is {self.encoding}")
        return write(self, value)


def _read_digits(_: Field, data: bytes) -> str | None:
    digits = data.hex()
    return digits if digits.isdecimal() else None


def _read_text(_: Field, data: bytes) -> str | None:
    return data.decode("ascii").rstrip(" ") if _printable(data) else None


def _read_flags(field: Field, data: bytes) -> frozenset[str] | None:
    bits = int.from_bytes(data)
    if bits & ~sum(1 << bit for bit, _ in field.words):
        return None
    return frozenset(word for bit, word in field.words if bits >> bit & 1)


_READ: Mapping[Encoding, Callable[[Field, bytes], FieldValue | None]] = {
    Encoding.UINT: lambda _, data: int.from_bytes(data),
    Encoding.SINT: lambda _, data: int.from_bytes(data, signed=True),
    Encoding.BCD: _read_digits,
    Encoding.TEXT: _read_text,
    Encoding.TIME: lambda _, data: datetime.fromtimestamp(int.from_bytes(data), UTC),
    Encoding.RAW: lambda _, data: bytes(data),
    Encoding.CHOICE: lambda field, data: dict(field.words).get(int.from_bytes(data)),
    Encoding.FLAGS: _read_flags,
}


def _write_digits(field: Field, value: str) -> bytes:
    if len(value) != 2 * field.width or not (value.isascii() and value.isdecimal()):
        raise ValueError(field.name)
    return bytes.fromhex(value)


def _write_text(field: Field, value: str) -> bytes:
    data = value.encode("ascii").ljust(field.width)
    if len(data) != field.width or not _printable(data) or value.endswith(" "):
        raise ValueError(field.name)
    return data


def _write_time(field: Field, value: datetime) -> bytes:
    ensure(value.tzinfo is not None, f"{field.name} has a time zone")
    return int(value.timestamp()).to_bytes(field.width)


def _write_choice(field: Field, value: str) -> bytes:
    return {word: code for code, word in field.words}[value].to_bytes(field.width)


def _write_flags(field: Field, value: frozenset[str]) -> bytes:
    bits = {word: bit for bit, word in field.words}
    return sum(1 << bits[word] for word in value).to_bytes(field.width)


_WRITE: Mapping[Encoding, tuple[type, Callable[[Field, Any], bytes]]] = {
    Encoding.UINT: (int, lambda field, value: value.to_bytes(field.width)),
    Encoding.SINT: (int, lambda field, value: value.to_bytes(field.width, signed=True)),
    Encoding.BCD: (str, _write_digits),
    Encoding.TEXT: (str, _write_text),
    Encoding.TIME: (datetime, _write_time),
    Encoding.RAW: (bytes, lambda _, value: value),
    Encoding.CHOICE: (str, _write_choice),
    Encoding.FLAGS: (frozenset, _write_flags),
}


def _printable(data: bytes) -> bool:
    return all(0x20 <= byte < 0x7F for byte in data)


class CheckKind(StrEnum):
    """Check values seen on meter cards (reference: cards 6.4).

    Members:
        CRC16: Polynomial 1021, start FFFF, not reflected (CRC-16/CCITT-FALSE), big-endian.
        SUM8: Sum of the bytes modulo 256.
        XOR8: All bytes combined by exclusive or.
    """

    CRC16 = "crc16"
    SUM8 = "sum8"
    XOR8 = "xor8"


CHECK_WIDTH: Mapping[CheckKind, int] = {
    CheckKind.CRC16: 2,
    CheckKind.SUM8: 1,
    CheckKind.XOR8: 1,
}


@dataclass(frozen=True, slots=True)
class Check:
    """A check value of a block.

    Attributes:
        covers: Pieces (from, to) of the block, `to` not included, in the order they are summed.
    """

    kind: CheckKind
    offset: int
    covers: tuple[tuple[int, int], ...]
    name: str = "check"

    @property
    def width(self) -> int:
        """Bytes of the check value."""
        return CHECK_WIDTH[self.kind]

    def value(self, block: bytes) -> bytes:
        """The check value these block bytes should carry."""
        data = b"".join(block[first:stop] for first, stop in self.covers)
        match self.kind:
            case CheckKind.CRC16:
                return binascii.crc_hqx(data, 0xFFFF).to_bytes(2)
            case CheckKind.SUM8:
                return bytes((sum(data) & 0xFF,))
            case CheckKind.XOR8:
                return bytes((reduce(xor, data, 0),))

    def holds(self, block: bytes) -> bool:
        """True when the block carries the right check value."""
        return block[self.offset : self.offset + self.width] == self.value(block)
