"""A virtual card: a chip with a name, kept in a file that survives the death of the process."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from cardstation.files import write_whole
from drivers.virtual.at24c import TWINS
from drivers.virtual.at88sc102 import VirtualAt88Sc102
from drivers.virtual.chip import VirtualSle4442
from drivers.virtual.memory import VirtualChip
from drivers.virtual.mifare1k import VirtualMifare1k
from drivers.virtual.psam import VirtualPsam
from drivers.virtual.purse_card import VirtualPurseCard
from drivers.virtual.sle4428 import VirtualSle4428
from drivers.virtual.volume_purse import VirtualVolumePurse

_KINDS: tuple[type[VirtualChip], ...] = (
    VirtualSle4442,
    VirtualSle4428,
    *TWINS,
    VirtualAt88Sc102,
    VirtualMifare1k,
)

VIRTUAL_CHIPS: Mapping[str, type[VirtualChip]] = {chip.kind: chip for chip in _KINDS}
"""The twin of every chip that is registered with the drivers, by the driver's name."""

VIRTUAL_CPU_CARDS: Mapping[str, type[VirtualChip]] = {
    chip.kind: chip for chip in (VirtualPurseCard, VirtualVolumePurse, VirtualPsam)
}
"""The twin of every registered purse, by its driver's name; and the secure module."""


def new_chip(kind: str) -> VirtualChip:
    """A blank chip of a driver's name, in capitals or not (as older card files have it)."""
    made: Callable[..., VirtualChip] = {**VIRTUAL_CHIPS, **VIRTUAL_CPU_CARDS}[kind.lower()]
    return made()


class VirtualCard:
    """A chip on plastic.

    Attributes:
        name: What stands on the plastic, for racks and logs.
    """

    def __init__(self, chip: VirtualChip | None = None, name: str = "card") -> None:
        self.chip: VirtualChip = VirtualSle4442() if chip is None else chip
        self.name = name

    @property
    def image(self) -> bytes:
        """Main memory as it stands."""
        return self.chip.image

    def copy(self, name: str = "") -> VirtualCard:
        """A second card with the same content, code and counter (a fresh chip: no wear)."""
        twin = VirtualCard(new_chip(self.chip.kind), name or f"{self.name} copy")
        for memory, cells in self.chip.memories.items():
            twin.chip.memories[memory][:] = cells
        return twin

    def save(self, path: Path) -> None:
        """Write the card to a file, whole or not at all."""
        chip = self.chip
        memories = {memory: cells.hex() for memory, cells in chip.memories.items()}
        content = {"chip": chip.kind, "name": self.name, **memories, "wear": chip.wear}
        write_whole(path, json.dumps(content))

    @classmethod
    def load(cls, path: Path) -> VirtualCard:
        """Read a card from its file; later changes are not written back (see `keep_in`)."""
        content = json.loads(path.read_text("utf-8"))
        card = cls(new_chip(content["chip"]), content["name"])
        for memory, cells in card.chip.memories.items():
            cells[:] = bytes.fromhex(content[memory])
        card.chip.wear[:] = content["wear"]
        return card

    def keep_in(self, path: Path) -> None:
        """Save now and after every erase and program step from now on."""
        self.save(path)
        self.chip.on_change = lambda: self.save(path)
