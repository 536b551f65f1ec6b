"""Records a human's answer to an open question: was the money taken?"""

from __future__ import annotations

from cardstation.domain.payment import WITHOUT_ASKING, Tender
from cardstation.domain.transitions import TopUpEvent, TopUpState
from cardstation.errors import Refusal
from cardstation.ports.payment import PaymentAnswer
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.answering import payment_answered
from cardstation.services.intent.at_work import on_its_intent, on_money
from cardstation.services.intent.guards import ensure_may_write, ensure_on_duty
from cardstation.services.intent.records import record_move, record_paid
from cardstation.services.station import Station

_ASKED = (TopUpState.PAY_PENDING, TopUpState.PAY_UNKNOWN)


@on_money
@on_its_intent
def answer_payment(station: Station, intent_id: str, *, taken: bool) -> None:
    """Answer for a top-up or a batch payment that was asked for and never recorded.

    Args:
        station: The desk.
        intent_id: Of the open intent (`recover` lists them).
        taken: True: the money is here; the load goes on at the card's next insertion.

    Raises:
        Refusal: `no_open_question`; `payment_answered`: the service itself knows better;
            `card_at_work`, `money_at_work`: it is just being asked for; `no_shift` for
            money that is here: it belongs into somebody's till; and those of `ensure_may_write`.
    """
    ensure_may_write(station)
    if taken:
        ensure_on_duty(station)
    with station.store.reading() as reading:
        intent = reading.topups.get(intent_id)
        asked = [one for one in reading.funds.unanswered() if one.payment_id == intent_id]
    for tender in [one.tender for one in (intent, *asked) if one is not None]:
        _ensure_not_known(station, tender, intent_id, taken=taken)
    if intent is not None and intent.state in _ASKED:
        if taken:
            record_paid(station, intent)
            anchor_journal(station)
        else:
            record_move(station, intent, TopUpEvent.MONEY_NOT_TAKEN, reason="not_taken")
    elif asked:
        payment_answered(station, asked[0], taken=taken)
    else:
        raise Refusal("no_open_question", intent_id=intent_id)


def _ensure_not_known(station: Station, tender: Tender, payment_id: str, *, taken: bool) -> None:
    """A service that knows what became of a payment is believed, not the human (R7)."""
    if tender in WITHOUT_ASKING:
        return
    known = station.payment_by(tender).query(payment_id)
    if known is not PaymentAnswer.UNKNOWN and (known is PaymentAnswer.TAKEN) is not taken:
        raise Refusal("payment_answered", payment_id=payment_id)
