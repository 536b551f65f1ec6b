"""Records a human's answer to an open question: was the money taken?"""

from __future__ import annotations

from cardstation.domain.transitions import TopUpEvent, TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.funding import answered
from cardstation.services.intent.records import record_move, record_paid
from cardstation.services.station import Station

_ASKED = (TopUpState.PAY_PENDING, TopUpState.PAY_UNKNOWN)


def answer_payment(station: Station, intent_id: str, *, taken: bool) -> None:
    """Answer for a top-up or a batch payment that was asked for and never recorded.

    Args:
        station: The desk.
        intent_id: Of the open intent (`recover` lists them).
        taken: True: the money is here; the load goes on at the card's next insertion.

    Raises:
        Refusal: `no_open_question`.
    """
    with station.store.reading() as reading:
        intent = reading.topups.get(intent_id)
        asked = [one for one in reading.funds.unanswered() if one.payment_id == intent_id]
    if intent is not None and intent.state in _ASKED:
        if taken:
            record_paid(station, intent)
        else:
            record_move(station, intent, TopUpEvent.MONEY_NOT_TAKEN, reason="not_taken")
    elif asked:
        answered(station, asked[0], taken=taken)
    else:
        raise Refusal("no_open_question", intent_id=intent_id)
