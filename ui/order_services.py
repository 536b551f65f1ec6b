"""What the window asks of gas that was paid online."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardstation.domain.ledger import Order
from cardstation.domain.receipt import Receipt
from cardstation.domain.topup import Step
from cardstation.services.identify import Inserted
from cardstation.services.lease_batch import RowLease
from cardstation.services.orders_state import WaitingOrder


@dataclass(frozen=True, slots=True)
class OrderServices:
    """Paid orders.

    Attributes:
        waiting: Those of this desk's households, the oldest first.
        load: Card, order; its loading slip.
        lease: Holds an order for this desk. release: gives it back. lease_batch: holds every
            order that waits for a row of a batch.
    """

    waiting: Callable[[], tuple[WaitingOrder, ...]]
    load: Callable[[Inserted, str, Callable[[Step], None]], Receipt]
    lease: Callable[[str], Order]
    release: Callable[[str], Order]
    lease_batch: Callable[[str], tuple[RowLease, ...]]
