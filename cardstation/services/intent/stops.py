"""Remembers why a card of a batch was stopped, so that the exceptions list can say it later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cardstation.domain.offline_grant import PAID_WAITS, STOPS
from cardstation.domain.trays import OF_THE_STATION
from cardstation.errors import Refusal
from cardstation.services.identify import Inserted
from cardstation.services.station import Station
from cardstation.store.funds import BatchStop

NOT_OF_THE_CARD = (
    STOPS
    | OF_THE_STATION
    | frozenset(
        {
            "batch_closed_already",
            "envelope_not_scanned",
            "line_already_done",
            "line_blocked",
            "line_needs_human",
            "line_unfunded",
            PAID_WAITS,
            "offline_limit_reached",
            "payment_question",
            "refund_requested",
        }
    )
)
"""Stops that say nothing new about the card: the line's own state or the station's."""


@contextmanager
def remembered(station: Station, batch_id: str, place: int, card: Inserted) -> Iterator[None]:
    """Write down a refusal before it goes on to the screen."""
    card_no = card.content.identity.card_no
    try:
        yield
    except Refusal as stop:
        if stop.code == "loaded_on_other_card":  # it is not the row's card, whose it seems to be
            place = 0
        if code := seen_as(stop):
            at = station.clock.now()
            _keep(station, BatchStop(batch_id, place, card_no, code, stop.values, at))
        raise


def seen_as(stop: Refusal) -> str:
    """What is remembered of a card that was stopped, empty for nothing.

    A line that nothing can be loaded for has its own reason; the card lay here all the same.
    """
    if stop.code in ("line_blocked", "line_needs_human"):
        return str(stop.values.get("reason", stop.code))
    return stop.code if stop.code not in NOT_OF_THE_CARD or stop.code == "line_unfunded" else ""


def _keep(station: Station, stopped: BatchStop) -> None:
    with station.store.unit() as unit:
        unit.funds.stop(stopped)
        unit.commit()
