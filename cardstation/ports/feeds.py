"""The centre's feeds as a station sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from cardstation.domain.feed import Delta, FeedHead, Snapshot


class Feeds(Protocol):
    """What the centre publishes for this station, over a network that may fail or lie.

    Only `told` is checked in here: it answers one question of one station. Everything else is
    signed for whoever reads it, and whoever applies it asks `genuine` first.

    Raises (every method but `genuine`):
        LedgerUnreachable: no answer, ask again.
        LedgerRefused: it said no: `station_suspended`, `feed_not_followed`, `feed_unknown`, …
    """

    def told(self, at: Mapping[str, int]) -> tuple[FeedHead, ...]:
        """The feeds this station follows, and how far they are.

        Args:
            at: How far this station is with each; the centre shows it to its people.

        Raises:
            LedgerRefused: also `ledger_signature_bad`: somebody else answered.
        """

    def deltas(self, feed: str, after: int) -> tuple[Delta, ...]:
        """The next changes after a number, as many as one answer holds; empty = no such change."""

    def snapshot(self, feed: str) -> Snapshot:
        """The newest snapshot: which pages it has."""

    def page(self, feed: str, number: int, page: int) -> bytes:
        """One page of the snapshot after change `number`.

        Raises:
            LedgerRefused: also `feed_page_gone`: there is a newer snapshot by now.
        """

    def genuine(self, message: bytes, signature: bytes) -> bool:
        """Whether the centre signed a message, by the key this station pinned."""
