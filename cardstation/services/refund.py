"""Asks for the money of a paid load back: only that card, read now, can prove it never happened."""

from __future__ import annotations

from cardstation.domain.card import Witness
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import MAY_BE_ON_CARD, Direction, TopUpEvent, TopUpState
from cardstation.errors import Refusal
from cardstation.services.identify import Inserted
from cardstation.services.intent.adopt import (
    begun_elsewhere,
    counter_owned_elsewhere,
    ensure_nobody_finishes,
    finished_elsewhere,
    is_finished,
)
from cardstation.services.intent.at_work import on_its_card
from cardstation.services.intent.gas_dues import ensure_debt_stands
from cardstation.services.intent.giving_back import record_given_up
from cardstation.services.intent.guards import (
    ensure_may_write,
    ensure_on_duty,
    ensure_other_person,
)
from cardstation.services.intent.never_armed import ensure_never_armed
from cardstation.services.intent.records import record_move, record_untouched
from cardstation.services.intent.seen import judged, load_witness, superseded
from cardstation.services.intent.went_on import ensure_as_left
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station

_PAID = MAY_BE_ON_CARD | {TopUpState.PAID, TopUpState.NOT_LOADED}


@on_its_card
def request_refund(station: Station, card: Inserted, approval: Approval) -> TopUp:
    """Give up the paid load that is open on this card; `pay_out` then returns the money.

    That of a paid order goes back online, by the centre; no money leaves the desk. Gas that was
    given is due again at once.

    Args:
        station: The desk.
        card: The very card, in the lane (R5); a blacklist is no proof.
        approval: Of the second person.

    Raises:
        Refusal: `no_paid_load`, `load_is_on_card` (it happened after all; the next look seals
            it), `card_torn` (it must be finished), `refund_elsewhere` (the desk that took the
            money pays it back), `refund_needs_ledger` (another desk may have finished it, and the
            ledger cannot be asked), `emergency_gas_paid`, `payment_question` (its debt
            may be paid), `second_person_same`, `no_shift`.
        OutcomeUnknown: `card_not_as_left`; `paid_in_doubt`, see `ensure_never_armed`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    ensure_other_person(station, approval)
    with station.store.reading() as reading:
        intent = reading.topups.open_on(card.content.identity)
    if intent is None or intent.direction is not Direction.SALE or intent.state not in _PAID:
        raise Refusal("no_paid_load", card_no=card.content.identity.card_no)
    if intent.origin:
        raise Refusal("refund_elsewhere", station=intent.origin)
    with station.store.reading() as reading:
        ensure_debt_stands(reading, intent)
    proven = _proven_not_loaded(station, card, intent)
    _ensure_left_to_us(station, proven)
    if proven.is_given:
        return record_given_up(station, proven, approval.name)
    return record_move(
        station, proven, TopUpEvent.REFUND_ASKED, reason="refund", approver=approval.name
    )


def _proven_not_loaded(station: Station, card: Inserted, intent: TopUp) -> TopUp:
    """The card shows that nothing of the load ever came onto it; it is read twice."""
    if intent.plan is None:
        card.power_cycle()
        ensure_never_armed(station, card, intent)
        return intent
    if intent.state in MAY_BE_ON_CARD:
        if finished_elsewhere(station, intent):
            raise Refusal("load_is_on_card", card_no=intent.identity.card_no)
        ensure_nobody_finishes(station, intent)
    if load_witness(card, intent):
        raise Refusal("load_is_on_card", card_no=intent.identity.card_no)
    card.power_cycle()
    seen = judged(card, intent)
    if seen is Witness.TORN:
        raise Refusal("card_torn", card_no=intent.identity.card_no)
    if not _never_was(station, card, intent):
        ensure_as_left(station, card, seen, intent)
    if intent.state is TopUpState.NOT_LOADED:
        return intent
    return record_untouched(station, intent, card.image, reason="refund")


def _ensure_left_to_us(station: Station, intent: TopUp) -> None:
    """No other desk writes it from here on: the ledger knows that we found it unwritten.

    Another desk tells the ledger that it goes on before it writes; who is told second, stops.
    """
    if intent.plan is not None:
        send_eagerly(station)
        if is_finished(station, intent):
            raise Refusal("load_is_on_card", card_no=intent.identity.card_no)
        ensure_nobody_finishes(station, intent)


def _never_was(station: Station, card: Inserted, intent: TopUp) -> bool:
    """Another load stands with its counter, and no desk had written this one and taken it off."""
    return (
        superseded(card, intent)
        and counter_owned_elsewhere(station, intent)
        and not begun_elsewhere(station, intent)
    )
