"""The memory-card commands inside an ACS reader, new (CCID) and old (ACR38 before CCID).

Source: reference cards 2.1.
"""

from __future__ import annotations

from drivers.virtual import procedures
from drivers.virtual.apdu import (
    FAILED,
    NOT_SUPPORTED,
    OK,
    UNKNOWN_CLA,
    UNKNOWN_INS,
    WRONG_LENGTH,
    Apdu,
)
from drivers.virtual.chip import SIZE, Control, VirtualSle4442

SLE4442 = 0x06
READER_INFO = b"CS-VIRT-01" + bytes([0xFF, 0xFF, 0x00, 0x40])


class AcsFirmware:
    """Answers APDUs for one powered chip.

    Args:
        old: Speak as the firmware before CCID: four protection bytes after each read, the
            counter of PRESENT_CODE in the data, error counter with Le 00 only.
    """

    def __init__(self, chip: VirtualSle4442, *, old: bool = False) -> None:
        self._chip = chip
        self._old = old
        self._selected = False

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
            return READER_INFO + bytes([SLE4442 if self._selected else 0, 3]) + OK
        commands = {
            0xB0: self._read,
            0xB1: self._read_counter,
            0xB2: self._read_protection,
            0xD0: self._write,
            0xD1: self._freeze,
            0x20: self._present_code,
            0xD2: self._change_code,
        }
        if apdu.ins not in commands:
            return UNKNOWN_INS
        return commands[apdu.ins](apdu) if self._selected else FAILED

    def _select(self, apdu: Apdu) -> bytes:
        if apdu.data != bytes([SLE4442]):
            return NOT_SUPPORTED
        self._chip.reset()
        self._selected = True
        return OK

    def _read(self, apdu: Apdu) -> bytes:
        if not apdu.le or apdu.p2 + apdu.le > SIZE:
            return WRONG_LENGTH
        data = procedures.read_main(self._chip, apdu.p2, apdu.le)
        if self._old:
            data += self._chip.command(Control.READ_PROTECTION)
        return data + OK

    def _read_counter(self, apdu: Apdu) -> bytes:
        if apdu.le != (0 if self._old else 4):
            return WRONG_LENGTH
        return self._chip.command(Control.READ_SECURITY) + OK

    def _read_protection(self, apdu: Apdu) -> bytes:
        if apdu.le != 4:
            return WRONG_LENGTH
        return self._chip.command(Control.READ_PROTECTION) + OK

    def _write(self, apdu: Apdu) -> bytes:
        if not apdu.data or apdu.p2 + len(apdu.data) > SIZE:
            return WRONG_LENGTH
        procedures.update_main(self._chip, apdu.p2, apdu.data)
        return OK

    def _freeze(self, apdu: Apdu) -> bytes:
        for offset, value in enumerate(apdu.data):
            self._chip.command(Control.WRITE_PROTECTION, apdu.p2 + offset, value)
        return OK

    def _present_code(self, apdu: Apdu) -> bytes:
        if len(apdu.data) != 3:
            return WRONG_LENGTH
        counter = procedures.present_code(self._chip, apdu.data)
        if self._old:
            return self._chip.command(Control.READ_SECURITY) + OK
        return bytes([0x90, counter])

    def _change_code(self, apdu: Apdu) -> bytes:
        if apdu.p2 != 1 or len(apdu.data) != 3:
            return WRONG_LENGTH
        procedures.change_code(self._chip, apdu.data)
        return OK
