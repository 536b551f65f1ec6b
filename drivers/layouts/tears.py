"""What a card can look like when it is pulled out in the middle of a write.

A chip changes one byte at a time: erase (bits only rise) and then program (bits only fall), or
program alone when no bit has to rise, or erase alone when the new value is FF; bytes that do not
differ are not touched. A cut leaves every lower byte new, every higher byte old, and one byte
anywhere between. Source: reference cards 1.1 and 7.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from cardstation.domain.card import Span

ERASED = 0xFF


@cache
def between(old: int, new: int) -> tuple[int, ...]:
    """Every value one byte can be left with while it is changed, both ends included."""
    if old == new:
        return (old,)
    values = range(256)
    if new & ~old == 0:
        return tuple(v for v in values if v & ~old == 0 and new & ~v == 0)
    rising = {v for v in values if old & ~v == 0}
    falling = set() if new == ERASED else {v for v in values if new & ~v == 0}
    return tuple(sorted(rising | falling))


def torn_images(before: bytes, spans: Sequence[Span]) -> Iterator[bytearray]:
    """Every image a cut can leave: the untouched one first, the finished one last.

    The same bytearray is yielded each time, changed in place: look at once or copy.
    """
    image = bytearray(before)
    yield image
    for span in spans:
        for address, new in enumerate(span.data, start=span.address):
            old = image[address]
            for value in between(old, new):
                if value not in (old, new):
                    image[address] = value
                    yield image
            if old != new:
                image[address] = new
                yield image
