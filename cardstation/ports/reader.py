"""Readers: electricity and insertion events; and links: one powered session with one card.

Legal order of calls::

    reader.wait_card() ─► reader.open(presence) ─► link.exchange()* ─► link.close()
         ▲                        │ (again: a fresh power-up of the same insertion)
         └── reader.wait_removed(presence) ◄──┘

After an exchange raised, the link is dead: every further call raises the same kind of error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cardstation.domain.card import Span


@dataclass(frozen=True, slots=True)
class Presence:
    """One insertion of one card: which reader, and the reader's own event count at that moment.

    Attributes:
        atr: Answer to reset; empty when the card is mute.
    """

    reader: str
    event: int
    atr: bytes


class MemoryDialect(Protocol):
    """How one family of readers wraps the commands of synchronous memory cards.

    Every method makes one exchange or a few, and returns chip facts; status words stay inside.
    Source: reference cards 2.1 (ACS), 2.2 (OMNIKEY / Cherry).
    """

    name: str

    def select_sle4442(self, link: Link) -> None:
        """Tell the reader which chip it holds (powers the card anew where the reader does)."""

    def read(self, link: Link, address: int, length: int) -> bytes:
        """Read main memory; `length` ≤ 256."""

    def write(self, link: Link, span: Span) -> None:
        """Update main memory; success is never proof: the chip gives no error, read back."""

    def error_counter(self, link: Link) -> int | None:
        """Tries left as the chip's raw counter bits (7, 3, 1, 0), None where not readable."""

    def present_code(self, link: Link, code: bytes) -> None:
        """Present the PSC once.

        Raises:
            CodeRefused: wrong code; `tries_left` in the values.
            CodeLocked: no tries left, for ever.
        """

    def change_code(self, link: Link, old: bytes, new: bytes) -> None:
        """Write a new PSC, only when issuing; `old` was accepted on this link.

        Raises:
            LinkFailed: the code may be old, new or mixed.
        """


class Link(Protocol):
    """One powered, exclusive session with one card."""

    reader: str
    atr: bytes
    dialect: MemoryDialect

    def exchange(self, command: bytes) -> bytes:
        """Send a command APDU and return data + SW1 SW2.

        Raises:
            LinkFailed: a subclass says how; whether the card acted is unknown, the link is dead.
        """

    def close(self) -> None:
        """Power the card down. Never raises; may be called twice."""


class Reader(Protocol):
    """One slot that takes cards."""

    name: str

    def wait_card(self, timeout_s: float | None) -> Presence | None:
        """Wait for a card; None on timeout or `cancel`.

        Raises:
            CardServiceGone, ReaderGone: and goes on working after they came back.
        """

    def wait_removed(self, presence: Presence, timeout_s: float | None) -> bool:
        """Wait until that insertion is over (removed, swapped, reader gone)."""

    def open(self, presence: Presence) -> Link:
        """Power up the card of that insertion, exclusively.

        Raises:
            CardSwapped: another insertion happened since. CardRemoved. CardMute. ReaderBusy.
            ReaderCannotMemory. ReaderGone. ReaderHung. CardServiceGone.
        """

    def cancel(self) -> None:
        """Wake a waiting thread; its call returns None or False."""
