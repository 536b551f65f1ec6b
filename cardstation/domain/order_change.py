"""What the centre may do about a paid order that waits: see it, withdraw it, bind it anew."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.ledger import Order


@dataclass(frozen=True, slots=True)
class OrderChange:
    """Who changes an order, and why.

    Attributes:
        reason: In words; it stays in the books.
        ordered_by, approved_by: Two people of the centre.
        found: What they found of a load that nobody has on record, in words; needed where the
            station that held the order lost its records.
    """

    order_id: str
    reason: str
    ordered_by: str
    approved_by: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class NewBinding:
    """Where an order belongs: which household, and the counter its card shows before the load."""

    account_no: str
    expected_counter: int


@dataclass(frozen=True, slots=True)
class OrderStanding:
    """A paid order that waits.

    Attributes:
        order: With who holds it now. claimed_by: The station that began its load, or empty.
        days: Whole days since it was paid.
    """

    order: Order
    claimed_by: str
    days: int


def payment_of(order_id: str) -> str:
    """The number an order was paid under: `O7` of `O7/2`, which is bound anew."""
    return order_id.partition("/")[0]
