"""Every image a pulled card can show, enumerated by the chip's rules alone.

Written apart from `drivers.layouts.tears`, which a test compares with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cardstation.domain.card import Span


def legal(old: int, new: int) -> set[int]:
    """What one byte can show while it changes from `old` to `new` (reference cards 1.1, 7.4)."""
    if old == new:
        return {old}
    if new | old == old:
        return {v for v in range(256) if v | old == old and v & new == new}
    seen = {v for v in range(256) if v & old == old}
    if new != 0xFF:
        seen |= {v for v in range(256) if v & new == new}
    return seen


def every_state(before: bytes, spans: Sequence[Span]) -> Iterator[bytes]:
    """Every image from the one before to the finished one, in order of time."""
    image = bytearray(before)
    yield bytes(image)
    for span in spans:
        for offset, new in enumerate(span.data):
            address = span.address + offset
            old = image[address]
            for value in sorted(legal(old, new) - {old, new}):
                image[address] = value
                yield bytes(image)
            if old != new:
                image[address] = new
                yield bytes(image)
