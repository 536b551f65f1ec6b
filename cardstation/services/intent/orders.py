"""Finds the paid order a line may load: once, and only under a lease or with the centre's word."""

from __future__ import annotations

from cardstation.domain.batch import ManifestLine
from cardstation.domain.ledger import Order
from cardstation.errors import LedgerUnreachable, Refusal
from cardstation.services.station import Station


def order_for(station: Station, line: ManifestLine) -> Order:
    """The order of a prepaid line, free to be loaded here and now.

    Raises:
        Refusal: `prepaid_order_missing`, `order_already_loaded`, `order_leased_elsewhere`,
            `order_needs_ledger` (no lease for this station and no ledger in reach).
    """
    with station.store.reading() as reading:
        order = reading.orders.get(line.order_id)
        claimed = reading.topups.of_order(line.order_id) if line.order_id else ()
    if order is None or order.account_no != line.account_no:
        raise Refusal("prepaid_order_missing", account_no=line.account_no)
    if claimed:
        raise Refusal("order_already_loaded", order_id=order.order_id)
    _ensure_leased(station, order)
    return order


def _ensure_leased(station: Station, order: Order) -> None:
    if order.leased_to == station.name:
        return
    if order.leased_to:
        raise Refusal("order_leased_elsewhere", order_id=order.order_id, station=order.leased_to)
    try:
        waiting = () if station.ledger is None else station.ledger.orders()
    except LedgerUnreachable as error:
        raise Refusal("order_needs_ledger", order_id=order.order_id) from error
    if station.ledger is None:
        raise Refusal("order_needs_ledger", order_id=order.order_id)
    if order.order_id not in {one.order_id for one in waiting}:
        raise Refusal("order_already_loaded", order_id=order.order_id)
