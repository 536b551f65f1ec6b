"""Gives a paid order back, so that any desk may load it."""

from __future__ import annotations

from cardstation.domain.ledger import Order
from cardstation.services.intent.orders import give_lease_back
from cardstation.services.station import Station


def release_order(station: Station, order_id: str) -> Order:
    """Tell the centre that this desk will not load an order.

    Raises:
        Refusal: `order_already_loaded` (its load was begun here and stays here),
            `order_needs_ledger`, `order_not_waiting`. LedgerUnreachable, LedgerRefused.
    """
    return give_lease_back(station, order_id)
