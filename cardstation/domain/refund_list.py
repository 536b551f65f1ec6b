"""What goes back to the payers of a batch, and why: the paper they sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.money import Money


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One payment: what came, what its lines hold, what went back, what remains.

    Attributes:
        envelope: Of the line it was for, empty for a lump sum.
    """

    ack_no: str
    taken_at: datetime
    tender: str
    reference: str
    envelope: str
    money: Money
    held: Money
    given_back: Money
    remains: Money


@dataclass(frozen=True, slots=True)
class NotLoadedRow:
    """A line that holds no money and was not loaded; why is told at its own door only."""

    door: str
    card_no: str
    money: Money | None


@dataclass(frozen=True, slots=True)
class RefundList:
    """The remainder of a batch as it goes back: per payment, by its own tender, to its payer."""

    company: str
    station: str
    clerk: str
    batch_id: str
    list_name: str
    community: str
    payer: str
    made_at: datetime
    payments: tuple[RefundRow, ...]
    not_loaded: tuple[NotLoadedRow, ...]
    given_back: Money
    remains: Money
    training: bool
