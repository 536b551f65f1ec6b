"""A rack of virtual cards in front of a slot, fed one after another as a clerk's hands do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Protocol

from drivers.virtual.vpcd import CardSide

LOOK_S = 0.02


class Slot(Protocol):
    """Where a hand puts a card: a slot of the real stack, or a reader in memory."""

    @property
    def occupied(self) -> bool:
        """A card lies in it."""

    def insert(self, card: CardSide) -> None:
        """Put a card in."""

    def pull(self) -> None:
        """Take it out."""


class Rack:
    """The hands: insert, wait until the card may go, pull, take the next.

    A card goes when `next` is called, when `may_remove` says so, or when it tore itself off.
    The next one follows `pace_s` later, and not before the slot has been seen empty.

    Args:
        slot: Where the cards go.
        cards: The rack, in order; may be a generator that makes a card when its turn comes.
        pace_s: Seconds between taking a card out and putting the next one in.
        first_after_s: Seconds before the first card goes in: hands do not all move at one moment.
        may_remove: Asked about fifty times a second while a card lies in the slot.
        inserted: Told the number of each card, from 0, before it goes in.
    """

    def __init__(
        self,
        slot: Slot,
        cards: Iterable[CardSide],
        pace_s: float = 0.0,
        *,
        first_after_s: float = 0.0,
        may_remove: Callable[[], bool] = lambda: False,
        inserted: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._slot = slot
        self._cards = cards
        self._pace_s, self._first_after_s = pace_s, first_after_s
        self._may_remove = may_remove
        self._inserted = inserted
        self._turn = threading.Lock()
        self._number = -1
        self._next = threading.Event()
        self._stopping = threading.Event()
        self._empty = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rack", daemon=True)

    def start(self) -> None:
        """Begin with the first card."""
        self._thread.start()

    def next(self, number: int | None = None) -> None:
        """Let the card that lies in the slot go.

        Args:
            number: Only if it is still this one (a torn card has left by itself meanwhile).
        """
        with self._turn:
            if number in (None, self._number):
                self._next.set()

    def wait_empty(self, timeout_s: float | None = None) -> bool:
        """Wait until the last card was taken out."""
        return self._empty.wait(timeout_s)

    def stop(self) -> None:
        """Take out what lies in the slot and put nothing more in."""
        self._stopping.set()
        self._next.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        for number, card in enumerate(self._cards):
            self._stopping.wait(self._pace_s if number else self._first_after_s)
            if self._stopping.is_set():
                break
            with self._turn:
                self._number = number
                self._next.clear()
            self._inserted(number)
            self._slot.insert(card)
            while self._slot.occupied and not self._next.wait(LOOK_S) and not self._may_remove():
                pass
            self._slot.pull()
        self._empty.set()
