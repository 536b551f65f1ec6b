"""What remains of the payments for a batch once its lines hold theirs."""

from __future__ import annotations

from cardstation.domain.allocation import divide
from cardstation.domain.money import NO_MONEY, Money
from cardstation.errors import Refusal
from cardstation.services.intent.funding import holdings_of, purses_of
from cardstation.store import Reading
from cardstation.store.funds import BatchPayment


def ensure_remains(reading: Reading, batch_id: str, payment_id: str, money: Money) -> BatchPayment:
    """A payment of which at least this much is held by no line.

    Raises:
        Refusal: `zero_amount`, `unknown_payment`, `more_than_remains`.
    """
    if money <= NO_MONEY:
        raise Refusal("zero_amount")
    payment = _payment(reading, batch_id, payment_id)
    left = divide(purses_of(reading, batch_id), holdings_of(reading, batch_id))
    remains = max(NO_MONEY, left.left[payment_id] - left.short)
    if money > remains:
        raise Refusal("more_than_remains", fen=money.fen, remains_fen=remains.fen)
    return payment


def _payment(reading: Reading, batch_id: str, payment_id: str) -> BatchPayment:
    for one in reading.funds.payments(batch_id):
        if one.payment_id == payment_id:
            return one
    raise Refusal("unknown_payment", payment_id=payment_id, batch_id=batch_id)
