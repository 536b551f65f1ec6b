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


@dataclass(frozen=True, slots=True)
class Presence:
    """One insertion of one card: which reader, and the reader's own event count at that moment.

    Attributes:
        atr: Answer to reset; empty when the card is mute.
    """

    reader: str
    event: int
    atr: bytes


class Hidden(bytes):
    """A command that carries a code, or is answered with one: no log ever shows its data."""


class Link(Protocol):
    """One powered, exclusive session with one card.

    Attributes:
        dialect: Name of the way this reader wraps the commands of memory cards; which chips can
            be spoken to in it stands with the chips.
    """

    reader: str
    atr: bytes
    dialect: str

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
