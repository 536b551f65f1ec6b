"""Looks at what a crash left open, before the desk opens; never blocks it (MONEY-SAFETY R8)."""

from __future__ import annotations

from cardstation.domain.payment import WITHOUT_ASKING
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TopUpEvent, TopUpState
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.ports.payment import PaymentAnswer
from cardstation.services.intent.anchoring import anchor_journal, anchor_problem
from cardstation.services.intent.answering import payment_answered
from cardstation.services.intent.begin import settle
from cardstation.services.intent.opened import OpenIntent
from cardstation.services.intent.records import record_move
from cardstation.services.open_intents import open_intents
from cardstation.services.station import Station

_ASKED = (TopUpState.PAY_PENDING, TopUpState.PAY_UNKNOWN)


def recover(station: Station) -> tuple[OpenIntent, ...]:
    """Settle silently what needs neither card nor human, and list the rest, oldest first.

    A quoted intent took no money and touched no card: void. An asked payment is queried once;
    cash can only be answered by the clerk (`answer_payment`). Everything from *paid* on waits for
    its card. May itself be cut at any point and run again. The anchor, too, may lag behind: a
    second cut before the first mark would look as if it had been taken away. A store that is
    older than its anchor, or that the ledger has stopped, is only looked at: what is open in it
    may be settled long since.
    """
    anchor_journal(station)
    with station.store.reading() as reading:
        intents = reading.topups.open_intents()
        frozen = anchor_problem(station, reading) is not None or reading.outbox.verdict()
        asked = () if frozen else reading.funds.unanswered()
    for intent in intents if not frozen else ():
        _settle(station, intent)
    for payment in asked:
        known = station.payment_by(payment.tender).query(payment.payment_id)
        if known is not PaymentAnswer.UNKNOWN:
            payment_answered(station, payment, taken=known is PaymentAnswer.TAKEN)
    return open_intents(station)


def _settle(station: Station, intent: TopUp) -> None:
    unasked = intent.state is TopUpState.PAY_PENDING and intent.tender in WITHOUT_ASKING
    if intent.state is TopUpState.QUOTED or unasked:
        record_move(station, intent, TopUpEvent.MONEY_NOT_TAKEN, reason="cut_short")
    elif intent.state in _ASKED:
        try:
            settle(station, intent, station.payment_by(intent.tender).query(intent.topup_id))
        except (OutcomeUnknown, Refusal):
            return
