"""One service at a time on one card number, and one at a time on the money beside the cards."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from cardstation.errors import fail
from cardstation.services.identify import Inserted
from cardstation.services.station import Station

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")


def on_its_card(service: Callable[_Given, _Answer]) -> Callable[_Given, _Answer]:
    """A service that has its card in hand from its first look to its end.

    Raises:
        Refusal: `card_at_work`, `no_shift`, see `Work.on_card`.
    """

    @wraps(service)
    def alone(*args: _Given.args, **named: _Given.kwargs) -> _Answer:
        given = (*args, *named.values())
        station = next((one for one in given if isinstance(one, Station)), None)
        card = next((one for one in given if isinstance(one, Inserted)), None)
        if station is None or card is None:
            fail("a service on a card is given its station and its card")
        with station.work.on_card(card.content.identity.card_no, card):
            return service(*args, **named)

    return alone


def on_money(service: Callable[_Given, _Answer]) -> Callable[_Given, _Answer]:
    """A service that takes or gives money beside the cards: no other does, and no shift closes.

    Raises:
        Refusal: `money_at_work`, see `Work.on_money`.
    """

    @wraps(service)
    def alone(*args: _Given.args, **named: _Given.kwargs) -> _Answer:
        station = args[0]
        if not isinstance(station, Station):
            fail("a service is given its station first")
        with station.work.on_money():
            return service(*args, **named)

    return alone


def on_its_intent(service: Callable[_Given, _Answer]) -> Callable[_Given, _Answer]:
    """A service that decides about an intent by its id: no reader has its card in hand meanwhile.

    Raises:
        Refusal: `card_at_work`, `no_shift`, see `Work.on_card`.
    """

    @wraps(service)
    def alone(*args: _Given.args, **named: _Given.kwargs) -> _Answer:
        station, intent_id = args[0], args[1]
        if not (isinstance(station, Station) and isinstance(intent_id, str)):
            fail("a service on an intent is given its station and an id")
        with station.store.reading() as reading:
            intent = reading.topups.get(intent_id)
        if intent is None:
            return service(*args, **named)
        with station.work.on_card(intent.identity.card_no, intent):
            return service(*args, **named)

    return alone
