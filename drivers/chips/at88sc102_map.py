"""Where everything stands in an AT88SC102, and what a change of its bytes takes.

Bits can be cleared one by one; setting one takes an erase: of the whole application zone of 64
bytes, or of a word of two bytes elsewhere. Source: reference cards 1.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cardstation.domain.card import Span
from cardstation.errors import ensure
from drivers.chips.runs import differing_runs

SIZE = 0xB2
ISSUER = range(0x02, 0x0A)
CODE = range(0x0A, 0x0C)
COUNTER = range(0x0C, 0x0E)
PROTECTED = range(0x0E, 0x16)
ZONES = (range(0x16, 0x56), range(0x5C, 0x9C))
KEYS = (range(0x56, 0x5C), range(0x9C, 0xA0))
MEMORY_TEST = range(0xB0, 0xB2)
ISSUER_FUSE = 0x0610

DATA = (ISSUER, PROTECTED, *(range(zone.start + 1, zone.stop) for zone in ZONES))
"""What carries data; the first bits of a zone say whether it may be written and read at all."""

WORDS = tuple(
    range(at, at + 2) for part in (ISSUER, PROTECTED) for at in range(part.start, part.stop, 2)
)
UNITS = (*WORDS, *ZONES)
"""What is erased as one."""

TRIES = 4
"""Attempts of the current revision: the upper four bits of the counter's first byte."""

CODE_BYTES = len(CODE) + sum(map(len, KEYS))
"""A card's code here is the security code and both erase keys."""


def tries_in(counter: int) -> int:
    """Attempts left by the first byte of the counter."""
    return (counter >> 4).bit_count()


def split_code(code: bytes) -> tuple[bytes, bytes, bytes]:
    """Security code, erase key of the first zone, of the second."""
    ensure(len(code) == CODE_BYTES, f"a code has {CODE_BYTES} bytes")
    return code[:2], code[2:8], code[8:]


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase a unit: a zone by its number, or a word (`zone` None)."""

    unit: range
    zone: int | None


def changes(image: bytes, span: Span) -> Iterator[Erase | Span]:
    """What writing a span over an image takes, in order; what shares a unit comes back after it."""
    for number, unit in enumerate(UNITS, start=-len(WORDS)):
        first, stop = max(span.address, unit.start), min(span.end, unit.stop)
        if first >= stop:
            continue
        wanted = bytearray(image[unit.start : unit.stop])
        data = span.data[first - span.address : stop - span.address]
        wanted[first - unit.start : stop - unit.start] = data
        held = image[unit.start : unit.stop]
        if any(new & ~old for old, new in zip(held, wanted, strict=True)):
            yield Erase(unit, number if number >= 0 else None)
            held = b"\xff" * len(unit)
        at = Span(unit.start, bytes(wanted))
        yield from differing_runs(image[: unit.start] + held + image[unit.stop :], at)
