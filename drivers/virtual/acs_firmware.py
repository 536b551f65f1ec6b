"""The memory-card side of an ACS reader, new (CCID) and old (ACR38 before CCID).

The reader's own commands are here; what it does with one kind of chip stands in `CARD_TYPES`.
Source: reference cards 2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from drivers.chips.at24c import LARGE
from drivers.virtual.acs_i2c import AcsI2cCard
from drivers.virtual.acs_sc102 import AcsSc102Card
from drivers.virtual.acs_sle import AcsSle4428, AcsSle4442
from drivers.virtual.apdu import (
    FAILED,
    NOT_SUPPORTED,
    OK,
    UNKNOWN_CLA,
    UNKNOWN_INS,
    WRONG_LENGTH,
    Apdu,
)
from drivers.virtual.at24c import VirtualAt24c
from drivers.virtual.at88sc102 import VirtualAt88Sc102
from drivers.virtual.chip import VirtualSle4442
from drivers.virtual.memory import VirtualChip
from drivers.virtual.sle4428 import VirtualSle4428

READER_INFO = b"CS-VIRT-01" + bytes([0xFF, 0xFF])


class CardCommands(Protocol):
    """The commands of one selected card type."""

    def commands(self) -> Mapping[int, Callable[[Apdu], bytes]]:
        """By INS; an answer is data + SW1 SW2."""


class UndrivenBus:
    """A type was selected that this chip does not answer to: ones come in, writes go nowhere."""

    def commands(self) -> Mapping[int, Callable[[Apdu], bytes]]:
        """Reading and writing, blindly."""
        return {0xB0: _ones, 0xD0: lambda _: OK, 0x01: lambda _: OK}


def _ones(apdu: Apdu) -> bytes:
    return b"\xff" * apdu.le + OK if apdu.le else WRONG_LENGTH


ANSWERING = frozenset({0x05, 0x06})
"""Types whose chips answer to reset, so that the reader notices when they do not."""
SILENT = frozenset({0x01, 0x02, 0x09})
"""Types without an answer to reset: the reader takes whatever lies there."""


def card_commands(chip: VirtualChip, card_type: int, *, old: bool) -> CardCommands | None:
    """What a reader does with a chip after this type was selected; None = it refuses."""
    match chip:
        case VirtualSle4442() if card_type == 0x06:
            return AcsSle4442(chip, old=old)
        case VirtualSle4428() if card_type == 0x05:
            return AcsSle4428(chip)
        case VirtualAt24c() if card_type == (0x01 if chip.part.size <= LARGE else 0x02):
            return AcsI2cCard(chip)
        case VirtualAt88Sc102() if card_type == 0x09:
            return AcsSc102Card(chip)
        case _:
            return UndrivenBus() if card_type in SILENT else None


class AcsFirmware:
    """Answers APDUs for one powered chip.

    Args:
        old: Speak as the firmware before CCID: four protection bytes after each read, the
            counter of PRESENT_CODE in the data, error counter with Le 00 only.
    """

    def __init__(self, chip: VirtualChip, *, old: bool = False) -> None:
        self._chip = chip
        self._old = old
        self._card: CardCommands | None = None
        self._type = 0

    def answer(self, apdu: Apdu) -> bytes:
        """Do one command and return data + SW1 SW2.

        Raises:
            Torn: the chip lost its power.
        """
        if apdu.cla != 0xFF:
            return UNKNOWN_CLA
        if apdu.ins == 0xA4:
            return self._select(apdu)
        if apdu.ins == 0x09:
            return READER_INFO + bytes([0x00, 0x40, self._type, 3]) + OK
        if self._card is None:
            return FAILED if apdu.ins in ANY_CARD else UNKNOWN_INS
        commands = self._card.commands()
        return commands[apdu.ins](apdu) if apdu.ins in commands else UNKNOWN_INS

    def _select(self, apdu: Apdu) -> bytes:
        card_type = apdu.data[0] if len(apdu.data) == 1 else 0
        card = card_commands(self._chip, card_type, old=self._old)
        if card is None:
            return NOT_SUPPORTED
        self._chip.reset()
        self._card, self._type = card, card_type
        return OK


ANY_CARD = frozenset({0x01, 0x05, 0x20, 0xB0, 0xB1, 0xB2, 0xD0, 0xD1, 0xD2})
"""Commands of some card type: they fail before one is selected."""
