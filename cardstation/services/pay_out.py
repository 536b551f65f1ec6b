"""Pays money back to the payer, by the tender it came with: the last step of a refund or return."""

from __future__ import annotations

from cardstation.domain.charge import Original
from cardstation.domain.ledger import PEOPLE
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpEvent, TopUpState
from cardstation.errors import Refusal
from cardstation.services.close_batch import close_if_settled
from cardstation.services.custody_state import custody_state
from cardstation.services.intent.at_work import on_its_intent, on_money
from cardstation.services.intent.giving_back import record_refunded
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.owed import ensure_left_to_us, owed_intent
from cardstation.services.intent.paying_out import may_be_paid, note_paying
from cardstation.services.intent.records import record_move
from cardstation.services.intent.words import meant
from cardstation.services.station import Station


@on_money
@on_its_intent
def pay_out(
    station: Station,
    intent_id: str,
    approval: Approval,
    *,
    found: str = "",
    original: Original | None = None,
) -> TopUp:
    """Record that the money of a refund or of a return is in the payer's hands.

    The clerk pays first and confirms with the second person; the money of a lump sum stays with
    the batch and goes back with its remainder. Asked again, nothing is paid twice: what was begun
    (here or by `begin_pay_out`) and cut before it was on record is asked about.

    Args:
        station: The desk.
        intent_id: What is owed.
        approval: Of the second person.
        found: In words, what slip and till say of money that may be paid out already: begun
            before a cut, or in the lost part of a restored station's records. Paid then or paid
            now, it is recorded once.
        original: Where the receipt of a load is that was taken back; it stands on the slip.

    Raises:
        Refusal: `nothing_owed`, `payout_in_doubt`, `proof_missing`, `card_at_work`,
            `second_person_same`, those of `ensure_may_sell`, and, where two persons settled
            that the load never was, `refund_needs_ledger` and `load_is_on_card`: another desk has
            loaded it meanwhile.
    """
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    intent = owed_intent(station, intent_id)
    with station.store.reading() as reading:
        doubtful = may_be_paid(station, reading, intent)
    if doubtful and not found:
        raise Refusal("payout_in_doubt", intent_id=intent_id, fen=intent.money.fen)
    witness = PEOPLE + meant(found) if found else ""
    ensure_left_to_us(station, intent)
    note_paying(station, intent, approval.name)
    if intent.direction is Direction.RETURN and intent.state is TopUpState.SEALED:
        intent = record_move(station, intent, TopUpEvent.PAYOUT_ASKED)
    intent = record_refunded(
        station, intent, approver=approval.name, witness=witness, original=original
    )
    if intent.batch_id:
        close_if_settled(station, custody_state(station, intent.batch_id))
    return intent
