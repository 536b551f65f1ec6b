"""Top-ups as rows of their table, and back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from cardstation.domain.card import CardIdentity, CardType, Quantity, WritePlan
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import TopUp
from cardstation.store.frozen import freeze, thaw, thaw_any


def to_row(intent: TopUp) -> dict[str, Any]:
    """A top-up as a row."""
    identity = intent.identity
    return {
        "topup_id": intent.topup_id,
        "state": intent.state,
        "account_no": intent.account_no,
        "maker": identity.maker,
        "card_no": identity.card_no,
        "meter_no": identity.meter_no,
        "generation": identity.generation,
        "card_type": identity.card_type.value,
        "quote": freeze(intent.quote),
        "quantity": freeze(intent.quantity),
        "tender": intent.tender,
        "reference": intent.reference,
        "batch_id": intent.batch_id,
        "line": intent.line,
        "row": intent.row,
        "order_id": intent.order_id,
        "known_counter": intent.known_counter,
        "counter_before": intent.counter_before,
        "counter_after": intent.counter_after,
        "before": intent.before,
        "plan": None if intent.plan is None else freeze(intent.plan),
        "opened_at": intent.opened_at,
        "direction": intent.direction,
        "corrects": intent.corrects,
        "origin": intent.origin,
    }


def from_row(row: Row[Any]) -> TopUp:
    """A top-up from its row."""
    return TopUp(
        topup_id=row.topup_id,
        state=row.state,
        account_no=row.account_no,
        identity=CardIdentity(
            maker=row.maker,
            card_type=CardType(row.card_type),
            card_no=row.card_no,
            account_no=row.account_no,
            meter_no=row.meter_no,
            generation=row.generation,
        ),
        quote=thaw(Quote, row.quote),
        quantity=thaw_any(Quantity, row.quantity),
        tender=row.tender,
        reference=row.reference,
        batch_id=row.batch_id,
        line=row.line,
        row=row.row,
        order_id=row.order_id,
        known_counter=row.known_counter,
        counter_before=row.counter_before,
        counter_after=row.counter_after,
        before=row.before,
        plan=None if row.plan is None else thaw(WritePlan, row.plan),
        opened_at=row.opened_at,
        direction=row.direction,
        corrects=row.corrects,
        origin=row.origin,
    )
