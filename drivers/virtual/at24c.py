"""An I2C memory in memory: page writes that wrap and tear as a whole, wear, time.

Facts: reference cards 1.3. A write cycle erases and programs the whole page at once, also the
bytes that were not sent, so a tear can leave any byte of it between old, erased and new.
"""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.card import Span
from drivers.chips.at24c import PARTS, Part
from drivers.virtual.memory import VirtualChip

STEP_S = 0.0025
CLOCK_HZ = 100_000
ARBITRARY_ATR = bytes.fromhex("3B041704FFFF")


class VirtualAt24c(VirtualChip):
    """One chip."""

    step_s = STEP_S
    part = PARTS[1]

    def __init__(self) -> None:
        super().__init__(self.part.size)

    @property
    def atr(self) -> bytes:
        """Whatever a reader makes up."""
        return ARBITRARY_ATR

    @property
    def tries(self) -> int:
        """Nothing is counted."""
        return 1

    @property
    def secret(self) -> bytes:
        """There is none."""
        return b""

    def read(self, address: int, length: int) -> bytes:
        """Sequential reading rolls over at the end of the memory."""
        self._spend(9 * length / CLOCK_HZ)
        self._ensure_power()
        return bytes(self.main[(address + place) % self.part.size] for place in range(length))

    def write(self, address: int, data: bytes) -> None:
        """One write cycle: bytes past the end of the page go to its beginning.

        Raises:
            Torn: any byte of the page may be anything.
        """
        self._spend(9 * len(data) / CLOCK_HZ)
        self._ensure_power()
        start = address % self.part.size
        start -= start % self.part.page
        page = bytearray(self.main[start : start + self.part.page])
        before = bytes(page)
        for place, value in enumerate(data):
            page[(address + place) % self.part.page] = value
        cells = range(start, start + self.part.page)
        for cell in cells:
            self.wear[cell] += 1
        self._step_all(self.main, dict.fromkeys(cells, 0xFF))
        self._step_all(self.main, dict(zip(cells, page, strict=True)))
        for old, new in zip(before, page, strict=True):
            if old != new:
                self._count_changed_byte()

    def host_open(self, code: bytes) -> bool:
        """Always open."""
        return code == b""

    def host_write(self, spans: Sequence[Span]) -> None:
        """Page by page, those that differ."""
        size = self.part.page
        for span in spans:
            at = span.address
            while at < span.end:
                stop = min(span.end, at - at % size + size)
                data = span.data[at - span.address : stop - span.address]
                if self.main[at:stop] != data:
                    self.write(at, data)
                at = stop

    def host_close(self, code: bytes) -> None:
        """There is nothing to close."""


def _twin(part: Part) -> type[VirtualAt24c]:
    return type(
        f"Virtual{part.name.capitalize()}", (VirtualAt24c,), {"part": part, "kind": part.name}
    )


TWINS = tuple(map(_twin, PARTS))
"""One kind for each part."""
