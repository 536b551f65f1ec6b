"""What a status word of a memory-card command means: one table for all dialects.

Source: reference cards 2.5. Words about a presented code are read by the dialect itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cardstation.errors import CardRemoved, LinkFailed, Mishap, ReaderCannotMemory, WriteNotTaken

OK = 0x9000

MEANINGS: Mapping[int, type[Mishap]] = MappingProxyType(
    {
        0x6300: LinkFailed,  # operation failed; some ACS firmware: the card left
        0x6581: WriteNotTaken,  # memory failure
        0x6700: ReaderCannotMemory,  # wrong length: not our kind of command
        0x6800: ReaderCannotMemory,
        0x6881: ReaderCannotMemory,
        0x6882: ReaderCannotMemory,
        0x6901: ReaderCannotMemory,
        0x6981: ReaderCannotMemory,
        0x6982: LinkFailed,  # the accepted code was lost: somebody reset the card
        0x6983: LinkFailed,
        0x6985: LinkFailed,
        0x6A80: ReaderCannotMemory,
        0x6A81: ReaderCannotMemory,
        0x6A82: ReaderCannotMemory,
        0x6A86: ReaderCannotMemory,
        0x6B00: ReaderCannotMemory,
        0x6D00: ReaderCannotMemory,
        0x6E00: ReaderCannotMemory,
        0x6E81: CardRemoved,
        0x6F00: LinkFailed,  # no diagnosis; some ACS firmware: the card left
    }
)


def status_of(answer: bytes) -> int:
    """SW1 SW2 of an answer as one number; 0 when the answer is too short to have one."""
    return int.from_bytes(answer[-2:]) if len(answer) >= 2 else 0


def failure(status: int, reader: str) -> Mishap:
    """The error a status word other than 90 00 stands for; unknown words break the link."""
    kind = MEANINGS.get(status, ReaderCannotMemory if status >> 8 == 0x6C else LinkFailed)
    return kind(reader=reader, status=f"{status:04X}")


def data_of(answer: bytes, reader: str) -> bytes:
    """The data of an answer that must say 90 00.

    Raises:
        LinkFailed: or what else the table says of another status word.
    """
    status = status_of(answer)
    if status != OK:
        raise failure(status, reader)
    return answer[:-2]
