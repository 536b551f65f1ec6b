"""What every virtual CPU card has in common: T=0, whole-or-nothing writes, chance, tried keys.

A card's system keeps what must move together by writing it beside first: the copy, a mark that
the copy is whole, the cells themselves, the mark off again. A cut anywhere leaves all old or all
new, settled before the first command after the next power-up.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Mapping, Sequence

from cardstation.domain.card import Span
from drivers.virtual.apdu import OK, WRONG_LENGTH, Apdu
from drivers.virtual.memory import VirtualChip

STEP_S = 0.003
COMMAND_S = 0.004
GET_RESPONSE = 0xC0
NOTHING_WAITS = b"\x69\x85"
WHOLE, SETTLED = 0x5A, 0x00
PAGE = 32


class VirtualCpuCard(VirtualChip):
    """A chip that answers command APDUs itself; a reader only passes them on.

    Args:
        size: Bytes of its transparent files together.
        kept: Bytes that only move together.
        by_t1: It speaks T=1: data come with the answer, not by GET RESPONSE.
    """

    step_s = STEP_S

    def __init__(self, size: int, kept: int, *, by_t1: bool = False) -> None:
        super().__init__(size)
        self.main[:] = bytes(size)
        self.kept = bytearray(kept)
        self._beside = bytearray(kept)
        self._mark = bytearray([SETTLED])
        self._by_t1 = by_t1
        self._waiting = b""
        self._drawn = 0

    @property
    def memories(self) -> Mapping[str, bytearray]:
        """All that outlives the power."""
        return {
            "main": self.main,
            "kept": self.kept,
            "beside": self._beside,
            "mark": self._mark,
        }

    @property
    def tries(self) -> int:
        """A card that counts no presented codes of memories."""
        return 1

    @property
    def secret(self) -> bytes:
        """It has no code of that kind."""
        return b""

    def power_up(self) -> bytes:
        """Reset: nothing is selected, nothing proven, nothing waits."""
        super().power_up()
        self._forget()
        return b""

    def power_off(self) -> None:
        """Take the supply away."""
        super().power_off()
        self._forget()

    def answer(self, apdu: Apdu) -> bytes:
        """Do one command; data + SW1 SW2, or 61xx/6Cxx where T=0 has it so.

        Raises:
            Torn: the power was cut.
        """
        self._spend(COMMAND_S)
        self._ensure_power()
        self._settle()
        waiting, self._waiting = self._waiting, b""
        if apdu.ins == GET_RESPONSE and not self._by_t1:
            return self._handed_out(waiting, apdu.le)
        told = self._do(apdu)
        self._ensure_power()
        return told if self._by_t1 or len(told) == len(OK) else self._by_t0(apdu, told)

    def host_open(self, code: bytes) -> bool:
        """A host at the chip's own pins: a meter's module, the issuer's machine."""
        return code == self.secret

    def host_write(self, spans: Sequence[Span]) -> None:
        """Write files as they lie in main memory."""
        for span in spans:
            self._update(span.address, span.data)

    def host_close(self, code: bytes) -> None:
        """Nothing to close."""

    @abstractmethod
    def _do(self, apdu: Apdu) -> bytes:
        """A command's data + SW1 SW2."""

    def _forget(self) -> None:
        """Lose what does not outlive the power."""
        self._waiting = b""

    def _random(self, length: int) -> bytes:
        self._drawn += 1
        told = f"{self._power_ups}:{self._drawn}".encode() + bytes(self.kept)
        return hashlib.blake2b(told, digest_size=length).digest()

    def _commit(self, new: bytes) -> None:
        """Let `kept` become `new`, all of it or nothing."""
        self._step_all(self._beside, dict(enumerate(new)))
        self._step(self._mark, 0, WHOLE)
        self._settle()

    def _settle(self) -> None:
        if self._mark[0] == WHOLE:
            self._step_all(self.kept, dict(enumerate(self._beside)))
        if self._mark[0] != SETTLED:
            self._step(self._mark, 0, SETTLED)

    def _update(self, address: int, data: bytes) -> None:
        """Write files page by page; a cut leaves any byte of the page half-way."""
        for at in range(address, address + len(data), PAGE):
            part = data[at - address : at - address + PAGE]
            for place in range(at, at + len(part)):
                self.wear[place] += 1
            self._step_all(self.main, dict(enumerate(part, start=at)))

    def _by_t0(self, apdu: Apdu, told: bytes) -> bytes:
        if apdu.data:
            self._waiting = told[:-2]
            return bytes([0x61, len(self._waiting)])
        return told if apdu.le == len(told) - 2 else bytes([0x6C, len(told) - 2])

    def _handed_out(self, waiting: bytes, le: int | None) -> bytes:
        if not waiting:
            return NOTHING_WAITS
        if le is None:
            return WRONG_LENGTH
        if le > len(waiting):
            self._waiting = waiting
            return bytes([0x6C, len(waiting)])
        self._waiting = waiting[le or len(waiting) :]
        more = bytes([0x61, len(self._waiting)]) if self._waiting else OK
        return waiting[: le or len(waiting)] + more
