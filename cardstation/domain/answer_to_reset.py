"""What an answer to reset says about how a card is spoken to; nothing is asked of the card."""

from __future__ import annotations

from collections.abc import Iterator

STORAGE = bytes.fromhex("3B8F8001804F0CA000000306")
"""What contactless readers show of a memory card (PC/SC part 3, 3.1.3.2.3)."""

MEMORY = bytes.fromhex("3B04")
MEMORY_BYTES = 6
_WIRES = {0xA: "two_wire", 0x9: "three_wire"}
"""By the upper half of the first byte of a synchronous answer (ISO 7816-10)."""

_STARTS = (0x3B, 0x3F)
_GLOBAL = 15


def protocol_of(atr: bytes) -> str:
    """`two_wire`, `three_wire`, `memory`, `contactless`, or the protocols of a processor card.

    Returns:
        Empty for a card that answered nothing, `T=0`, `T=1` or `T=0, T=1` for a processor card,
        `unknown` for an answer of no known form.
    """
    if not atr:
        return ""
    if atr.startswith(STORAGE):
        return "contactless"
    if atr.startswith(MEMORY) and len(atr) == MEMORY_BYTES:
        return _WIRES.get(atr[2] >> 4, "memory")
    if atr[0] not in _STARTS or len(atr) < 2:
        return "unknown"
    offered = sorted({one for one in _offered(atr) if one != _GLOBAL} or {0})
    return ", ".join(f"T={one}" for one in offered)


def is_processor(atr: bytes) -> bool:
    """True for a card with a processor of its own."""
    return protocol_of(atr).startswith("T=")


def _offered(atr: bytes) -> Iterator[int]:
    """The protocol of every TD byte (ISO 7816-3, 8.2.3)."""
    follows, at = atr[1] >> 4, 2
    while True:
        at += (follows & 0b0111).bit_count()
        if not follows & 0b1000 or at >= len(atr):
            return
        yield atr[at] & 0x0F
        follows, at = atr[at] >> 4, at + 1
