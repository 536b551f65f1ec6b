"""Chips: commands of one kind of card over a link, without meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from cardstation.domain.card import Span
from cardstation.ports.reader import Link


class Chip(Protocol):
    """One powered chip.

    Legal order: `read()` and `tries_left()` at any time; `unlock()` once per link; `write()` only
    after `unlock()`.

    Attributes:
        size: Bytes of main memory that carry data: the length of an image.
        all_tries: Wrong codes an untouched card bears; 1 for a chip that does not count them, or
            never tells.
        writable: Addresses of an image that `write` may change.
        smears: Ranges the chip changes as one (pages, blocks, zones): a tear may disturb bytes in
            them that the write left as they were. Empty where it changes byte by byte.
    """

    size: int
    all_tries: int
    writable: tuple[range, ...]
    smears: tuple[range, ...]

    def read(self) -> bytes:
        """The whole main memory."""

    def tries_left(self) -> int | None:
        """How many wrong codes the card still bears, 0 = locked for ever, None = unknown."""

    def unlock(self, code: bytes, *, last_tries: bool = False) -> None:
        """Present the code once, if the card's counter allows it (MONEY-SAFETY 3).

        Args:
            code: As the chip wants it, three bytes for SLE4442.
            last_tries: A torn attempt of ours is on record: one try may be missing then, an
                unreadable counter is allowed no longer.

        Raises:
            Refusal: code `code_tries_low`; nothing was presented.
            CodeRefused, CodeLocked, LinkFailed.
        """

    def write(self, current: bytes, spans: Sequence[Span]) -> None:
        """Write the bytes that differ from `current`, span by span, ascending, and read each back.

        Raises:
            WriteNotTaken: a byte reads back differently. LinkFailed: outcome unknown.
            Defect: a span touches what is not `writable`.
        """

    def set_code(self, old: bytes, new: bytes) -> None:
        """Give the card another code; only when issuing, after `unlock(old)`, as the last act.

        Raises:
            LinkFailed: the code may be old, new or mixed: keep both.
        """


class ChipDriver(Protocol):
    """A kind of chip the station can drive.

    Attributes:
        title: As people write it, for lists of what is supported.
        blank_code: What opens a blank; as long as every code of this chip.
    """

    name: str
    title: str
    blank_code: bytes

    @property
    def spoken(self) -> Mapping[str, object]:
        """By dialect, how this chip is spoken to."""

    def recognises(self, atr: bytes) -> bool:
        """True when this answer to reset may be of this chip.

        Some chips answer nothing of their own, so several may say yes: the card's content decides.
        """

    def attach(self, link: Link) -> Chip:
        """Take a fresh link and select the chip.

        Raises:
            ReaderCannotMemory: this reader does not carry the chip. LinkFailed.
        """
