"""Lists the paid orders that wait: how long, who may load them, which nobody came for.

An order never expires; what grows old is shown until somebody loads it or the centre takes it
back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cardstation.domain.ledger import Order
from cardstation.domain.order_lease import held_by, oldest_first
from cardstation.services.station import Station


class Holder(StrEnum):
    """Who may load an order: any desk that reaches the ledger, or one, also without it."""

    NOBODY = "nobody"
    OURS = "ours"
    ENDED = "ended"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """A paid order of a household on file here.

    Attributes:
        card_no: The household's live card.
        days: Whole days since it was paid, None where nobody said.
        warns: It waits longer than the setting allows, or for an unknown time.
        holder: `ended`: this station's lease is over; it has to ask again.
    """

    order: Order
    name: str
    door: str
    days: int | None
    warns: bool
    holder: Holder
    card_no: str = ""


def orders_state(station: Station, warn_days: int) -> tuple[WaitingOrder, ...]:
    """Every waiting order of this station's directory, the oldest first.

    Args:
        station: The desk.
        warn_days: After so many days an order is a matter for a human.
    """
    now = station.clock.now()
    found = []
    with station.store.reading() as reading:
        for order in reading.orders.waiting():
            household = reading.households.get(order.account_no)
            if household is None:
                continue
            days = None if order.paid_at is None else max(0, (now - order.paid_at).days)
            found.append(
                WaitingOrder(
                    order=order,
                    name=household.name,
                    door=household.address.door,
                    days=days,
                    warns=days is None or days >= warn_days,
                    holder=_holder(order, station.name, now),
                    card_no=household.card_no,
                )
            )
    return tuple(sorted(found, key=lambda one: oldest_first(one.order)))


def _holder(order: Order, name: str, now: datetime) -> Holder:
    if not order.leased_to:
        return Holder.NOBODY
    if order.leased_to != name:
        return Holder.ELSEWHERE
    return Holder.OURS if held_by(order, name, now) else Holder.ENDED
