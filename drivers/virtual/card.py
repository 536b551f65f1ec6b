"""A virtual card: a chip with a name, kept in a file that survives the death of the process."""

from __future__ import annotations

import json
from pathlib import Path

from cardstation.files import write_whole
from drivers.virtual.chip import VirtualSle4442


class VirtualCard:
    """A chip on plastic.

    Attributes:
        name: What stands on the plastic, for racks and logs.
    """

    def __init__(self, chip: VirtualSle4442 | None = None, name: str = "card") -> None:
        self.chip = VirtualSle4442() if chip is None else chip
        self.name = name

    @property
    def image(self) -> bytes:
        """Main memory as it stands."""
        return self.chip.image

    def copy(self, name: str = "") -> VirtualCard:
        """A second card with the same content, code and counter (a fresh chip: no wear)."""
        twin = VirtualCard(name=name or f"{self.name} copy")
        twin.chip.main[:] = self.chip.main
        twin.chip.protection[:] = self.chip.protection
        twin.chip.security[:] = self.chip.security
        return twin

    def save(self, path: Path) -> None:
        """Write the card to a file, whole or not at all."""
        chip = self.chip
        content = {
            "chip": chip.kind,
            "name": self.name,
            "main": chip.main.hex(),
            "protection": chip.protection.hex(),
            "security": chip.security.hex(),
            "wear": chip.wear,
        }
        write_whole(path, json.dumps(content))

    @classmethod
    def load(cls, path: Path) -> VirtualCard:
        """Read a card from its file; later changes are not written back (see `keep_in`)."""
        content = json.loads(path.read_text("utf-8"))
        card = cls(name=content["name"])
        card.chip.main[:] = bytes.fromhex(content["main"])
        card.chip.protection[:] = bytes.fromhex(content["protection"])
        card.chip.security[:] = bytes.fromhex(content["security"])
        card.chip.wear[:] = content["wear"]
        return card

    def keep_in(self, path: Path) -> None:
        """Save now and after every erase and program step from now on."""
        self.save(path)
        self.chip.on_change = lambda: self.save(path)
