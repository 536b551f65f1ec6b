"""Finds the money that this desk owes, and makes sure that it is this desk that owes it."""

from __future__ import annotations

from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpEvent
from cardstation.errors import Refusal
from cardstation.services.intent.adopt import ensure_nobody_finishes, is_finished
from cardstation.services.intent.paying_out import OWED
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station


def owed_intent(station: Station, intent_id: str) -> TopUp:
    """The refund or return whose money waits to be paid out here.

    Raises:
        Refusal: `nothing_owed`.
    """
    with station.store.reading() as reading:
        intent = reading.topups.get(intent_id)
    if intent is None or intent.state not in OWED[intent.direction]:
        raise Refusal("nothing_owed", intent_id=intent_id)
    return intent


def ensure_left_to_us(station: Station, intent: TopUp) -> None:
    """What people settled without its card, another desk goes on with until the ledger knows.

    Where the card was read the refund was asked for once the ledger knew.

    Raises:
        Refusal: `load_is_on_card`, `refund_needs_ledger`.
    """
    with station.store.reading() as reading:
        by_people = reading.topups.log(intent.topup_id)[-1].event is TopUpEvent.PROVEN_NOT_LOADED
    if not by_people or intent.direction is Direction.RETURN:
        return
    send_eagerly(station)
    if is_finished(station, intent):
        raise Refusal("load_is_on_card", card_no=intent.identity.card_no)
    ensure_nobody_finishes(station, intent)
