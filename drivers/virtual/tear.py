"""Pulling a virtual card at a chosen moment: the cut, and every cut of an operation in order.

A chip counts its sub-steps: each erase, each program and each compare is one (erase and program
of one byte are two). Numbers start at 0 when a cut is armed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Torn(Exception):
    """The chip lost its power in the middle of a command; private to the virtual room."""


class Moment(StrEnum):
    """Where in a sub-step the power goes."""

    BEFORE = "before"
    INSIDE = "inside"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Tear:
    """Power lost at one sub-step.

    Attributes:
        step: Number of the sub-step, 0 = the first after arming.
        seed: Chooses which bits an interrupted erase or program had reached.
        flaky: The interrupted byte reads differently at each power-up until it is written again
            (reference cards 7.4).
    """

    step: int
    moment: Moment = Moment.INSIDE
    seed: int = 0
    flaky: bool = False


@dataclass(frozen=True, slots=True)
class PullAfter:
    """Power lost as soon as that many bytes of main memory were changed; 0 = before the first."""

    changed_bytes: int


Cut = Tear | PullAfter


def every_tear(steps: int, seeds: Iterable[int] = (0,)) -> Iterator[Tear]:
    """Every cut of an operation of that many sub-steps, in order of time.

    Before each step, inside it once per seed, and after the last. (After a step that is not the
    last is the same moment as before the next one.)
    """
    chosen = tuple(seeds)
    for step in range(steps):
        yield Tear(step, Moment.BEFORE)
        for seed in chosen:
            yield Tear(step, Moment.INSIDE, seed)
    if steps:
        yield Tear(steps - 1, Moment.AFTER)


def reached_bits(seed: int, step: int) -> int:
    """Which bits of a byte an interrupted step had reached: a mask, the same for the same seed."""
    return hashlib.blake2b(f"{seed}:{step}".encode(), digest_size=1).digest()[0]
