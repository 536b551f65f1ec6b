"""What is at work at a desk right now: several lanes and several pages act at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, get_ident

from cardstation.errors import LedgerUnreachable, Refusal

HOWEVER_LONG = -1.0
"""Of a patience in seconds: until it is one's turn."""


class Work:
    """Cards, money and the line to the ledger, in this program and at this moment only.

    Nothing here is on record: what a dead program had in hand is found by `recover`.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._cards: dict[str, object] = {}
        self._money = False
        self._closing = False
        self._line = Lock()
        self._speaker = 0

    @contextmanager
    def on_card(self, card_no: str, holder: object) -> Iterator[None]:
        """Have a card in hand; its holder may enter again.

        Raises:
            Refusal: `card_at_work`: another reader holds a card with this number, a copy of it or
                the card itself a moment ago. `no_shift`: the shift is being closed.
        """
        with self._lock:
            holds = self._cards.get(card_no)
            if holds is not None and holds is not holder:
                raise Refusal("card_at_work", card_no=card_no)
            if holds is None and self._closing:
                raise Refusal("no_shift")
            self._cards[card_no] = holder
        try:
            yield
        finally:
            if holds is None:
                with self._lock:
                    del self._cards[card_no]

    @contextmanager
    def on_money(self) -> Iterator[None]:
        """Take or give money beside the cards, one at a time.

        Raises:
            Refusal: `money_at_work`: another page takes or gives money.
        """
        with self._lock:
            if self._money:
                raise Refusal("money_at_work")
            self._money = True
        try:
            yield
        finally:
            with self._lock:
                self._money = False

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Nothing is in hand, and nothing new is taken in hand.

        Raises:
            Refusal: `card_at_work`, `money_at_work`.
        """
        with self.on_money():
            with self._lock:
                if self._cards:
                    raise Refusal("card_at_work", card_no=next(iter(self._cards)))
                self._closing = True
            try:
                yield
            finally:
                with self._lock:
                    self._closing = False

    def has(self, card_no: str) -> bool:
        """True while a service has this card in hand."""
        with self._lock:
            return card_no in self._cards

    @contextmanager
    def on_line(self, patience_s: float = HOWEVER_LONG) -> Iterator[None]:
        """Speak with the ledger of what it has of this station: one conversation at a time.

        Two at once would take an older answer for the newer one.

        Args:
            patience_s: How long to wait for another conversation to end.

        Raises:
            LedgerUnreachable: it did not end in that time, or it is one's own.
        """
        if self._speaker == get_ident() or not self._line.acquire(timeout=patience_s):
            raise LedgerUnreachable
        self._speaker = get_ident()
        try:
            yield
        finally:
            self._speaker = 0
            self._line.release()
