"""Hands an outcome that the card cannot tell to people: two of them look, nobody pays before."""

from __future__ import annotations

from cardstation.domain.ledger import PEOPLE
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpEvent, TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.at_work import on_its_intent
from cardstation.services.intent.guards import (
    ensure_may_write,
    ensure_on_duty,
    ensure_other_person,
)
from cardstation.services.intent.records import record_move
from cardstation.services.intent.went_on import DOUBTED, doubt_about
from cardstation.services.intent.words import meant
from cardstation.services.station import Station


@on_its_intent
def dispute(station: Station, intent_id: str, approval: Approval, lost: str = "") -> TopUp:
    """Put a load or a return into dispute that its card cannot end.

    The card was read, and stands on record as showing neither before nor after, nor our tear, or as
    gone on since; or no card will ever be read again. A card that nobody has looked at is looked at
    first: it mostly knows.

    Args:
        station: The desk.
        intent_id: What cannot be told.
        approval: Of the second person.
        lost: In words, why its card cannot come: lost, broken, destroyed.

    Raises:
        Refusal: `not_disputable`: it is settled, or its card can be read and was not;
            `proof_missing`, `card_at_work`, `second_person_same`, `no_shift`, and those of
            `ensure_may_write`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    ensure_other_person(station, approval)
    with station.store.reading() as reading:
        intent = reading.topups.get(intent_id)
        doubt = "" if intent is None else doubt_about(reading, intent)
        gone = "" if intent is None else _gone(intent, lost)
    if intent is None or intent.direction is Direction.WORK or not (doubt or gone):
        raise Refusal("not_disputable", intent_id=intent_id)
    if intent.state is TopUpState.ARMED:
        intent = record_move(station, intent, TopUpEvent.LINK_LOST, reason=gone)
    return record_move(
        station,
        intent,
        TopUpEvent.SEEN_FOREIGN,
        reason=gone or doubt,
        approver=approval.name,
    )


def _gone(intent: TopUp, lost: str) -> str:
    """Why it waits for a card that nobody can read any more, as two persons say it."""
    return PEOPLE + meant(lost) if intent.state in DOUBTED and lost else ""
