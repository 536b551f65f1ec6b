"""The memory-card commands inside an OMNIKEY (AViatoR) or Cherry reader.

Source: reference cards 2.2 (HID PLT-03099, chapter 8).
"""

from __future__ import annotations

from drivers.virtual import procedures
from drivers.virtual.apdu import OK, UNKNOWN_CLA, UNKNOWN_INS, WRONG_LENGTH, Apdu
from drivers.virtual.chip import SIZE, UNTOUCHED, VirtualSle4442
from drivers.virtual.control import Control


class OmnikeyFirmware:
    """Answers APDUs for one powered chip."""

    def __init__(self, chip: VirtualSle4442) -> None:
        self._chip = chip

    def answer(self, apdu: Apdu) -> bytes:
        """Do one command and return data + SW1 SW2.

        Raises:
            Torn: the chip lost its power.
        """
        commands = {
            0xA4: self._select,
            0xB0: self._read,
            0xD6: self._write,
            0x3A: self._read_protection,
            0x30: self._freeze,
            0x20: self._verify,
            0x21: self._change_code,
        }
        if apdu.cla != 0xFF:
            return UNKNOWN_CLA
        if apdu.ins not in commands:
            return UNKNOWN_INS
        return commands[apdu.ins](apdu)

    def _select(self, _apdu: Apdu) -> bytes:
        return OK

    def _read(self, apdu: Apdu) -> bytes:
        length = SIZE if apdu.le == 0 else apdu.le
        if length is None or apdu.p2 + length > SIZE:
            return WRONG_LENGTH
        return procedures.read_main(self._chip, apdu.p2, length) + OK

    def _write(self, apdu: Apdu) -> bytes:
        if not apdu.data or apdu.p2 + len(apdu.data) > SIZE:
            return WRONG_LENGTH
        procedures.update_main(self._chip, apdu.p2, apdu.data)
        return OK

    def _read_protection(self, _apdu: Apdu) -> bytes:
        return self._chip.command(Control.READ_PROTECTION) + OK

    def _freeze(self, apdu: Apdu) -> bytes:
        for offset, value in enumerate(apdu.data):
            self._chip.command(Control.WRITE_PROTECTION, apdu.p2 + offset, value)
        return OK

    def _verify(self, apdu: Apdu) -> bytes:
        if len(apdu.data) != 3:
            return WRONG_LENGTH
        return self._present(apdu.data)

    def _change_code(self, apdu: Apdu) -> bytes:
        if len(apdu.data) != 6:
            return WRONG_LENGTH
        answer = self._present(apdu.data[:3])
        if answer == OK:
            procedures.change_code(self._chip, apdu.data[3:])
        return answer

    def _present(self, code: bytes) -> bytes:
        counter = procedures.present_code(self._chip, code)
        return OK if counter == UNTOUCHED else bytes([0x63, 0xC0 | counter.bit_count()])
