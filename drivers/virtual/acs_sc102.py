"""What an ACS reader does with an AT88SC102 (reference cards 2.1): 90 00 to almost anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from drivers.chips import at88sc102_map as sc102
from drivers.virtual.apdu import FAILED, OK, WRONG_LENGTH, WRONG_PARAMETERS, Apdu
from drivers.virtual.at88sc102 import VirtualAt88Sc102

VERIFY = 0x08
CODE_AT = (VERIFY, sc102.CODE.start, len(sc102.CODE))
ZONE_KEYS = {(0x00, key.start, len(key)): zone for zone, key in enumerate(sc102.KEYS)}
"""P1, P2 and length of the two erasures; that of a zone with its erase counter on is not here."""


class AcsSc102Card:
    """Commands of card type 09."""

    def __init__(self, chip: VirtualAt88Sc102) -> None:
        self._chip = chip

    def commands(self) -> Mapping[int, Callable[[Apdu], bytes]]:
        """By INS."""
        return {
            0xB0: self._read,
            0xD0: self._write,
            0xD2: self._erase_words,
            0x20: self._code_or_key,
            0x05: self._blow_fuse,
        }

    def _read(self, apdu: Apdu) -> bytes:
        if not apdu.le or apdu.p2 + apdu.le > sc102.SIZE:
            return WRONG_LENGTH
        return self._chip.read(apdu.p2, apdu.le) + OK

    def _write(self, apdu: Apdu) -> bytes:
        if not apdu.data or apdu.p2 + len(apdu.data) > sc102.SIZE:
            return WRONG_LENGTH
        self._chip.write(apdu.p2, apdu.data)
        return OK

    def _erase_words(self, apdu: Apdu) -> bytes:
        if not apdu.le or apdu.p2 + apdu.le > sc102.SIZE:
            return WRONG_LENGTH
        self._chip.erase_words(apdu.p2, apdu.le)
        return OK

    def _code_or_key(self, apdu: Apdu) -> bytes:
        what = (apdu.p1, apdu.p2, len(apdu.data))
        if what == CODE_AT:
            return OK if self._chip.verify(apdu.data) else FAILED
        if what not in ZONE_KEYS:
            return WRONG_PARAMETERS
        self._chip.erase_zone(ZONE_KEYS[what], apdu.data)
        return OK

    def _blow_fuse(self, apdu: Apdu) -> bytes:
        if len(apdu.data) != 4:
            return WRONG_LENGTH
        if int.from_bytes(apdu.data[:2]) == sc102.ISSUER_FUSE:
            self._chip.blow_issuer_fuse()
        return OK
