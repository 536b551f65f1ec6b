"""What an ACS reader does with an SLE4442 and an SLE4428 (reference cards 2.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drivers.virtual import procedures
from drivers.virtual.apdu import OK, WRONG_LENGTH, Apdu
from drivers.virtual.chip import SIZE, VirtualSle4442
from drivers.virtual.control import Control
from drivers.virtual.sle4428 import COUNTER, VirtualSle4428
from drivers.virtual.sle4428 import SIZE as SIZE_4428


class AcsSle4442:
    """Commands of card type 06."""

    def __init__(self, chip: VirtualSle4442, *, old: bool = False) -> None:
        self._chip = chip
        self._old = old

    def commands(self) -> Mapping[int, Callable[[Apdu], bytes]]:
        """By INS."""
        return {
            0xB0: self._read,
            0xB1: self._read_counter,
            0xB2: self._read_protection,
            0xD0: self._write,
            0xD1: self._freeze,
            0x20: self._present_code,
            0xD2: self._change_code,
        }

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


class AcsSle4428:
    """Commands of card type 05; the same in old firmware as far as anybody wrote it down."""

    def __init__(self, chip: VirtualSle4428) -> None:
        self._chip = chip

    def commands(self) -> Mapping[int, Callable[[Apdu], bytes]]:
        """By INS."""
        return {
            0xB0: self._read,
            0xB1: self._read_counter,
            0xB2: self._read_protection,
            0xD0: self._write,
            0xD1: self._freeze,
            0x20: self._present_code,
        }

    def _read(self, apdu: Apdu) -> bytes:
        if not apdu.le or apdu.address + apdu.le > SIZE_4428:
            return WRONG_LENGTH
        return self._chip.read(apdu.address, apdu.le) + OK

    def _read_counter(self, apdu: Apdu) -> bytes:
        return self._chip.read(COUNTER, 3) + OK if apdu.le == 3 else WRONG_LENGTH

    def _read_protection(self, apdu: Apdu) -> bytes:
        if not apdu.le or apdu.le > 0x20 or apdu.address + 8 * apdu.le > SIZE_4428:
            return WRONG_LENGTH
        return self._chip.read_protection(apdu.address, apdu.le) + OK

    def _write(self, apdu: Apdu) -> bytes:
        return self._each(apdu, self._chip.update)

    def _freeze(self, apdu: Apdu) -> bytes:
        return self._each(apdu, self._chip.freeze)

    def _each(self, apdu: Apdu, do: Callable[[int, int], None]) -> bytes:
        if not apdu.data or apdu.address + len(apdu.data) > SIZE_4428:
            return WRONG_LENGTH
        for address, value in enumerate(apdu.data, start=apdu.address):
            do(address, value)
        return OK

    def _present_code(self, apdu: Apdu) -> bytes:
        if len(apdu.data) != 2:
            return WRONG_LENGTH
        return bytes([0x90, self._chip.present(apdu.data)])
