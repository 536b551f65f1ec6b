"""An SLE4442 in memory: its three memories, seven commands, code procedure, wear, time, tears.

Facts: reference cards 1.1 (Siemens SLE4432/4442 data sheet 07.95) and 4.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cardstation.domain.card import Span
from drivers.virtual.control import Control
from drivers.virtual.memory import VirtualChip
from drivers.virtual.procedures import change_code, present_code

SIZE = 256
CLOCK_HZ = 50_000
STEP_S = 0.0025
COMMAND_CLOCKS = 24
REFUSED_CLOCKS = 2
UNTOUCHED = 0b111
RESET_HEAD = b"\xa2\x13"
"""Two wires, 256 bytes; no reader knows a chip that answers otherwise."""

FACTORY_CODE = b"\xff\xff\xff"
FACTORY_PROTECTION = bytes.fromhex("00FF1FF8")
FACTORY_MAIN = (
    bytes.fromhex("A2131091FFFF8115")
    + b"\xff" * 13
    + bytes.fromhex("D27600000400")
    + b"\xff" * (SIZE - 0x1B)
)


class VirtualSle4442(VirtualChip):
    """One chip; the host talks to it with `power_up`, `command` and `power_off`.

    The code procedure is as strict as the data sheet: any command out of order ends it, and
    opening a new one drops the verified state. What the chip refuses it ignores in silence.

    Attributes:
        protection: 32 bits, first bit (bit 0 of byte 0) = address 00; 0 = frozen for ever.
        security: Error counter (bits 0-2) and the three bytes of the code.
    """

    kind = "sle4442"
    step_s = STEP_S

    def __init__(self) -> None:
        super().__init__(SIZE)
        self.main[:] = FACTORY_MAIN
        self.protection = bytearray(FACTORY_PROTECTION)
        self.security = bytearray(bytes([UNTOUCHED]) + FACTORY_CODE)
        self._verified = False
        self._stage = 0

    @property
    def memories(self) -> Mapping[str, bytearray]:
        """All three."""
        return {"main": self.main, "protection": self.protection, "security": self.security}

    @property
    def atr(self) -> bytes:
        """The reader's two bytes and the four reset bytes; empty when these are spoilt."""
        head = bytes(self.main[:4])
        return b"\x3b\x04" + head if head.startswith(RESET_HEAD) else b""

    @property
    def tries(self) -> int:
        """Bits of the counter."""
        return self.security[0].bit_count()

    @property
    def secret(self) -> bytes:
        """Its three bytes of code."""
        return bytes(self.security[1:])

    @property
    def verified(self) -> bool:
        """The code was accepted since the last power-up."""
        return self._powered and self._verified

    def power_up(self) -> bytes:
        """Switch on; returns the four reset bytes, which are main memory 0-3."""
        super().power_up()
        self._verified = False
        self._stage = 0
        self._spend_clocks(8 * 4)
        return bytes(self.main[:4])

    def power_off(self) -> None:
        """Take the supply away; a command in progress in another thread is torn."""
        super().power_off()
        self._verified = False
        self._stage = 0

    def command(
        self, control: Control, address: int = 0, data: int = 0, *, take: int = SIZE
    ) -> bytes:
        """Do one three-byte command; of an answer the host clocks out `take` bytes.

        Returns:
            What a reading command puts out; nothing for the others, done or ignored.

        Raises:
            Torn: the power is off or was cut.
        """
        self._spend_clocks(COMMAND_CLOCKS)
        self._ensure_power()
        answer = self._do(control, address, data, take)
        self._ensure_power()
        return answer

    def host_open(self, code: bytes) -> bool:
        """All five steps of the procedure."""
        return present_code(self, code) == UNTOUCHED

    def host_write(self, spans: Sequence[Span]) -> None:
        """Byte by byte, ascending."""
        for span in spans:
            for address, value in enumerate(span.data, start=span.address):
                if self.main[address] != value:
                    self.command(Control.UPDATE_MAIN, address, value)

    def host_close(self, code: bytes) -> None:
        """Byte by byte."""
        change_code(self, code)

    def _do(self, control: Control, address: int, data: int, take: int) -> bytes:
        stage, self._stage = self._stage, 0
        match control:
            case Control.READ_MAIN:
                return self._put_out(self.main[address:], take)
            case Control.READ_PROTECTION:
                return self._put_out(self.protection, take)
            case Control.READ_SECURITY:
                code = self.security[1:] if self._verified else bytes(3)
                return self._put_out(self.security[:1] + code, take)
            case Control.COMPARE:
                self._compare(stage, address, data)
            case Control.UPDATE_SECURITY if address == 0:
                self._update_counter(stage, data & UNTOUCHED)
            case Control.UPDATE_SECURITY:
                if self._refuse_unless(self._verified and address <= 3):
                    self._update(self.security, address, data)
            case Control.UPDATE_MAIN:
                self._update_main(address, data)
            case Control.WRITE_PROTECTION:
                self._freeze(address, data)
        return b""

    def _compare(self, stage: int, address: int, data: int) -> None:
        self._point()
        if stage == address and 1 <= address <= 3 and self.security[address] == data:
            self._stage = stage + 1

    def _update_counter(self, stage: int, bits: int) -> None:
        counter = self.security[0]
        if stage == 4:
            self._update(self.security, 0, bits, erased=UNTOUCHED)
            self._verified = self.security[0] == UNTOUCHED
        elif self._refuse_unless(counter & bits != counter):
            self._verified = False
            self._step(self.security, 0, counter & bits)
            self._stage = 1

    def _update_main(self, address: int, data: int) -> None:
        frozen = address < 0x20 and not self.protection[address // 8] >> (address % 8) & 1
        if not self._refuse_unless(self._verified and not frozen):
            return
        before = self.main[address]
        self.wear[address] += 1
        self._update(self.main, address, data)
        if self.main[address] != before:
            self._count_changed_byte()

    def _freeze(self, address: int, data: int) -> None:
        fits = self._verified and address < 0x20 and self.main[address] == data
        if self._refuse_unless(fits):
            row = address // 8
            self._step(self.protection, row, self.protection[row] & ~(1 << address % 8))

    def _update(self, cells: bytearray, index: int, new: int, *, erased: int = 0xFF) -> None:
        if new & ~cells[index] or new == erased:
            self._step(cells, index, erased)
        if new != erased:
            self._step(cells, index, new)

    def _refuse_unless(self, allowed: bool) -> bool:
        if not allowed:
            self._spend_clocks(REFUSED_CLOCKS)
        return allowed

    def _put_out(self, cells: bytearray, take: int) -> bytes:
        answer = bytes(cells[:take])
        self._spend_clocks(8 * len(answer))
        return answer

    def _spend_clocks(self, clocks: int) -> None:
        self._spend(clocks / CLOCK_HZ)
