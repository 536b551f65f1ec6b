"""An SLE4428 in memory: 1024 bytes, a protection bit for each, an eight-try code, wear, tears.

Facts: reference cards 1.2. The counter and the code are the last three bytes of main memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cardstation.domain.card import Span
from drivers.virtual.memory import VirtualChip

SIZE = 1024
COUNTER = 0x3FD
CODE = range(0x3FE, 0x400)
UNTOUCHED = 0xFF
CLOCK_HZ = 20_000
STEP_S = 103 / CLOCK_HZ
COMMAND_CLOCKS = 24

RESET = bytes.fromhex("92231091")
FACTORY_CODE = b"\xff\xff"


class VirtualSle4428(VirtualChip):
    """One chip; what it refuses it ignores in silence.

    Attributes:
        protection: 1024 bits, first bit = address 000; 0 = frozen for ever.
    """

    kind = "sle4428"
    step_s = STEP_S

    def __init__(self) -> None:
        super().__init__(SIZE)
        self.main[:4] = RESET
        self.main[CODE.start :] = FACTORY_CODE
        self.protection = bytearray(b"\xf0" + b"\xff" * (SIZE // 8 - 1))
        self._verified = False

    @property
    def memories(self) -> Mapping[str, bytearray]:
        """Both."""
        return {"main": self.main, "protection": self.protection}

    @property
    def image(self) -> bytes:
        """All but the counter and the code."""
        return bytes(self.main[:COUNTER])

    @property
    def atr(self) -> bytes:
        """The reader's two bytes and the four reset bytes; empty when these are spoilt."""
        head = bytes(self.main[:4])
        return b"\x3b\x04" + head if head.startswith(RESET[:2]) else b""

    @property
    def verified(self) -> bool:
        """The code was accepted since the last power-up."""
        return self._powered and self._verified

    @property
    def tries(self) -> int:
        """Bits of the counter."""
        return self.main[COUNTER].bit_count()

    @property
    def secret(self) -> bytes:
        """Its two bytes of code."""
        return bytes(self.main[CODE.start : CODE.stop])

    def power_up(self) -> bytes:
        """Switch on; returns the four reset bytes, which are main memory 0-3."""
        super().power_up()
        self._verified = False
        return bytes(self.main[:4])

    def power_off(self) -> None:
        """Take the supply away; a command in progress in another thread is torn."""
        super().power_off()
        self._verified = False

    def read(self, address: int, length: int) -> bytes:
        """Main memory; the code reads as zeros until it was accepted."""
        self._begin(8 * length)
        seen = bytearray(self.main)
        if not self._verified:
            seen[CODE.start :] = bytes(len(CODE))
        return bytes(seen[address : address + length])

    def read_protection(self, address: int, length: int) -> bytes:
        """Protection bits from the byte that holds the one of `address`."""
        self._begin(8 * length)
        return bytes(self.protection[address // 8 : address // 8 + length])

    def update(self, address: int, data: int) -> None:
        """Erase and write one byte; before the code was accepted only the counter's bits fall."""
        self._begin(0)
        if address == COUNTER and not self._verified:
            if self.main[COUNTER] & data != self.main[COUNTER]:
                self._step(self.main, COUNTER, self.main[COUNTER] & data)
            return
        frozen = not self.protection[address // 8] >> (address % 8) & 1
        if not self._verified or frozen:
            return
        before = self.main[address]
        self.wear[address] += 1
        self._change(address, data)
        if self.main[address] != before and address < COUNTER:
            self._count_changed_byte()

    def freeze(self, address: int, data: int) -> None:
        """Clear a byte's protection bit, if `data` is what stands there."""
        self._begin(0)
        if self._verified and self.main[address] == data:
            row = address // 8
            self._step(self.protection, row, self.protection[row] & ~(1 << address % 8))

    def present(self, code: bytes) -> int:
        """Spend a bit, compare, erase the counter; returns it afterwards, FF = accepted.

        The bit is spent before the code is compared, so a cut in between costs one try.
        """
        self._begin(0)
        self._verified = False
        counter = self.main[COUNTER]
        if counter == 0:
            return 0
        self._step(self.main, COUNTER, counter & ~(1 << (counter.bit_length() - 1)))
        right = True
        for place, value in zip(CODE, code, strict=True):
            self._point()
            right = right and self.main[place] == value
        if right:
            self._step(self.main, COUNTER, UNTOUCHED)
            self._verified = True
        self._ensure_power()
        return self.main[COUNTER]

    def host_open(self, code: bytes) -> bool:
        """The procedure of `present`."""
        return self.present(code) == UNTOUCHED

    def host_write(self, spans: Sequence[Span]) -> None:
        """Byte by byte, ascending."""
        for span in spans:
            for address, value in enumerate(span.data, start=span.address):
                if self.main[address] != value:
                    self.update(address, value)

    def host_close(self, code: bytes) -> None:
        """Byte by byte, as ordinary memory."""
        for place, value in zip(CODE, code, strict=True):
            self.update(place, value)

    def _begin(self, clocks: int) -> None:
        self._spend((COMMAND_CLOCKS + clocks) / CLOCK_HZ)
        self._ensure_power()

    def _change(self, address: int, new: int) -> None:
        if new & ~self.main[address] or new == 0xFF:
            self._step(self.main, address, 0xFF)
        if new != 0xFF:
            self._step(self.main, address, new)
