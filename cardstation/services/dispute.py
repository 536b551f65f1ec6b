"""Hands an outcome that the card cannot tell to people: two of them look, nobody pays before."""

from __future__ import annotations

from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import MAY_BE_ON_CARD, TopUpEvent, TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.at_work import on_its_intent
from cardstation.services.intent.guards import (
    ensure_may_write,
    ensure_on_duty,
    ensure_other_person,
)
from cardstation.services.intent.records import record_move
from cardstation.services.intent.went_on import NOT_AS_LEFT, doubt_about
from cardstation.services.station import Station


@on_its_intent
def dispute(station: Station, intent_id: str, approval: Approval) -> TopUp:
    """Put an armed or unknown load or return into dispute: its card shows neither before nor after.

    A paid load, too, that is on record as not written, once its card was seen further on.

    Raises:
        Refusal: `not_disputable`: it is settled, or its card has not been touched;
            `card_at_work`, `second_person_same`, `no_shift`, and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    ensure_other_person(station, approval)
    with station.store.reading() as reading:
        intent = reading.topups.get(intent_id)
        doubt = "" if intent is None else doubt_about(reading, intent)
    if intent is None or not (doubt or intent.state in MAY_BE_ON_CARD):
        raise Refusal("not_disputable", intent_id=intent_id)
    if intent.state is TopUpState.ARMED:
        intent = record_move(station, intent, TopUpEvent.LINK_LOST, reason=NOT_AS_LEFT)
    return record_move(
        station,
        intent,
        TopUpEvent.SEEN_FOREIGN,
        reason=doubt or NOT_AS_LEFT,
        approver=approval.name,
    )
