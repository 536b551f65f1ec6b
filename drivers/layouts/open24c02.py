"""The open layout for AT24C02: eight-byte pages, each slot closed by a seal of its own.

The chip has no code: anybody with a reader can write a card of it. For training, and for desks
that have such cards from before.
"""

from __future__ import annotations

from drivers.layouts.open24c02_examples import EXAMPLES
from drivers.layouts.sealed import sealed_declaration
from drivers.layouts.two_slot import TwoSlotLayout

DECLARATION = sealed_declaration("open24c02", "at24c02", size=256, page=8)

OPEN24C02 = TwoSlotLayout(DECLARATION, EXAMPLES)
