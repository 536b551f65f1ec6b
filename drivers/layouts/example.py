"""Worked examples: bytes of a card beside what they mean, and how they came there."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.card import CardContent, Credit, ReturnBlock
from drivers.layouts.codec import FIRST_FREE, Operation


@dataclass(frozen=True, slots=True)
class Example:
    """One card of a layout.

    Attributes:
        memory: Main memory after the chip's own bytes, hex.
        content: What these bytes mean.
        issued: The card as issued on a blank.
        then: What was done to it since, in order.
        first: Addresses below are the chip's own.
    """

    name: str
    memory: str
    content: CardContent
    issued: CardContent
    then: tuple[tuple[Operation, Credit | ReturnBlock], ...] = ()
    first: int = FIRST_FREE

    def image(self, head: bytes | None = None) -> bytes:
        """The whole main memory; `head` stands for the chip's own bytes before `first`."""
        own = b"\xff" * self.first if head is None else head
        return own + bytes.fromhex(self.memory)
