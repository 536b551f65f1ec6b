"""Records a lump sum for a batch: it funds whole lines in list order and freezes their price."""

from __future__ import annotations

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.ports.payment import PaymentAnswer
from cardstation.services.batch_state import BatchMoney, batch_state
from cardstation.services.intent.begin import WITHOUT_ASKING
from cardstation.services.intent.funding import answered, batch_of
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.ids import new_id
from cardstation.services.station import Station
from cardstation.store.funds import AskedPayment


def pay_batch(
    station: Station, batch_id: str, *, tender: Tender, money: Money, reference: str = ""
) -> BatchMoney:
    """Take money for a batch, once or several times; what no line needs stays unallocated.

    Raises:
        Refusal: `unknown_batch`, `zero_amount`, `tender_unknown`, `payment_not_taken`,
            `payment_question` (an earlier payment of this batch waits for its answer).
        OutcomeUnknown: `payment_unknown`.
    """
    ensure_may_sell(station)
    if money <= NO_MONEY:
        raise Refusal("zero_amount")
    if tender in WITHOUT_ASKING:
        raise Refusal("tender_unknown", tender=tender.value)
    payment = station.payment_by(tender)
    asked = _ask(station, batch_id, tender, money, reference)
    answer = payment.take(asked.payment_id, money, reference)
    if answer is PaymentAnswer.UNKNOWN:
        raise OutcomeUnknown("payment_unknown", payment_id=asked.payment_id, fen=money.fen)
    answered(station, asked, taken=answer is PaymentAnswer.TAKEN)
    if answer is PaymentAnswer.NOT_TAKEN:
        raise Refusal("payment_not_taken", payment_id=asked.payment_id, fen=money.fen)
    return batch_state(station, batch_id).money


def _ask(
    station: Station, batch_id: str, tender: Tender, money: Money, reference: str
) -> AskedPayment:
    now = station.clock.now()
    asked = AskedPayment(new_id(station.clock), batch_id, tender, money, reference, "asked", now)
    with station.store.unit() as unit:
        batch_of(unit, batch_id)
        for open_one in unit.funds.unanswered(batch_id):
            raise Refusal("payment_question", topup_id=open_one.payment_id, fen=open_one.money.fen)
        unit.funds.note(asked)
        unit.commit()
    return asked
