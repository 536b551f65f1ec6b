"""What is open, as a list that one clerk signs over to the next."""

from __future__ import annotations

from cardstation.domain.shift import OpenItem
from cardstation.domain.topup import TopUp
from cardstation.services.intent.opened import code_of
from cardstation.store import Reading
from cardstation.store.funds import AskedPayment


def open_items(reading: Reading) -> tuple[OpenItem, ...]:
    """Open top-ups, returns and batch payments, oldest first."""
    items = [_of_intent(intent) for intent in reading.topups.open_intents()]
    items += [_of_payment(asked) for asked in reading.funds.unanswered()]
    return tuple(sorted(items, key=lambda one: (one.since, one.subject)))


def _of_intent(intent: TopUp) -> OpenItem:
    return OpenItem(
        subject=intent.topup_id,
        code=code_of(intent.state),
        account_no=intent.account_no,
        card_no=intent.identity.card_no,
        batch_id=intent.batch_id,
        money=intent.money,
        since=intent.opened_at,
    )


def _of_payment(asked: AskedPayment) -> OpenItem:
    return OpenItem(
        subject=asked.payment_id,
        code="payment_question",
        account_no="",
        card_no="",
        batch_id=asked.batch_id,
        money=asked.money,
        since=asked.at,
    )
