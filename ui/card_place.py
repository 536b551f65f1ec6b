"""The place where a card lies: works with the card, and forgets it; one for every reader.

::

    watch thread: wait_card ──► arrived ─────────────────────► wait_removed ──► gone ──► …
    card lane:                    └► insert, then what the taker asks ─┘

Whoever takes cards (the counter, a running batch) is told in the window's thread, in this order:
`card_arrived`, then `card_opened` or `card_failed`, then `card_gone`, exactly once each. What comes
back late for a card that is gone is dropped here, so no taker can show it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from cardstation.errors import CardStationError, LinkFailed
from cardstation.ports.reader import Presence
from cardstation.services.identify import Inserted
from ui.courier import Courier
from ui.desk_services import DeskServices
from ui.lane import Lane

T = TypeVar("T")
P = ParamSpec("P")


class CardTaker(Protocol):
    """Who works with the cards."""

    def card_arrived(self) -> None:
        """A card lies in the reader; nothing is known about it yet."""

    def card_opened(self) -> None:
        """It is identified; `CardPlace.work` may be used."""

    def card_failed(self, error: CardStationError) -> None:
        """It could not be opened, or an exchange with it failed."""

    def card_gone(self) -> None:
        """The insertion is over: forget everything about it."""


class CardPlace(QObject):
    """One reader, one insertion at a time.

    Attributes:
        reader: Its name. number: Its place at the desk, from 1; stays while the desk is open.
        changed: Emitted when a card came or went, or the reader had trouble.
    """

    changed = Signal()

    def __init__(
        self,
        services: DeskServices,
        lane: Lane,
        courier: Courier,
        reader: str = "",
        number: int = 1,
    ) -> None:
        super().__init__()
        self.reader, self.number = reader, number
        self._services, self._lane, self._courier = services, lane, courier
        self._taker: CardTaker | None = None
        self._insertion = 0
        self._card: Inserted | None = None
        self._presence: Presence | None = None
        self._under_way = 0
        self._next: CardTaker | None = None
        self._changing = False
        self._trouble: CardStationError | None = None

    @property
    def present(self) -> bool:
        """True while a card lies in the reader."""
        return self._presence is not None

    @property
    def card(self) -> Inserted | None:
        """The identified card that lies there."""
        return self._card

    @property
    def busy(self) -> bool:
        """True while an exchange with the card is under way."""
        return self._presence is not None and self._under_way > 0

    @property
    def trouble(self) -> CardStationError | None:
        """Why no card can be taken now: no reader, no card service."""
        return self._trouble

    @property
    def taker(self) -> CardTaker | None:
        """Who is told about cards."""
        return self._taker

    def give_to(self, taker: CardTaker | None) -> None:
        """Have another taker told about cards; None: nobody, a card just lies there.

        A card that lies there is taken from the old one and announced to the new one, unless work
        on it is under way: then the change waits until the card is gone.
        """
        if taker is self._taker:
            self._changing = False
        elif self._presence is None:
            self._taker, self._changing = taker, False
        elif self._under_way:
            self._next, self._changing = taker, True
        else:
            presence = self._presence
            self.gone()
            self._taker = taker
            self.arrived(presence)

    def arrived(self, presence: Presence) -> None:
        """A card was put in; called by the watch."""
        self._trouble = None
        self._presence = presence
        self._insertion += 1
        self._under_way = 0
        self.changed.emit()
        if self._taker is None:
            return
        self._taker.card_arrived()
        self._ask(lambda: self._services.insert_card(presence), self._opened, self._close)

    def gone(self) -> None:
        """The insertion is over; called by the watch."""
        if self._presence is None:
            return
        self._presence = None
        self._insertion += 1
        self._under_way = 0
        self._forget()
        if self._taker is not None:
            self._taker.card_gone()
        if self._changing:
            self._taker, self._next, self._changing = self._next, None, False
        self.changed.emit()

    def troubled(self, error: CardStationError) -> None:
        """The reader cannot be watched; called by the watch."""
        self.gone()
        known = self._trouble.code if self._trouble else ""
        self._trouble = error
        if known != error.code:
            self.changed.emit()

    def well(self) -> None:
        """The reader is watched again; called by the watch."""
        if self._trouble is not None:
            self._trouble = None
            self.changed.emit()

    def work(self, ask: Callable[[Inserted], T], then: Callable[[T], None]) -> None:
        """Work with the card on its lane; `then` is told only while that card still lies there."""
        card = self._card
        if card is not None:
            self._ask(lambda: ask(card), then)

    def ask_alone(self, ask: Callable[[Presence], T], then: Callable[[T], None]) -> None:
        """Ask on its lane what takes a link of its own: the card is no longer open then.

        `announce` has it read again.
        """
        presence = self._presence
        if presence is not None:
            self._forget()
            self._ask(lambda: ask(presence), then)

    def announce(self) -> None:
        """Tell the taker of the card that lies there as if it had just been put in."""
        presence = self._presence
        if presence is not None:
            self.gone()
            self.arrived(presence)

    def during(self, call: Callable[P, None]) -> Callable[P, None]:
        """`call`, made in the window's thread and only while this insertion lasts; for progress.

        Asked for in the window's thread; what is returned may be called on any.
        """
        insertion = self._insertion

        def told(*given: P.args, **named: P.kwargs) -> None:
            def made() -> None:
                if insertion == self._insertion:
                    call(*given, **named)

            self._courier.post(made)

        return told

    def close(self) -> None:
        """End the lane."""
        self._lane.close()

    def _ask(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        late: Callable[[T], None] = lambda _result: None,
    ) -> None:
        insertion = self._insertion
        self._under_way += 1

        def came(result: T) -> None:
            if insertion != self._insertion:
                late(result)
                return
            self._under_way -= 1
            then(result)

        def failed(error: CardStationError) -> None:
            if insertion == self._insertion:
                self._under_way -= 1
                self._failed(error)

        self._lane.ask(work, came, failed)

    def _opened(self, card: Inserted) -> None:
        self._card = card
        if self._taker is not None:
            self._taker.card_opened()

    def _failed(self, error: CardStationError) -> None:
        if isinstance(error, LinkFailed):
            self._forget()
        if self._taker is not None:
            self._taker.card_failed(error)

    def _forget(self) -> None:
        card, self._card = self._card, None
        if card is not None:
            self._close(card)

    def _close(self, card: Inserted) -> None:
        self._lane.ask(card.close, _nothing, _nothing)


def _nothing(_result: object) -> None:
    """For results nobody waits for."""
