"""The files of a gas application on a CPU card, by number and length.

The application's own files are PBOC's: basic facts (15), holder (16), log (18). The trade's are
those of the published prepayment protocol (reference cards 6.3): parameters 81, tariffs 83 and
84, return 85; numbered there as they stand in P1, with the high bit for "by short number". Its
purse file 82 is PBOC's purse here.
"""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.errors import Refusal
from cardstation.ports.purse import PurseKind

BY_SHORT_NUMBER = 0x80


@dataclass(frozen=True, slots=True)
class CardFile:
    """A transparent file.

    Attributes:
        number: Short file number, five bits.
        encrypted: Updates are encrypted on the line, too, not only proven by a MAC.
        line_only: That MAC is proof enough; else the key of files is wanted before, too.
    """

    number: int
    size: int
    encrypted: bool = False
    line_only: bool = False

    @property
    def p1(self) -> int:
        """How READ and UPDATE BINARY name it."""
        return BY_SHORT_NUMBER | self.number


BASIC = CardFile(0x15, 30)
HOLDER = CardFile(0x16, 39, encrypted=True)
PARAMETERS = CardFile(0x01, 45)
TARIFF = CardFile(0x03, 201)
SPARE_TARIFF = CardFile(0x04, 201)
RETURNED = CardFile(0x05, 49, line_only=True)

GAS_FILES = (BASIC, HOLDER, PARAMETERS, TARIFF, SPARE_TARIFF, RETURNED)

LOG_NUMBER = 0x18
LOG_RECORDS = 10
LOG_BYTES = 23
SERIAL_AT = slice(10, 20)
"""Where in the basic file the application serial number stands."""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One transaction in a card's own log, newest first in the file."""

    sequence: int
    fen: int
    kind: int
    terminal: bytes
    moment: bytes

    @property
    def is_load(self) -> bool:
        """A load of either purse; everything else spends."""
        return self.kind in (PurseKind.PASSBOOK.value, PurseKind.PURSE.value)

    def to_bytes(self) -> bytes:
        """As it stands in the file: count, overdraft limit, amount, kind, terminal, moment."""
        head = self.sequence.to_bytes(2) + bytes(3) + self.fen.to_bytes(4)
        return head + bytes([self.kind]) + self.terminal + self.moment

    @classmethod
    def of(cls, record: bytes) -> LogRecord:
        """Take a record of 23 bytes apart."""
        return cls(
            sequence=int.from_bytes(record[:2]),
            fen=int.from_bytes(record[5:9]),
            kind=record[9],
            terminal=record[10:16],
            moment=record[16:],
        )


HEAD, TAIL = 0x68, 0x16
HEADED = 4
"""Bytes of head, command and length before what a file says."""


def framed(body: bytes, command: int = 0x01) -> bytes:
    """A parameter or return file around what it says: head, length, sum of bytes, tail."""
    inner = bytes([command]) + len(body).to_bytes(2) + body
    return bytes([HEAD]) + inner + bytes([sum(inner) & 0xFF, TAIL])


def unframed(content: bytes) -> bytes:
    """What a parameter or return file says.

    Raises:
        Refusal: code `card_damaged`: head, length, sum or tail are wrong.
    """
    length = int.from_bytes(content[2:HEADED])
    stop = HEADED + length
    whole = content[: stop + 2]
    if len(whole) != stop + 2 or whole[0] != HEAD or whole[-1] != TAIL:
        raise Refusal("card_damaged")
    if sum(whole[1:stop]) & 0xFF != whole[stop]:
        raise Refusal("card_damaged")
    return whole[HEADED:stop]
