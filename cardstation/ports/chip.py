"""Chips: commands of one kind of card over a link, without meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cardstation.domain.card import Span
from cardstation.ports.reader import Link


class Chip(Protocol):
    """One powered chip.

    Legal order: `read()` and `tries_left()` at any time; `unlock()` once per link; `write()` only
    after `unlock()`.
    """

    size: int

    def read(self) -> bytes:
        """The whole main memory."""

    def tries_left(self) -> int | None:
        """How many wrong codes the card still bears (3 = untouched, 0 = locked), None = unknown."""

    def unlock(self, code: bytes) -> None:
        """Present the code once.

        Raises:
            CodeRefused, CodeLocked, LinkFailed.
        """

    def write(self, current: bytes, spans: Sequence[Span]) -> None:
        """Write the bytes that differ from `current`, span by span, ascending, and read each back.

        Raises:
            WriteNotTaken: a byte reads back differently. LinkFailed: outcome unknown.
            Defect: a span touches addresses 00–1F.
        """


class ChipDriver(Protocol):
    """A kind of chip the station can drive."""

    name: str
    blank_code: bytes

    def recognises(self, atr: bytes) -> bool:
        """True when this answer to reset is of this chip."""

    def attach(self, link: Link) -> Chip:
        """Take a fresh link and select the chip."""
