"""What stands in the trade's two files of a CPU gas card: parameters (81) and return (85).

Fields, places and the checksum are those of the published prepayment protocol (reference cards
6.3). Numbers of meters and customers are 12 digits of BCD; money on the return side is binary, as
the meter's own register is; alarms and overdraft are BCD of fen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from cardstation.errors import Refusal, ensure
from drivers.purses.gas_files import HEAD, RETURNED, framed, unframed

NUMBER_BYTES = 6
TIME_BYTES = 5
NO_TIME = "0" * (2 * TIME_BYTES)


class Purpose(IntEnum):
    """What a meter takes the card for."""

    OPENING = 0x01
    BUYING = 0x02
    REISSUE = 0x03


@dataclass(frozen=True, slots=True)
class Parameters:
    """File 81: whose card this is, and what the meter shall change besides taking credit.

    Attributes:
        updates: Flags of what else is on the card: 80 parameters, 01 current rates, 02 spare
            rates, 04 current tiers, 08 spare tiers.
        switch_at: When the spare tariff begins, YYMMDDhhmm; zeros = never.
        generation: Reissue count, in a byte the protocol reserves.
    """

    COMMAND: ClassVar[int] = 0x01

    meter_no: str
    customer_no: str
    purpose: Purpose
    updates: int = 0
    switch_at: str = NO_TIME
    alarm_1_fen: int = 0
    alarm_2_fen: int = 0
    generation: int = 0

    def to_bytes(self) -> bytes:
        """The whole file, 45 bytes; the two transformer ratios are of no use to gas and are 1."""
        head = bytes([0x00, self.updates]) + bytes(4) + _digits(self.switch_at, TIME_BYTES)
        alarms = _bcd(self.alarm_1_fen, 4) + _bcd(self.alarm_2_fen, 4) + _bcd(1, 3) * 2
        who = _digits(self.meter_no, NUMBER_BYTES) + _digits(self.customer_no, NUMBER_BYTES)
        body = head + bytes([self.generation]) + alarms + who + bytes([self.purpose])
        return framed(body, self.COMMAND)

    @classmethod
    def of(cls, content: bytes) -> Parameters:
        """Read the file; old cards have FF where no update is meant.

        Raises:
            Refusal: code `card_damaged`.
        """
        body = unframed(content)
        if len(body) != 39 or body[0x26] not in set(Purpose):
            raise Refusal("card_damaged")
        return cls(
            meter_no=_number(body[0x1A:0x20]),
            customer_no=_number(body[0x20:0x26]),
            purpose=Purpose(body[0x26]),
            updates=0 if body[1] == 0xFF else body[1],
            switch_at=_time(body[6:11]),
            alarm_1_fen=_amount(body[12:16]),
            alarm_2_fen=_amount(body[16:20]),
            generation=0 if body[11] == 0xFF else body[11],
        )


@dataclass(frozen=True, slots=True)
class Returned:
    """File 85: what the meter wrote back when it took the card; the proof that it did.

    Attributes:
        count: Purchases the meter has taken.
        refused_cards: Cards that were not this meter's.
        at: The meter's time, YYMMDDhhmm.
    """

    COMMAND: ClassVar[int] = 0x11

    meter_no: str
    customer_no: str
    remaining_fen: int
    count: int
    overdraft_fen: int = 0
    refused_cards: int = 0
    at: str = NO_TIME

    def to_bytes(self) -> bytes:
        """The whole file, 49 bytes."""
        who = _digits(self.meter_no, NUMBER_BYTES) + _digits(self.customer_no, NUMBER_BYTES)
        money = self.remaining_fen.to_bytes(4) + self.count.to_bytes(4)
        rest = _bcd(self.overdraft_fen, 4) + bytes(3) + _bcd(self.refused_cards, 4)
        body = b"\x00" + _bcd(1, 3) * 2 + who + money + rest + _digits(self.at, TIME_BYTES)
        return framed(body, self.COMMAND)

    @classmethod
    def of(cls, content: bytes) -> Returned | None:
        """Read the file; None where a desk cleared it, or began to, and no meter wrote since.

        Raises:
            Refusal: code `card_damaged`.
        """
        if not has_head(content):
            return None
        body = unframed(content)
        if len(body) != 43:
            raise Refusal("card_damaged")
        return cls(
            meter_no=_number(body[7:13]),
            customer_no=_number(body[13:19]),
            remaining_fen=int.from_bytes(body[19:23]),
            count=int.from_bytes(body[23:27]),
            overdraft_fen=_amount(body[27:31]),
            refused_cards=_amount(body[34:38]),
            at=_time(body[38:43]),
        )


CLEARED = bytes(RETURNED.size)
"""A return file as its issuer leaves it, and a desk with each sale."""


def has_head(content: bytes) -> bool:
    """Whether a return file is a meter's answer: its head is what a desk clears first."""
    return content[:1] == bytes([HEAD])


def is_cleared(content: bytes) -> bool:
    """Whether a return file is empty, as a meter asks: no head, and nothing in bytes 5 to 7."""
    return not has_head(content) and not any(content[5:8])


def _digits(text: str, length: int) -> bytes:
    ensure(len(text) == 2 * length and text.isdecimal(), f"{2 * length} digits")
    return bytes.fromhex(text)


def _bcd(number: int, length: int) -> bytes:
    return _digits(f"{number:0{2 * length}d}", length)


def _number(content: bytes) -> str:
    text = content.hex()
    if not text.isdecimal():
        raise Refusal("card_damaged")
    return text


def _amount(content: bytes) -> int:
    return int(_number(content))


def _time(content: bytes) -> str:
    """FF, as old cards have it, is no time."""
    text = content.hex()
    return text if text.isdecimal() else NO_TIME
