"""All places where cards lie, one for every reader, and who takes their cards.

Cards go to one taker or to one for each place:

* one taker, one card (the counter): the first reader that has a card is its; a second card waits
  where it lies until the first is gone;
* a taker for each place (a batch): every reader works for itself, at the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from PySide6.QtCore import QObject, Signal

from cardstation.errors import CardStationError, ReaderGone
from cardstation.ports.reader import Presence
from cardstation.services.identify import Inserted
from ui.card_place import CardPlace, CardTaker
from ui.courier import Courier
from ui.desk_services import DeskServices
from ui.lane import Lane

T = TypeVar("T")
P = ParamSpec("P")
TakerOf = Callable[[CardPlace], CardTaker]


class CardPlaces(QObject):
    """The readers of the desk; for a taker of one card it is that card's place.

    Args:
        services: Of the desk.
        open_lane: Makes the lane of a reader, by its name.
        courier: Back to the window's thread.

    Attributes:
        changed: Emitted when a card or a reader came or went, or there was trouble.
    """

    changed = Signal()

    def __init__(
        self, services: DeskServices, open_lane: Callable[[str], Lane], courier: Courier
    ) -> None:
        super().__init__()
        self._services, self._open_lane, self._courier = services, open_lane, courier
        self._places: dict[str, CardPlace] = {}
        self._plugged: tuple[str, ...] = ()
        self._trouble: CardStationError | None = None
        self._taker: CardTaker | None = None
        self._taker_of: TakerOf | None = None
        self._front: CardPlace | None = None

    # ── all of them ──

    @property
    def every(self) -> tuple[CardPlace, ...]:
        """The places of the readers that are plugged in, in the order they were first seen."""
        return tuple(one for name, one in self._places.items() if name in self._plugged)

    @property
    def present(self) -> bool:
        """True while a card lies in any reader."""
        return any(one.present for one in self._places.values())

    @property
    def busy(self) -> bool:
        """True while an exchange with any card is under way."""
        return any(one.busy for one in self._places.values())

    @property
    def trouble(self) -> CardStationError | None:
        """Why no card can be taken now: no reader, no card service."""
        if self._trouble is not None:
            return self._trouble
        found = [one.trouble for one in self.every]
        return found[0] if found and all(found) else None

    # ── one taker, one card ──

    @property
    def taker(self) -> CardTaker | None:
        """Who takes one card at a time; None while every place has a taker of its own."""
        return self._taker

    @property
    def card(self) -> Inserted | None:
        """The identified card of the one taker."""
        return None if self._front is None else self._front.card

    def work(self, ask: Callable[[Inserted], T], then: Callable[[T], None]) -> None:
        """See `CardPlace.work`."""
        if self._front is not None:
            self._front.work(ask, then)

    def ask_alone(self, ask: Callable[[Presence], T], then: Callable[[T], None]) -> None:
        """See `CardPlace.ask_alone`."""
        if self._front is not None:
            self._front.ask_alone(ask, then)

    def announce(self) -> None:
        """See `CardPlace.announce`."""
        if self._front is not None:
            self._front.announce()

    def during(self, call: Callable[P, None]) -> Callable[P, None]:
        """See `CardPlace.during`."""
        return call if self._front is None else self._front.during(call)

    # ── who takes the cards ──

    def give_to(self, taker: CardTaker) -> None:
        """One taker for one card at a time."""
        self._taker, self._taker_of = taker, None
        lying = [one for one in self._places.values() if one.present]
        if self._front not in lying:
            self._front = lying[0] if lying else None
        self._share()

    def spread(self, taker_of: TakerOf) -> None:
        """A taker for each place."""
        self._taker, self._taker_of, self._front = None, taker_of, None
        self._share()

    def _share(self) -> None:
        for place in self._places.values():
            place.give_to(self._wanted_at(place))

    def _wanted_at(self, place: CardPlace) -> CardTaker | None:
        if self._taker_of is not None:
            return self._taker_of(place)
        return self._taker if self._front in (None, place) else None

    # ── what the watches tell ──

    def plugged(self, readers: tuple[str, ...]) -> None:
        """These readers are there now."""
        for name in readers:
            self._place(name)
        for name in set(self._plugged) - set(readers):
            self.gone(name)
        trouble = None if readers else ReaderGone("no_reader")
        known = self._plugged, _code(self._trouble)
        self._plugged, self._trouble = readers, trouble
        if known != (readers, _code(trouble)):
            self.changed.emit()

    def arrived(self, presence: Presence) -> None:
        """A card was put in."""
        place = self._place(presence.reader)
        self._trouble = None
        if presence.reader not in self._plugged:
            self._plugged = (*self._plugged, presence.reader)
        if self._taker is not None and self._front is None:
            self._front = place
            self._share()
        place.arrived(presence)

    def gone(self, reader: str) -> None:
        """An insertion is over; the one taker takes the next card that lies there."""
        place = self._place(reader)
        place.gone()
        if place is self._front:
            self._front = next((one for one in self._places.values() if one.present), None)
            self._share()

    def troubled(self, error: CardStationError, reader: str = "") -> None:
        """A reader cannot be watched, or none can; a reader that is not there any more is gone."""
        if reader:
            self.gone(reader)
            self._place(reader).troubled(error)
            return
        for name in self._places:
            self.gone(name)
        known, self._trouble = self._trouble, error
        if _code(known) != error.code:
            self.changed.emit()

    def well(self, reader: str) -> None:
        """A reader is watched again."""
        self._place(reader).well()

    def close(self) -> None:
        """End all lanes."""
        for place in self._places.values():
            place.close()

    def _place(self, reader: str) -> CardPlace:
        if reader not in self._places:
            lane, number = self._open_lane(reader), len(self._places) + 1
            place = CardPlace(self._services, lane, self._courier, reader, number)
            place.give_to(self._wanted_at(place))
            place.changed.connect(self.changed)
            self._places[reader] = place
        return self._places[reader]


def _code(trouble: CardStationError | None) -> str:
    return "" if trouble is None else trouble.code
