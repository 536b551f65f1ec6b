"""Leases of paid orders: for how long one station alone may load one, also without a network.

The card is the last word: an order is bound to one counter, and a card past it is not loaded
again, whoever holds the lease (DESK-RULES 5 and 6).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from cardstation.domain.ledger import Order

LEASE = timedelta(hours=72)
"""How long a station may keep an order for itself without asking again."""

GRACE = timedelta(hours=1)
"""How much longer the centre gives it to nobody else: a station's clock may be slow."""


def held_by(order: Order, station: str, now: datetime) -> bool:
    """True when a station may load an order without asking anybody.

    Args:
        order: As the station has it on file.
        station: Its name.
        now: By its own clock.
    """
    until = order.leased_until
    return order.leased_to == station and (until is None or now < until)


def lapsed(order: Order, now: datetime) -> bool:
    """True when the lease of an order is over for everybody, also by a slow clock."""
    return order.leased_until is not None and now >= order.leased_until + GRACE


def as_it_stands(order: Order, now: datetime) -> Order:
    """The order as the centre shows it: a lease that is over is nobody's."""
    return freed(order) if lapsed(order, now) else order


def freed(order: Order) -> Order:
    """The order under nobody's lease."""
    return replace(order, leased_to="", leased_until=None)


def leased(order: Order, station: str, now: datetime) -> Order:
    """The order under a lease for a station; asked again, the lease begins anew.

    What was sold for a station from the start stays its own without end. The order must be free
    or that station's.
    """
    if order.leased_to == station and order.leased_until is None:
        return order
    return replace(order, leased_to=station, leased_until=now + LEASE)


def oldest_first(order: Order) -> tuple[float, str]:
    """Sorts orders by age; one whose age nobody said comes before all."""
    return (0.0 if order.paid_at is None else order.paid_at.timestamp()), order.order_id


def in_zone(order: Order, zone: tzinfo | None) -> Order:
    """The order with its age in the time of the desk."""
    at = order.paid_at
    return order if at is None else replace(order, paid_at=at.astimezone(zone))
