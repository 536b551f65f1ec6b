"""Chips: the commands of one kind of card each; a new one is a file and a name here."""

from __future__ import annotations

from cardstation.ports.chip import ChipDriver
from drivers.chips.at24c import AT24C
from drivers.chips.at88sc102 import At88Sc102Driver
from drivers.chips.mifare1k import Mifare1kDriver
from drivers.chips.sle4428 import Sle4428Driver
from drivers.chips.sle4442 import Sle4442Driver

CHIPS: tuple[ChipDriver, ...] = (
    Sle4442Driver(),
    Sle4428Driver(),
    *AT24C,
    At88Sc102Driver(),
    Mifare1kDriver(),
)
