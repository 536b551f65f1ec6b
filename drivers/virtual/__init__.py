"""Virtual devices: chip, card, reader and meter in memory; training, demos and tests share them."""

from __future__ import annotations

from drivers.virtual.card import VirtualCard
from drivers.virtual.chip import VirtualSle4442
from drivers.virtual.firmware import Firmware
from drivers.virtual.noise import NoAnswer, Noise, NoiseKind
from drivers.virtual.reader import VirtualReader
from drivers.virtual.tear import Moment, PullAfter, Tear, Torn, every_tear

__all__ = [
    "Firmware",
    "Moment",
    "NoAnswer",
    "Noise",
    "NoiseKind",
    "PullAfter",
    "Tear",
    "Torn",
    "VirtualCard",
    "VirtualReader",
    "VirtualSle4442",
    "every_tear",
]
