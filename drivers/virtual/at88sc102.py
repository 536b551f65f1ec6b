"""An AT88SC102 in memory: code and attempts counter, erase keys, zones that tear as a whole.

Facts: reference cards 1.4. What the chip refuses it ignores in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cardstation.domain.card import Span
from drivers.chips import at88sc102_map as sc102
from drivers.virtual.memory import VirtualChip

STEP_S = 0.0025
CLOCK_HZ = 50_000
ARBITRARY_ATR = bytes.fromhex("3B040F0F0000")
FACTORY_CODE = b"\xf0\xf0"
FABRICATION = b"\x0f\x0f"


class VirtualAt88Sc102(VirtualChip):
    """One chip.

    Attributes:
        fuses: One byte, FF until the issuer fuse is blown, then 00.
    """

    kind = "at88sc102"
    step_s = STEP_S

    def __init__(self) -> None:
        super().__init__(sc102.SIZE)
        self.main[:2] = FABRICATION
        self.main[sc102.CODE.start : sc102.CODE.stop] = FACTORY_CODE
        self.fuses = bytearray(b"\xff")
        self._verified = False

    @property
    def memories(self) -> Mapping[str, bytearray]:
        """Memory and fuses."""
        return {"main": self.main, "fuses": self.fuses}

    @property
    def image(self) -> bytes:
        """What carries data; the rest as FF."""
        shown = bytearray(b"\xff" * sc102.SIZE)
        for part in (range(2), sc102.ISSUER, sc102.PROTECTED, *sc102.ZONES):
            shown[part.start : part.stop] = self.main[part.start : part.stop]
        return bytes(shown)

    @property
    def atr(self) -> bytes:
        """Whatever a reader makes up."""
        return ARBITRARY_ATR

    @property
    def issued(self) -> bool:
        """The issuer fuse is blown: identity and keys are frozen."""
        return self.fuses[0] == 0

    @property
    def tries(self) -> int:
        """Bits of the attempts counter."""
        return sc102.tries_in(self.main[sc102.COUNTER.start])

    @property
    def secret(self) -> bytes:
        """Security code and both erase keys."""
        parts = (sc102.CODE, *sc102.KEYS)
        return b"".join(bytes(self.main[part.start : part.stop]) for part in parts)

    def power_up(self) -> bytes:
        """Switch on; nothing is verified."""
        super().power_up()
        self._verified = False
        return b""

    def power_off(self) -> None:
        """Take the supply away; a command in progress in another thread is torn."""
        super().power_off()
        self._verified = False

    def read(self, address: int, length: int) -> bytes:
        """Memory; code and keys read as ones."""
        self._begin(8 * length)
        shown = bytearray(self.main)
        for part in (sc102.CODE, *sc102.KEYS):
            shown[part.start : part.stop] = b"\xff" * len(part)
        return bytes(shown[address : address + length])

    def write(self, address: int, data: bytes) -> None:
        """Clear bits, byte by byte, ascending."""
        self._begin(8 * len(data))
        for place, value in enumerate(data, start=address):
            if not self._may_change(place):
                continue
            old = self.main[place]
            if old & value != old:
                self._step(self.main, place, old & value)
                if self._is_data(place):
                    self._count_changed_byte()

    def erase_words(self, address: int, length: int) -> None:
        """Set all bits of words outside the application zones."""
        self._begin(0)
        for at in range(address - address % 2, address + length, 2):
            cells = range(at, at + 2)
            in_zone = any(at in zone for zone in sc102.ZONES)
            if all(map(self._may_change, cells)) and not in_zone:
                self._erase(cells)

    def erase_zone(self, zone: int, key: bytes) -> None:
        """Set all 512 bits of an application zone, if its key is right."""
        self._begin(8 * len(key))
        place = sc102.KEYS[zone]
        if self._verified and self.main[place.start : place.stop] == key:
            self._erase(sc102.ZONES[zone])

    def verify(self, code: bytes) -> bool:
        """Spend an attempt, compare, erase the counter; False when none was left.

        The bit is spent before the code is compared, so a cut in between costs one try.
        """
        self._begin(16)
        self._verified = False
        at = sc102.COUNTER.start
        upper = self.main[at] >> 4
        if upper == 0:
            return False
        self._step(self.main, at, self.main[at] & ~(0x10 << (upper.bit_length() - 1)))
        right = True
        for place, value in zip(sc102.CODE, code, strict=True):
            self._point()
            right = right and self.main[place] == value
        if right:
            self._step_all(self.main, dict.fromkeys(sc102.COUNTER, 0xFF))
            self._verified = True
        self._ensure_power()
        return True

    def blow_issuer_fuse(self) -> None:
        """For ever."""
        self._begin(0)
        if self._verified:
            self._step(self.fuses, 0, 0)

    def host_open(self, code: bytes) -> bool:
        """Verify the security code; the keys are the chip's own."""
        return self.verify(sc102.split_code(code)[0]) and self._verified

    def host_write(self, spans: Sequence[Span]) -> None:
        """Erase what must be, then clear bits, as a driver does."""
        for span in spans:
            for change in tuple(sc102.changes(self.image, span)):
                if isinstance(change, Span):
                    self.write(change.address, change.data)
                elif change.zone is None:
                    self.erase_words(change.unit.start, len(change.unit))
                else:
                    place = sc102.KEYS[change.zone]
                    self.erase_zone(change.zone, bytes(self.main[place.start : place.stop]))

    def host_close(self, code: bytes) -> None:
        """Keys, code, fuse."""
        security, *keys = sc102.split_code(code)
        for place, value in zip((*sc102.KEYS, sc102.CODE), (*keys, security), strict=True):
            self.erase_words(place.start, len(place))
            self.write(place.start, value)
        self.blow_issuer_fuse()

    def _may_change(self, place: int) -> bool:
        if place in sc102.MEMORY_TEST:
            return True
        frozen = place < 2 or (
            self.issued and (place in sc102.ISSUER or any(place in key for key in sc102.KEYS))
        )
        return self._verified and not frozen and place not in sc102.COUNTER

    def _is_data(self, place: int) -> bool:
        return any(place in part for part in sc102.DATA)

    def _erase(self, cells: range) -> None:
        for cell in cells:
            self.wear[cell] += 1
        self._step_all(self.main, dict.fromkeys(cells, 0xFF))

    def _begin(self, clocks: int) -> None:
        self._spend((24 + clocks) / CLOCK_HZ)
        self._ensure_power()
