"""Says in which tray every card lies that went through the readers in a batch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cardstation.domain.batch import LineOutcome, LineState
from cardstation.domain.card_rows import card_places
from cardstation.domain.custody import TAIL, made_good_places
from cardstation.domain.trays import Tray, tray_for
from cardstation.services.batch_state import batch_state
from cardstation.services.intent.moved import moved_of
from cardstation.services.route_card import TRAY
from cardstation.services.station import Station
from cardstation.store.funds import BatchStop


@dataclass(frozen=True, slots=True)
class CardTray:
    """One card.

    Attributes:
        place: Its line, from 1; 0 when it stands on none.
        card_no: Empty when it could not be read.
        reason: Code of the stop, empty when it was loaded.
        chosen: A clerk put it there.
    """

    place: int
    card_no: str
    tray: Tray
    reason: str
    chosen: bool = False


def card_trays(station: Station, batch_id: str) -> tuple[CardTray, ...]:
    """The cards that were seen, lines first in list order, then those that stand on no line.

    A card that was loaded after it was stopped lies in A, whatever was chosen before, unless its
    load was made good since; one whose household is listed twice is one card.

    Raises:
        Refusal: `unknown_batch`.
    """
    found = batch_state(station, batch_id)
    with station.store.reading() as reading:
        stops = reading.funds.stops(batch_id)
        good = made_good_places(map(moved_of, reading.steps.of_batch(batch_id)))
    stands = card_places(found.outcomes)
    last = {(stands.get(stop.line, stop.line), _stray(stop)): stop for stop in stops}
    lines = [
        _of_line(place, one, last.get((place, "")), made_good=place in good)
        for place, one in enumerate(found.outcomes, start=1)
        if stands.get(place, place) == place
    ]
    strays = [_of_stop(stop) for (place, _), stop in last.items() if not place]
    return (*(one for one in lines if one is not None), *strays)


def _stray(stop: BatchStop) -> str:
    """What tells cards without a line apart; one that cannot be read is put in more than once."""
    return "" if stop.line else stop.card_no or stop.code


def _of_line(
    place: int, one: LineOutcome, stop: BatchStop | None, *, made_good: bool
) -> CardTray | None:
    if one.state is LineState.DONE and made_good:
        return CardTray(place, one.line.card_no, Tray.B, "load_made_good")
    if one.state is LineState.DONE:
        return CardTray(place, one.line.card_no, Tray.A, "")
    if one.state is LineState.UNKNOWN:
        return CardTray(place, one.line.card_no, Tray.B, one.reason)
    return None if stop is None else _of_stop(stop)


def laid(stop: BatchStop) -> Tray:
    """The tray of a stopped card: the one a clerk chose, else the one its stop suggests.

    A card that was not loaded lies in A on nobody's word, whatever older records say.
    """
    chosen, own = stop.facts.get(TRAY), tray_for(stop.code)
    if not isinstance(chosen, str):
        return own
    return Tray.B if Tray(chosen) is Tray.A and own is not Tray.A else Tray(chosen)


def strays_to_ask(stops: Sequence[BatchStop], here: Collection[str]) -> tuple[BatchStop, ...]:
    """Cards on no line that lie in B: the last stop of each.

    Args:
        stops: Of a batch, oldest first.
        here: Last digits of the cards on no line that are still at the desk.
    """
    strays = {stop.card_no: stop for stop in stops if not stop.line and stop.card_no}
    return tuple(
        stop for stop in strays.values() if stop.card_no[-TAIL:] in here and laid(stop) is Tray.B
    )


def _of_stop(stop: BatchStop) -> CardTray:
    return CardTray(stop.line, stop.card_no, laid(stop), stop.code, TRAY in stop.facts)
