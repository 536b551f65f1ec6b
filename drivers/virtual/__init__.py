"""Virtual devices: chip, card, reader and meter in memory; training, demos and tests share them."""

from __future__ import annotations

from drivers.virtual.card import VIRTUAL_CHIPS, VIRTUAL_CPU_CARDS, VirtualCard, new_chip
from drivers.virtual.chip import VirtualSle4442
from drivers.virtual.firmware import Firmware
from drivers.virtual.memory import VirtualChip
from drivers.virtual.noise import NoAnswer, Noise, NoiseKind
from drivers.virtual.reader import VirtualReader
from drivers.virtual.sle4428 import VirtualSle4428
from drivers.virtual.tear import Moment, PullAfter, Tear, Torn, every_tear

__all__ = [
    "VIRTUAL_CHIPS",
    "VIRTUAL_CPU_CARDS",
    "Firmware",
    "Moment",
    "NoAnswer",
    "Noise",
    "NoiseKind",
    "PullAfter",
    "Tear",
    "Torn",
    "VirtualCard",
    "VirtualChip",
    "VirtualReader",
    "VirtualSle4428",
    "VirtualSle4442",
    "every_tear",
    "new_chip",
]
