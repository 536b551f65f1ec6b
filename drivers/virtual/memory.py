"""What every virtual chip keeps and shows: its memories, its answer to reset, and its plain host.

A *host* here is whoever holds the chip's own pins without a reader between: a meter, or the
maker's machine that issues cards. It does what a driver does, in the chip's own commands.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from cardstation.domain.card import Span
from drivers.virtual.tearable import TearableChip


class VirtualChip(TearableChip, ABC):
    """A chip with memories.

    Attributes:
        kind: Name of the driver it belongs to.
        contactless: It is spoken to by radio, in readers of another kind.
        main: Main memory with all that stands in it.
        wear: Erase/write cycles of each byte of main memory.
    """

    kind: str
    contactless = False

    def __init__(self, size: int) -> None:
        super().__init__()
        self.main = bytearray(b"\xff" * size)
        self.wear = [0] * size

    @property
    def memories(self) -> Mapping[str, bytearray]:
        """Every memory that outlives the power, by name; what a file keeps."""
        return {"main": self.main}

    @property
    def image(self) -> bytes:
        """Main memory as a driver reads it."""
        return bytes(self.main)

    @property
    @abstractmethod
    def atr(self) -> bytes:
        """What a reader that carries this chip shows for it."""

    @property
    @abstractmethod
    def tries(self) -> int:
        """Wrong codes the chip still bears."""

    @property
    @abstractmethod
    def secret(self) -> bytes:
        """The code it opens with, as a driver's `unlock` takes it."""

    @abstractmethod
    def host_open(self, code: bytes) -> bool:
        """Open a powered chip for writing with its code; False = not accepted."""

    @abstractmethod
    def host_write(self, spans: Sequence[Span]) -> None:
        """Write the bytes that differ into an open chip, in the order of the spans.

        Raises:
            Torn: the power was cut.
        """

    @abstractmethod
    def host_close(self, code: bytes) -> None:
        """Give an open chip the code it has from now on."""
