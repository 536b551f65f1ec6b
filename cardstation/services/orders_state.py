"""Lists the paid orders that wait: how long, who may load them, which nobody came for.

An order never expires; what grows old is shown until somebody loads it or the centre takes it
back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from cardstation.domain.ledger import Order
from cardstation.domain.order_lease import held_by, oldest_first
from cardstation.services.intent.meter_changes import is_for_old_meter
from cardstation.services.station import Station
from cardstation.store import Reading


class Holder(StrEnum):
    """Who may load an order: any desk that reaches the ledger, or one, also without it."""

    NOBODY = "nobody"
    OURS = "ours"
    ENDED = "ended"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """A paid order.

    Attributes:
        card_no: The household's live card; empty, like name and door, where `on_file` is false.
        on_file: Its household is in this desk's directory.
        days: Whole days since it was paid, None where nobody said.
        warns: It waits longer than the setting allows, or for an unknown time.
        holder: `ended`: this station's lease is over; it has to ask again.
        passed: The household has bought something else since: its card has left the counter that
            the order is for, and no desk can load it before the centre binds it anew.
        passed_at: When this desk made that other load, None where another did.
        passed_by: The clerk who began it.
    """

    order: Order
    name: str
    door: str
    days: int | None
    warns: bool
    holder: Holder
    card_no: str = ""
    on_file: bool = True
    passed: bool = False
    passed_at: datetime | None = None
    passed_by: str = ""


def orders_state(station: Station, warn_days: int) -> tuple[WaitingOrder, ...]:
    """Every order that waits, as far as is known here, the oldest first.

    Args:
        station: The desk.
        warn_days: After so many days an order is a matter for a human.
    """
    with station.store.reading() as reading:
        found = [_waiting(station, reading, one, warn_days) for one in reading.orders.waiting()]
    return tuple(sorted(found, key=lambda one: oldest_first(one.order)))


def _waiting(station: Station, reading: Reading, order: Order, warn_days: int) -> WaitingOrder:
    now = station.clock.now()
    days = None if order.paid_at is None else max(0, (now - order.paid_at).days)
    waits = WaitingOrder(
        order=order,
        name="",
        door="",
        days=days,
        warns=days is None or days >= warn_days,
        holder=_holder(order, station.name, now),
        on_file=False,
    )
    household = reading.households.get(order.account_no)
    if household is None:
        return waits
    waits = replace(
        waits,
        name=household.name,
        door=household.address.door,
        card_no=household.card_no,
        on_file=True,
        passed=household.purchase_counter > order.expected_counter
        or is_for_old_meter(reading, household, order),
    )
    return _passed_here(reading, waits) if waits.passed else waits


def _passed_here(reading: Reading, waits: WaitingOrder) -> WaitingOrder:
    """Who sold past it, where it was this desk."""
    load = reading.topups.last_of_account(waits.order.account_no)
    if load is None or load.counter_after <= waits.order.expected_counter:
        return waits
    by = reading.topups.begun_by(load.topup_id)
    return replace(waits, passed_at=load.opened_at, passed_by=by)


def _holder(order: Order, name: str, now: datetime) -> Holder:
    if not order.leased_to:
        return Holder.NOBODY
    if order.leased_to != name:
        return Holder.ELSEWHERE
    return Holder.OURS if held_by(order, name, now) else Holder.ENDED
