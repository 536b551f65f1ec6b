"""The open layout for SLE4428: the bytes of `open4442` at the same addresses of a larger chip."""

from __future__ import annotations

from dataclasses import replace

from drivers.layouts.open4442 import DECLARATION as SMALL
from drivers.layouts.open4442_examples import EXAMPLES as SMALL_EXAMPLES
from drivers.layouts.two_slot import TwoSlotLayout

SIZE = 1021

DECLARATION = replace(
    SMALL,
    code="open4428",
    chip="sle4428",
    size=SIZE,
    spare=(range(SMALL.spare[0].start, SIZE),),
)

EXAMPLES = tuple(
    replace(one, memory=one.memory + "FF" * (SIZE - SMALL.size)) for one in SMALL_EXAMPLES
)

OPEN4428 = TwoSlotLayout(DECLARATION, EXAMPLES)
