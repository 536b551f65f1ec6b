"""Worked examples: bytes of a card beside what they mean, and how they came there."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.card import CardContent, Credit, ReturnBlock
from drivers.layouts.codec import Operation


@dataclass(frozen=True, slots=True)
class Example:
    """One card of a layout.

    Attributes:
        memory: Main memory from address 20 to the end, hex.
        content: What these bytes mean.
        issued: The card as issued on a blank.
        then: What was done to it since, in order.
    """

    name: str
    memory: str
    content: CardContent
    issued: CardContent
    then: tuple[tuple[Operation, Credit | ReturnBlock], ...] = ()

    def image(self, head: bytes = b"\xff" * 0x20) -> bytes:
        """The whole main memory; `head` stands for the chip's own bytes 00–1F."""
        return head + bytes.fromhex(self.memory)
