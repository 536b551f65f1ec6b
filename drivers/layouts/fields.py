"""Fields: how one value stands in a few bytes, or a few bits, of a card.

Everything here is data read by `codec`; a layout adds no code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from cardstation.errors import Refusal, ensure

FieldValue = int | str | bytes | datetime | frozenset[str]

BEIJING = timezone(timedelta(hours=8))
"""Where clocks of cards with dates in digits stand."""


PACKED_LETTERS = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.-/"
"""Forty characters, so that three of them fit into two bytes."""


class Encoding(StrEnum):
    """How the bytes of a field are read.

    Members:
        UINT, SINT: Whole number without or with sign (two's complement).
        DECIMAL: Whole number in decimal digits, two a byte (BCD).
        BCD: Exactly two decimal digits a byte, as text.
        NUMERAL: So many decimal `digits`, as text, kept as a whole number.
        PACKED: Text of digits, capitals, space, dot, dash and slash, three characters in two bytes.
        TEXT: Printable ASCII, padded with spaces on the right.
        TIME: Seconds since 1970-01-01 UTC, unsigned.
        DATE: Decimal digits in the order of `pattern`, Beijing time.
        RAW: The bytes themselves.
        MARK: Always the same bytes; anything else makes the block invalid.
        CHOICE: One of the listed codes, as its word; any other code is unreadable.
        FLAGS: Bits, as the set of their words; unnamed bits are zero.
    """

    UINT = "uint"
    SINT = "sint"
    DECIMAL = "decimal"
    BCD = "bcd"
    NUMERAL = "numeral"
    PACKED = "packed"
    TEXT = "text"
    TIME = "time"
    DATE = "date"
    RAW = "raw"
    MARK = "mark"
    CHOICE = "choice"
    FLAGS = "flags"


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a block.

    Attributes:
        offset: Bytes from the start of the block.
        width: Bytes.
        words: For CHOICE (code, word), for FLAGS (bit, word), bit 0 = lowest.
        little: Lower byte first.
        scale, plus: Value = number on the card × scale + plus (numbers and times).
        bits: (lowest bit, how many) of these bytes, which several fields share; None = all.
        fixed: The bytes of a MARK.
        digits: Of a NUMERAL.
        pattern: Of a DATE, of YYYY YY MM DD hh mm ss.
    """

    name: str
    offset: int
    width: int
    encoding: Encoding
    words: tuple[tuple[int, str], ...] = ()
    little: bool = False
    scale: int = 1
    plus: int = 0
    bits: tuple[int, int] | None = None
    fixed: bytes = b""
    digits: int = 0
    pattern: str = ""

    def encode(self, value: FieldValue) -> bytes:
        """The bytes of a value; of a field of bits, the bytes that hold them, others zero.

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
        ordered = data[::-1] if self.little else data
        if self.bits is not None:
            lowest, count = self.bits
            number = int.from_bytes(ordered) >> lowest & ((1 << count) - 1)
            ordered = number.to_bytes((count + 7) // 8)
        return _READ[self.encoding](self, ordered)

    @property
    def mask(self) -> bytes:
        """The bits of its bytes that are this field's."""
        lowest, count = self.bits or (0, 8 * self.width)
        data = (((1 << count) - 1) << lowest).to_bytes(self.width)
        return data[::-1] if self.little else data

    @property
    def kind(self) -> type:
        """What its values are."""
        return _WRITE[self.encoding][0]

    @property
    def own_bytes(self) -> int:
        """Bytes its number takes by itself."""
        return self.width if self.bits is None else (self.bits[1] + 7) // 8

    def _bytes_of(self, value: FieldValue) -> bytes:
        kind, write = _WRITE[self.encoding]
        ensure(isinstance(value, kind), f"{self.name} is {self.encoding}")
        data = write(self, value)
        if self.bits is not None:
            lowest, count = self.bits
            number = int.from_bytes(data)
            if number >> count:
                raise ValueError(self.name)
            data = (number << lowest).to_bytes(self.width)
        return data[::-1] if self.little else data

    def scaled(self, number: int) -> int:
        """The value of a number on the card."""
        return number * self.scale + self.plus

    def unscaled(self, value: int) -> int:
        """The number on the card for a value.

        Raises:
            ValueError: between two numbers.
        """
        number, rest = divmod(value - self.plus, self.scale)
        if rest:
            raise ValueError(self.name)
        return number


def _read_digits(_: Field, data: bytes) -> str | None:
    digits = data.hex()
    return digits if digits.isdecimal() else None


def _read_numeral(field: Field, data: bytes) -> str | None:
    text = f"{int.from_bytes(data):0{field.digits}d}"
    return text if len(text) == field.digits else None


def _read_packed(_: Field, data: bytes) -> str | None:
    letters = []
    for at in range(0, len(data), 2):
        number = int.from_bytes(data[at : at + 2])
        if number >= len(PACKED_LETTERS) ** 3:
            return None
        rest, third = divmod(number, len(PACKED_LETTERS))
        letters += [PACKED_LETTERS[place] for place in (*divmod(rest, len(PACKED_LETTERS)), third)]
    return "".join(letters).rstrip(" ")


def _read_decimal(field: Field, data: bytes) -> int | None:
    digits = _read_digits(field, data)
    return None if digits is None else field.scaled(int(digits))


def _read_text(_: Field, data: bytes) -> str | None:
    return data.decode("ascii").rstrip(" ") if _printable(data) else None


def _read_flags(field: Field, data: bytes) -> frozenset[str] | None:
    bits = int.from_bytes(data)
    if bits & ~sum(1 << bit for bit, _ in field.words):
        return None
    return frozenset(word for bit, word in field.words if bits >> bit & 1)


_STRPTIME = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d", "hh": "%H", "mm": "%M", "ss": "%S"}


def _format_of(field: Field) -> str:
    pattern = field.pattern
    for part, directive in _STRPTIME.items():
        pattern = pattern.replace(part, directive)
    return pattern


def _read_date(field: Field, data: bytes) -> datetime | None:
    digits = _read_digits(field, data)
    if digits is None:
        return None
    try:
        local = datetime.strptime(digits, _format_of(field)).replace(tzinfo=BEIJING)
    except ValueError:
        return None
    return local.astimezone(UTC)


def _read_time(field: Field, data: bytes) -> datetime | None:
    try:
        return datetime.fromtimestamp(field.scaled(int.from_bytes(data)), UTC)
    except (ValueError, OverflowError, OSError):
        return None


_READ: Mapping[Encoding, Callable[[Field, bytes], FieldValue | None]] = {
    Encoding.UINT: lambda field, data: field.scaled(int.from_bytes(data)),
    Encoding.SINT: lambda field, data: field.scaled(int.from_bytes(data, signed=True)),
    Encoding.DECIMAL: _read_decimal,
    Encoding.BCD: _read_digits,
    Encoding.NUMERAL: _read_numeral,
    Encoding.PACKED: _read_packed,
    Encoding.TEXT: _read_text,
    Encoding.TIME: _read_time,
    Encoding.DATE: _read_date,
    Encoding.RAW: lambda _, data: bytes(data),
    Encoding.MARK: lambda field, data: bytes(data) if data == field.fixed else None,
    Encoding.CHOICE: lambda field, data: dict(field.words).get(int.from_bytes(data)),
    Encoding.FLAGS: _read_flags,
}


def _write_digits(field: Field, value: str) -> bytes:
    if len(value) != 2 * field.width or not (value.isascii() and value.isdecimal()):
        raise ValueError(field.name)
    return bytes.fromhex(value)


def _write_numeral(field: Field, value: str) -> bytes:
    if len(value) != field.digits or not (value.isascii() and value.isdecimal()):
        raise ValueError(field.name)
    return int(value).to_bytes(field.own_bytes)


def _write_packed(field: Field, value: str) -> bytes:
    letters = value.ljust(field.width * 3 // 2)
    if len(letters) != field.width * 3 // 2 or value.endswith(" "):
        raise ValueError(field.name)
    numbers = []
    for at in range(0, len(letters), 3):
        first, second, third = (PACKED_LETTERS.index(one) for one in letters[at : at + 3])
        size = len(PACKED_LETTERS)
        numbers.append((first * size + second) * size + third)
    return b"".join(number.to_bytes(2) for number in numbers)


def _write_decimal(field: Field, value: int) -> bytes:
    digits = f"{field.unscaled(value):0{2 * field.width}d}"
    return _write_digits(field, digits)


def _write_text(field: Field, value: str) -> bytes:
    data = value.encode("ascii").ljust(field.width)
    if len(data) != field.width or not _printable(data) or value.endswith(" "):
        raise ValueError(field.name)
    return data


def _write_time(field: Field, value: datetime) -> bytes:
    ensure(value.tzinfo is not None, f"{field.name} has a time zone")
    number = (int(value.timestamp()) - field.plus) // field.scale
    return number.to_bytes(field.own_bytes)


def _write_date(field: Field, value: datetime) -> bytes:
    ensure(value.tzinfo is not None, f"{field.name} has a time zone")
    return _write_digits(field, value.astimezone(BEIJING).strftime(_format_of(field)))


def _write_mark(field: Field, value: bytes) -> bytes:
    if value != field.fixed:
        raise ValueError(field.name)
    return value


def _write_number(field: Field, value: int) -> bytes:
    signed = field.encoding is Encoding.SINT
    return field.unscaled(value).to_bytes(field.own_bytes, signed=signed)


def _write_choice(field: Field, value: str) -> bytes:
    return {word: code for code, word in field.words}[value].to_bytes(field.own_bytes)


def _write_flags(field: Field, value: frozenset[str]) -> bytes:
    bits = {word: bit for bit, word in field.words}
    return sum(1 << bits[word] for word in value).to_bytes(field.own_bytes)


_WRITE: Mapping[Encoding, tuple[type, Callable[[Field, Any], bytes]]] = {
    Encoding.UINT: (int, _write_number),
    Encoding.SINT: (int, _write_number),
    Encoding.DECIMAL: (int, _write_decimal),
    Encoding.BCD: (str, _write_digits),
    Encoding.NUMERAL: (str, _write_numeral),
    Encoding.PACKED: (str, _write_packed),
    Encoding.TEXT: (str, _write_text),
    Encoding.TIME: (datetime, _write_time),
    Encoding.DATE: (datetime, _write_date),
    Encoding.RAW: (bytes, lambda _, value: value),
    Encoding.MARK: (bytes, _write_mark),
    Encoding.CHOICE: (str, _write_choice),
    Encoding.FLAGS: (frozenset, _write_flags),
}


def _printable(data: bytes) -> bool:
    return all(0x20 <= byte < 0x7F for byte in data)
