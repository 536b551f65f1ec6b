"""Gives the bag back: a signed return of what is left at the desk ends the batch if it can."""

from __future__ import annotations

from cardstation.domain.custody import Party
from cardstation.errors import Refusal
from cardstation.services.close_batch import close_if_settled
from cardstation.services.custody_state import CustodyState
from cardstation.services.hand_over import HandOverRequest, hand_over
from cardstation.services.station import Station


def return_batch(station: Station, batch_id: str, asked: HandOverRequest) -> CustodyState:
    """Record a return to the manager, to the team that takes it there, or of a card to its home.

    When everything is back and nothing is open, the batch is closed with it; otherwise it stays
    *returned*, and `hindrance` of the answer says what is still to do.

    Raises:
        Refusal: those of `hand_over`; `hand_over_way` when it is no return.
    """
    if asked.taker is Party.DESK or asked.giver is Party.MANAGER:
        raise Refusal("hand_over_way", giver=asked.giver.value, taker=asked.taker.value)
    return close_if_settled(station, hand_over(station, batch_id, asked))
