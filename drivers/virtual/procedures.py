"""What a host does with an SLE4442, in the chip's own commands: a reader's firmware or a meter.

Source: reference cards 1.1 (code procedure, updates byte by byte in ascending order).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.virtual.control import Control

if TYPE_CHECKING:
    from drivers.virtual.chip import VirtualSle4442


def read_main(chip: VirtualSle4442, address: int = 0, length: int = 256) -> bytes:
    """Main memory from `address`."""
    return chip.command(Control.READ_MAIN, address, take=length)


def update_main(chip: VirtualSle4442, address: int, data: bytes) -> None:
    """Update bytes in ascending order; what the chip refuses it ignores in silence.

    Raises:
        Torn: the power was cut; a prefix stands.
    """
    for offset, value in enumerate(data):
        chip.command(Control.UPDATE_MAIN, address + offset, value)


def read_counter(chip: VirtualSle4442) -> int:
    """The error counter's bits: 7 untouched, 0 locked."""
    return chip.command(Control.READ_SECURITY)[0]


def present_code(chip: VirtualSle4442, code: bytes) -> int:
    """Present the code once, all five steps; returns the counter afterwards, 7 = accepted.

    The bit is spent before the code is compared, so a cut in between costs one try.
    """
    counter = read_counter(chip)
    if counter == 0:
        return 0
    highest = 1 << (counter.bit_length() - 1)
    chip.command(Control.UPDATE_SECURITY, 0, counter & ~highest)
    for place, value in enumerate(code, start=1):
        chip.command(Control.COMPARE, place, value)
    chip.command(Control.UPDATE_SECURITY, 0, 0xFF)
    return read_counter(chip)


def change_code(chip: VirtualSle4442, new: bytes) -> None:
    """Write a new code byte by byte; ignored unless the old one was accepted before."""
    for place, value in enumerate(new, start=1):
        chip.command(Control.UPDATE_SECURITY, place, value)
