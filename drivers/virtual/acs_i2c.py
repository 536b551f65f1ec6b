"""What an ACS reader does with an I2C memory (reference cards 2.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drivers.readers.acs import PAGE_CODES
from drivers.virtual.apdu import OK, WRONG_LENGTH, WRONG_PARAMETERS, Apdu
from drivers.virtual.at24c import VirtualAt24c

DEFAULT_PAGE = 8


class AcsI2cCard:
    """Commands of card types 01 and 02; a fresh one, with the default page, per selection."""

    def __init__(self, chip: VirtualAt24c) -> None:
        self._chip = chip
        self._page = DEFAULT_PAGE

    def commands(self) -> Mapping[int, Callable[[Apdu], bytes]]:
        """By INS."""
        return {0x01: self._set_page, 0xB0: self._read, 0xD0: self._write}

    def _set_page(self, apdu: Apdu) -> bytes:
        sizes = {code: size for size, code in PAGE_CODES.items()}
        if len(apdu.data) != 1 or apdu.data[0] not in sizes:
            return WRONG_PARAMETERS
        self._page = sizes[apdu.data[0]]
        return OK

    def _read(self, apdu: Apdu) -> bytes:
        return self._chip.read(apdu.address, apdu.le) + OK if apdu.le else WRONG_LENGTH

    def _write(self, apdu: Apdu) -> bytes:
        """Cut at what the reader believes to be pages; the chip wraps at its own."""
        if not apdu.data:
            return WRONG_LENGTH
        at, stop = apdu.address, apdu.address + len(apdu.data)
        while at < stop:
            end = min(stop, at - at % self._page + self._page)
            self._chip.write(at, apdu.data[at - apdu.address : end - apdu.address])
            at = end
        return OK
