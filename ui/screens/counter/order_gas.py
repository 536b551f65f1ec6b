"""What a paid order puts on a card."""

from __future__ import annotations

from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume


def gas_of(order: Order) -> Volume | Money:
    """What an order puts on the card: gas, or for money meters the amount."""
    return Volume(order.litres) if order.litres else Money(order.fen)
