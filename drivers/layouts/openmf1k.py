"""The open layout for MIFARE Classic 1K: 16-byte blocks, each slot closed by one of its own.

Addresses count the data blocks one after another; block 0 is the chip maker's.
"""

from __future__ import annotations

from dataclasses import replace

from drivers.layouts.openmf1k_examples import EXAMPLES
from drivers.layouts.sealed import sealed_declaration
from drivers.layouts.two_slot import TwoSlotLayout

DECLARATION = replace(
    sealed_declaration("openmf1k", "mifare1k", size=768, page=16, first=16), blank=(0xFF, 0x00)
)

OPENMF1K = TwoSlotLayout(DECLARATION, EXAMPLES)
