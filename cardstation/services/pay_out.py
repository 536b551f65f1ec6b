"""Pays money back to the payer, by the tender it came with: the last step of a refund or return."""

from __future__ import annotations

from cardstation.domain.ledger import PEOPLE
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpEvent, TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.adopt import ensure_nobody_finishes, is_finished
from cardstation.services.intent.giving_back import record_refunded
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.lost_part import lost_since
from cardstation.services.intent.opened import OWED
from cardstation.services.intent.records import record_move
from cardstation.services.intent.words import meant
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station


def pay_out(station: Station, intent_id: str, approval: Approval, *, found: str = "") -> TopUp:
    """Record that the money of a refund or of a return is in the payer's hands.

    The clerk pays first and confirms with the second person; the money of a lump sum stays with
    the batch and goes back with its remainder. Asked again, nothing is paid twice.

    Args:
        station: The desk.
        intent_id: What is owed.
        approval: Of the second person.
        found: In words, what slip and till say of money that the lost part of a restored station's
            records may have paid out already. Paid then or paid now, it is recorded once.

    Raises:
        Refusal: `nothing_owed`, `payout_in_doubt`, `proof_missing`, `second_person_same`, those of
            `ensure_may_sell`, and, where two persons settled that the load never was,
            `refund_needs_ledger` and `load_is_on_card`: another desk has loaded it meanwhile.
    """
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    with station.store.reading() as reading:
        intent = reading.topups.get(intent_id)
    if intent is None or intent.state not in OWED[intent.direction]:
        raise Refusal("nothing_owed", intent_id=intent_id)
    if not found and _may_be_paid(station, intent):
        raise Refusal("payout_in_doubt", intent_id=intent_id, fen=intent.money.fen)
    witness = PEOPLE + meant(found) if found else ""
    _ensure_left_to_us(station, intent)
    if intent.direction is Direction.RETURN and intent.state is TopUpState.SEALED:
        intent = record_move(station, intent, TopUpEvent.PAYOUT_ASKED)
    return record_refunded(station, intent, approver=approval.name, witness=witness)


def _may_be_paid(station: Station, intent: TopUp) -> bool:
    """Whether it was begun before a part of the records that is gone for good."""
    with station.store.reading() as reading:
        return lost_since(reading, intent.opened_at)


def _ensure_left_to_us(station: Station, intent: TopUp) -> None:
    """What people settled without its card, another desk goes on with until the ledger knows.

    Where the card was read the refund was asked for once the ledger knew.
    """
    with station.store.reading() as reading:
        by_people = reading.topups.log(intent.topup_id)[-1].event is TopUpEvent.PROVEN_NOT_LOADED
    if not by_people or intent.direction is Direction.RETURN:
        return
    send_eagerly(station)
    if is_finished(station, intent):
        raise Refusal("load_is_on_card", card_no=intent.identity.card_no)
    ensure_nobody_finishes(station, intent)
