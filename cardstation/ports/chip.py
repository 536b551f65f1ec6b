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

    def unlock(self, code: bytes, *, last_tries: bool = False) -> None:
        """Present the code once, if the card's counter allows it (MONEY-SAFETY 3).

        Args:
            code: As the chip wants it, three bytes for SLE4442.
            last_tries: A torn attempt of ours is on record: two tries left are allowed then, an
                unreadable counter no longer is.

        Raises:
            Refusal: code `code_tries_low`; nothing was presented.
            CodeRefused, CodeLocked, LinkFailed.
        """

    def write(self, current: bytes, spans: Sequence[Span]) -> None:
        """Write the bytes that differ from `current`, span by span, ascending, and read each back.

        Raises:
            WriteNotTaken: a byte reads back differently. LinkFailed: outcome unknown.
            Defect: a span touches addresses 00–1F.
        """

    def set_code(self, old: bytes, new: bytes) -> None:
        """Give the card another code; only when issuing, after `unlock(old)`, as the last act.

        Raises:
            LinkFailed: the code may be old, new or mixed: keep both.
        """


class ChipDriver(Protocol):
    """A kind of chip the station can drive."""

    name: str
    blank_code: bytes

    def recognises(self, atr: bytes) -> bool:
        """True when this answer to reset is of this chip."""

    def attach(self, link: Link) -> Chip:
        """Take a fresh link and select the chip."""
