"""Finds out about an unknown card: compares images of it before and after known purchases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cardstation.errors import Refusal
from drivers.layouts.checks import CHECK_WIDTH, Check, CheckKind

WIDTHS = (1, 2, 3, 4)
SCALES = {1: "0.001 m³ or fen", 10: "0.01 m³ or 0.1 yuan", 100: "0.1 m³ or yuan", 1000: "m³"}
HIGH_FIRST, LOW_FIRST, DIGITS = "high byte first", "low byte first", "decimal digits"
LONGEST_COVER = 64


@dataclass(frozen=True, slots=True)
class Clue:
    """Something seen in the images.

    Attributes:
        seen: The bytes there, of every image in hex. guess: What it may be; empty = no idea.
    """

    address: int
    width: int
    seen: tuple[str, ...]
    guess: str


def learn(images: Sequence[bytes], quantities: Sequence[int] = ()) -> tuple[Clue, ...]:
    """Say what changed between images of one card, and what it may mean.

    Args:
        images: The card in the order it was read, at least two, all of one length.
        quantities: What was bought before each image but the first, in litres or fen.

    Raises:
        Refusal: `images_differ_in_size`, `too_few_images`.
    """
    if len(images) < 2:
        raise Refusal("too_few_images")
    if len({len(image) for image in images}) > 1:
        raise Refusal("images_differ_in_size")
    runs = list(_runs(images))
    clues = [_clue(images, run, tuple(quantities)) for run in runs]
    return (*clues, *_checks(images, runs))


def _runs(images: Sequence[bytes]) -> Iterator[range]:
    start = None
    for at in range(len(images[0]) + 1):
        differs = at < len(images[0]) and len({image[at] for image in images}) > 1
        if differs and start is None:
            start = at
        elif not differs and start is not None:
            yield range(start, at)
            start = None


def _clue(images: Sequence[bytes], run: range, quantities: tuple[int, ...]) -> Clue:
    """Every number of one to four bytes that touches the run is tried, the shortest first."""
    found: dict[tuple[str, int], str] = {}
    for width in WIDTHS:
        starts = range(max(0, run.start - width + 1), min(run.stop, len(images[0]) - width + 1))
        for at in starts:
            for what, way in _numbers([one[at : at + width] for one in images], quantities):
                fixed_end = at if way == LOW_FIRST else at + width
                guess = f"{what}, {at:02X}+{width} {way}"
                found.setdefault((what + way, fixed_end), guess)
    seen = tuple(image[run.start : run.stop].hex(" ").upper() for image in images)
    return Clue(run.start, len(run), seen, "; ".join(found.values()))


def _numbers(parts: Sequence[bytes], quantities: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    """What some bytes may be, read as numbers in every way the layouts know."""
    for way, numbers in _readings(parts):
        steps = [after - before for before, after in pairwise(numbers)]
        if set(steps) == {1}:
            yield "counter", way
        if len(quantities) != len(steps):
            continue
        for scale, unit in SCALES.items():
            if any(quantity % scale for quantity in quantities):
                continue
            bought = [quantity // scale for quantity in quantities]
            if steps == bought:
                yield f"total in {unit}", way
            if list(numbers[1:]) == bought:
                yield f"quantity in {unit}", way


def _readings(parts: Sequence[bytes]) -> Iterator[tuple[str, list[int]]]:
    yield HIGH_FIRST, [int.from_bytes(part) for part in parts]
    if len(parts[0]) > 1:
        yield LOW_FIRST, [int.from_bytes(part, "little") for part in parts]
    if all(part.hex().isdecimal() for part in parts):
        yield DIGITS, [int(part.hex()) for part in parts]


def _checks(images: Sequence[bytes], runs: Sequence[range]) -> Iterator[Clue]:
    """Places that carry a check value of what stands right before them, in every image."""
    for run in runs:
        for kind, width in CHECK_WIDTH.items():
            for at in range(max(0, run.stop - width), run.stop):
                guess = _check_at(images, kind, width, at) if width else ""
                if guess:
                    seen = tuple(image[at : at + width].hex(" ").upper() for image in images)
                    yield Clue(at, width, seen, guess)


def _check_at(images: Sequence[bytes], kind: CheckKind, width: int, at: int) -> str:
    for first in range(max(0, at - LONGEST_COVER), at - 1):
        for little in (False, True) if width > 1 else (False,):
            check = Check(kind, at, ((first, at),), little=little)
            if at + width <= len(images[0]) and all(check.holds(image) for image in images):
                order = ", low byte first" if little else ""
                return f"{kind.value} of {first:02X}–{at - 1:02X}{order}"
    return ""
