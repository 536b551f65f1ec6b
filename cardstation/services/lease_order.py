"""Holds a paid order for this station, so that it can be loaded without a network."""

from __future__ import annotations

from cardstation.domain.ledger import Order
from cardstation.services.intent.orders import take_lease
from cardstation.services.station import Station


def lease_order(station: Station, order_id: str) -> Order:
    """Ask the centre for an order; nobody else may load it before the lease ends.

    Returns:
        The order with `leased_until`, None where it was sold for this station without an end.

    Raises:
        Refusal: `order_needs_ledger` (no ledger set), `order_not_waiting`,
            `order_leased_elsewhere`. LedgerUnreachable, LedgerRefused.
    """
    return take_lease(station, order_id)
