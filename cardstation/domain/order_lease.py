"""Leases of paid orders: for how long one station alone may load one, also without a network.

The card is the last word: an order is bound to one counter, and a card past it is not loaded
again, whoever holds the lease (DESK-RULES 5 and 6). Not every card counts: a lease that is over
stays its holder's until the centre has heard what that station did under it.
"""

from __future__ import annotations

from collections.abc import Container
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
    """True when no station loads the order under its lease any more, also by a slow clock."""
    return order.leased_until is not None and now >= order.leased_until + GRACE


def as_it_stands(order: Order, now: datetime, stopped: Container[str]) -> Order:
    """The order as the centre shows it.

    Args:
        order: As it was leased.
        now: By the centre's clock.
        stopped: Stations out of service: nothing more is heard of them, and what they held is
            nobody's once its lease is over.
    """
    return freed(order) if lapsed(order, now) and order.leased_to in stopped else order


def begun_at(order: Order) -> datetime | None:
    """When its holder got it; of what was sold for a station when it was paid, None = not said."""
    return order.paid_at if order.leased_until is None else order.leased_until - LEASE


def in_doubt(order: Order, lost_at: datetime | None) -> bool:
    """True when nobody can say any more whether its holder loaded an order.

    Args:
        order: As it was leased.
        lost_at: When the centre heard that the holder had lost records, None = it lost none.
    """
    since = begun_at(order)
    return bool(order.leased_to) and lost_at is not None and (since is None or since <= lost_at)


def heard_out(order: Order, station: str, now: datetime, lost_at: datetime | None) -> Order:
    """The order after a station said that nothing of what it did is unsent.

    Args:
        order: As it was leased.
        station: Who said so.
        now: When, by the slower of its clock and the centre's.
        lost_at: As of `in_doubt`: what is lost is not unsent.
    """
    over = order.leased_to == station and lapsed(order, now)
    return freed(order) if over and not in_doubt(order, lost_at) else order


def why_held(
    order: Order, now: datetime, heard_at: datetime | None, lost_at: datetime | None
) -> tuple[str, dict[str, str]]:
    """Code and values of the refusal to whoever wants an order that a station holds.

    Args:
        order: As it stands.
        now: By the centre's clock.
        heard_at: When the holder last reached the centre, in the time people read.
        lost_at: As of `in_doubt`, in that time.
    """
    said = {"order_id": order.order_id, "station": order.leased_to}
    if lost_at is not None and in_doubt(order, lost_at):
        return "order_in_doubt", said | {"since": f"{lost_at:%Y-%m-%d %H:%M}"}
    if not lapsed(order, now):
        return "order_leased_elsewhere", said
    since = "—" if heard_at is None else f"{heard_at:%Y-%m-%d %H:%M}"
    return "order_holder_silent", said | {"since": since}


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
