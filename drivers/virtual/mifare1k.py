"""A MIFARE Classic 1K in memory: keys, access bits, value blocks, blocks that tear as a whole.

Facts: reference cards 1.7. A failure takes the card back to idle: nothing is open any more.
"""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.card import Span
from drivers.chips import mifare_rules as rules
from drivers.virtual.memory import VirtualChip

SIZE = 1024
STEP_S = 0.0025
UID = bytes.fromhex("04A1B2C3")
ATR = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")


class VirtualMifare1k(VirtualChip):
    """One chip; `authenticate` opens a sector, until a failure or another one."""

    kind = "mifare1k"
    step_s = STEP_S
    contactless = True

    def __init__(self) -> None:
        super().__init__(SIZE)
        self.main[:] = bytes(SIZE)
        check = 0
        for byte in UID:
            check ^= byte
        self.main[:5] = UID + bytes([check])
        blank = rules.TRANSPORT_KEY + rules.TRANSPORT_ACCESS + rules.TRANSPORT_KEY
        for sector in range(rules.SECTORS):
            self._put(rules.trailer_of(4 * sector), blank)
        self._sector: int | None = None
        self._key = ""
        self._register: int | None = None

    @property
    def image(self) -> bytes:
        """The data blocks."""
        blocks = map(rules.block_of, range(0, rules.SIZE, rules.BLOCK))
        return b"".join(map(self._block, blocks))

    @property
    def atr(self) -> bytes:
        """A storage card by PC/SC part 3."""
        return ATR

    @property
    def tries(self) -> int:
        """Nothing is counted."""
        return 1

    @property
    def secret(self) -> bytes:
        """Key B of the first sector, which all have; in transport state key A."""
        return self._block(3)[10:]

    def power_up(self) -> bytes:
        """Enter the field; nothing is open."""
        super().power_up()
        self._idle()
        return b""

    def power_off(self) -> None:
        """Leave the field; a command in progress in another thread is torn."""
        super().power_off()
        self._idle()

    def authenticate(self, block: int, key: str, value: bytes) -> bool:
        """Open a block's sector with key `A` or `B`; a key B that can be read opens nothing."""
        self._spend(0.001)
        self._ensure_power()
        self._idle()
        trailer = self._block(rules.trailer_of(block))
        conditions = rules.conditions_in(trailer[6:9])
        right = trailer[:6] if key == "A" else trailer[10:]
        usable = key == "A" or (conditions or (0,) * 4)[3] not in rules.KEY_B_READABLE
        if conditions is None or not usable or right != value:
            return False
        self._sector, self._key = block // 4, key
        return True

    def read(self, block: int) -> bytes | None:
        """A block of the open sector; of a trailer, what may be read of it; None = refused."""
        self._spend(0.001)
        self._ensure_power()
        conditions = self._conditions(block)
        if conditions is None:
            self._idle()
            return None
        data = self._block(block)
        if block == rules.trailer_of(block):
            shown = conditions[3] in rules.KEY_B_READABLE and self._key == "A"
            return bytes(6) + data[6:10] + (data[10:] if shown else bytes(6))
        if self._key not in rules.DATA_RIGHTS[conditions[block % 4]].read:
            self._idle()
            return None
        return data

    def write(self, block: int, data: bytes) -> bool:
        """Write a block of the open sector; False = refused.

        Raises:
            Torn: any byte of the block may be anything; of a trailer, the sector may be locked.
        """
        self._spend(0.001)
        self._ensure_power()
        conditions = self._conditions(block)
        allowed: frozenset[str] = frozenset()
        if conditions is not None and block == rules.trailer_of(block):
            allowed = rules.TRAILER_WRITE[conditions[3]]
        elif conditions is not None and block:
            allowed = rules.DATA_RIGHTS[conditions[block % 4]].write
        if self._key not in allowed:
            self._idle()
            return False
        self._store(block, data)
        return True

    def change_value(self, block: int, by: int) -> bool:
        """Increment or decrement into the register, or restore (0); nothing is stored yet."""
        self._ensure_power()
        conditions = self._conditions(block)
        value = rules.value_in(self._block(block))
        if conditions is None or value is None or block == rules.trailer_of(block):
            self._idle()
            return False
        rights = rules.DATA_RIGHTS[conditions[block % 4]]
        if self._key not in (rights.increment if by > 0 else rights.decrement):
            self._idle()
            return False
        self._register = value + by
        return True

    def transfer(self, block: int) -> bool:
        """Store the register as a value block."""
        self._ensure_power()
        conditions = self._conditions(block)
        if self._register is None or conditions is None or block == rules.trailer_of(block):
            self._idle()
            return False
        if self._key not in rules.DATA_RIGHTS[conditions[block % 4]].decrement:
            self._idle()
            return False
        self._store(block, rules.value_block(self._register, self._block(block)[12]))
        self._register = None
        return True

    def host_open(self, code: bytes) -> bool:
        """With key B, in transport state with key A."""
        self._ensure_power()
        transport = self._block(7)[6:9] == rules.TRANSPORT_ACCESS[:3]
        return self.authenticate(4, "A" if transport else "B", code)

    def host_write(self, spans: Sequence[Span]) -> None:
        """Block by block, those that differ."""
        image = bytearray(self.image)
        for span in spans:
            for at in range(span.address - span.address % rules.BLOCK, span.end, rules.BLOCK):
                first, stop = max(at, span.address), min(at + rules.BLOCK, span.end)
                image[first:stop] = span.data[first - span.address : stop - span.address]
                data = bytes(image[at : at + rules.BLOCK])
                block = rules.block_of(at)
                if self._block(block) != data:
                    self.authenticate(block, self._key, self._opening())
                    self.write(block, data)

    def host_close(self, code: bytes) -> None:
        """Every trailer."""
        key, opening = self._key, self._opening()
        for sector in range(rules.SECTORS):
            block = rules.trailer_of(4 * sector)
            self.authenticate(block, key, opening)
            self.write(block, rules.trailer(rules.TRANSPORT_KEY, rules.ISSUED, code))

    def _opening(self) -> bytes:
        trailer = self._block(7)
        return trailer[:6] if self._key == "A" else trailer[10:]

    def _conditions(self, block: int) -> rules.Conditions | None:
        if self._sector != block // 4:
            return None
        return rules.conditions_in(self._block(rules.trailer_of(block))[6:9])

    def _store(self, block: int, data: bytes) -> None:
        cells = range(block * rules.BLOCK, (block + 1) * rules.BLOCK)
        before = self._block(block)
        for cell in cells:
            self.wear[cell] += 1
        self._step_all(self.main, dict.fromkeys(cells, 0xFF))
        self._step_all(self.main, dict(zip(cells, data, strict=True)))
        if block != rules.trailer_of(block):
            for old, new in zip(before, data, strict=True):
                if old != new:
                    self._count_changed_byte()

    def _idle(self) -> None:
        self._sector, self._key, self._register = None, "", None

    def _block(self, block: int) -> bytes:
        return bytes(self.main[block * rules.BLOCK : (block + 1) * rules.BLOCK])

    def _put(self, block: int, data: bytes) -> None:
        self.main[block * rules.BLOCK : (block + 1) * rules.BLOCK] = data
