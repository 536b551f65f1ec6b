"""A secure module in a slot of its own: keeps the masters, computes with what it derives.

Commands: PBOC's secure modules, general DES calculation (80 1A opens it with the number of levels,
use, version and factors of a key; eight more bytes make a session key; 80 FA computes).
"""

from __future__ import annotations

from drivers.keys import pboc
from drivers.keys.psam import (
    ENCRYPT,
    EXTERNAL,
    LINE,
    LOAD,
    MAC,
    MAC_FROM,
    TERMINAL_FILE,
    PsamKey,
)
from drivers.keys.purse_keys import PurseMasters, training_masters
from drivers.keys.secret import Secret
from drivers.virtual.apdu import OK, UNKNOWN_INS, WRONG_LENGTH, WRONG_PARAMETERS, Apdu
from drivers.virtual.iso7816 import VirtualCpuCard

ATR = bytes.fromhex("3B6900005053414D0000000001")
TERMINAL = bytes.fromhex("000000000001")
MASTER_FILE, APPLICATION = bytes.fromhex("3F00"), bytes.fromhex("DF01")
NOT_NOW = b"\x69\x85"
NO_FILE = b"\x6a\x82"
NO_SUCH_KEY = b"\x94\x03"


class VirtualPsam(VirtualCpuCard):
    """One module; nothing in it changes once it was issued."""

    kind = "psam"

    def __init__(self, masters: PurseMasters | None = None, terminal: bytes = TERMINAL) -> None:
        super().__init__(len(terminal), 1)
        self.main[:] = terminal
        self._masters = masters or training_masters()
        self._forget()

    @property
    def atr(self) -> bytes:
        """T=0."""
        return ATR

    def _forget(self) -> None:
        super()._forget()
        self._selected = False
        self._working: Secret | None = None

    def _do(self, apdu: Apdu) -> bytes:
        match apdu.cla, apdu.ins:
            case 0x00, 0xA4:
                return self._select(apdu)
            case 0x00, 0xB0 if apdu.p1 == TERMINAL_FILE:
                return bytes(self.main)[apdu.p2 :][: apdu.le or None] + OK
            case 0x80, 0x1A if self._selected:
                return self._open(apdu)
            case 0x80, 0xFA if self._selected:
                return self._compute(apdu)
            case (0x00, 0xB0) | (0x80, 0x1A) | (0x80, 0xFA):
                return NOT_NOW
        return UNKNOWN_INS

    def _select(self, apdu: Apdu) -> bytes:
        self._forget()
        if apdu.data not in (MASTER_FILE, APPLICATION):
            return NO_FILE
        self._selected = apdu.data == APPLICATION
        return b"\x6f\x04\x84\x02" + apdu.data + OK

    def _open(self, apdu: Apdu) -> bytes:
        self._working = None
        masters = {
            LOAD: self._masters.load,
            EXTERNAL: self._masters.external,
            LINE: self._masters.line,
        }
        asked, levels = PsamKey(apdu.p1 & 0x1F, apdu.p2), apdu.p1 >> 5
        if asked not in masters:
            return NO_SUCH_KEY
        factors, rest = apdu.data[: levels * pboc.BLOCK], apdu.data[levels * pboc.BLOCK :]
        if len(factors) != levels * pboc.BLOCK or len(rest) not in {0, pboc.BLOCK}:
            return WRONG_LENGTH
        blocks = [factors[at : at + pboc.BLOCK] for at in range(0, len(factors), pboc.BLOCK)]
        key = pboc.diversified(masters[asked], *blocks)
        self._working = Secret(pboc.encrypt(key, rest)) if rest else key
        return OK

    def _compute(self, apdu: Apdu) -> bytes:
        if self._working is None:
            return NOT_NOW
        if apdu.p1 == ENCRYPT and apdu.data and not len(apdu.data) % pboc.BLOCK:
            return pboc.encrypt(self._working, apdu.data) + OK
        if apdu.p1 == MAC:
            return pboc.mac(self._working, apdu.data)[: pboc.MAC_BYTES] + OK
        if apdu.p1 == MAC_FROM and len(apdu.data) > pboc.BLOCK:
            start, data = apdu.data[: pboc.BLOCK], apdu.data[pboc.BLOCK :]
            return pboc.mac(self._working, data, start)[: pboc.MAC_BYTES] + OK
        return WRONG_PARAMETERS
