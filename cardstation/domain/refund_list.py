"""What goes back to the payers of a batch: the paper they sign, each on a sheet of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.money import NO_MONEY, Money


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One payment: what came, what its lines hold, what paid arrears, what went back, what remains.

    Attributes:
        kept: What households keep as their balance, of loads that were taken off; not in `held`.
        envelope: Of the line it was for, empty for a lump sum.
    """

    ack_no: str
    taken_at: datetime
    tender: str
    reference: str
    envelope: str
    money: Money
    held: Money
    arrears: Money
    given_back: Money
    remains: Money
    kept: Money = NO_MONEY


@dataclass(frozen=True, slots=True)
class RefundPart:
    """The payments of one payer; nobody else learns of them.

    Attributes:
        payer: Who paid, as said when the money came; empty when not known.
        door: Of the household whose envelope it was, empty for who paid for all.
        waits: Part of what its rows hold that is not loaded; it goes back once they are released.
    """

    payer: str
    door: str
    payments: tuple[RefundRow, ...]
    waits: Money = NO_MONEY

    @property
    def given_back(self) -> Money:
        """What this payer has already."""
        return sum((one.given_back for one in self.payments), NO_MONEY)

    @property
    def kept(self) -> Money:
        """What stays with households, of loads that were taken off."""
        return sum((one.kept for one in self.payments), NO_MONEY)

    @property
    def remains(self) -> Money:
        """What this payer still gets."""
        return sum((one.remains for one in self.payments), NO_MONEY)


@dataclass(frozen=True, slots=True)
class NotLoadedRow:
    """A line that holds no money and was not loaded; why is told at its own door only.

    Attributes:
        money: None where it is not certain, where its household paid itself, or where who reads it
            is not the batch's manager.
    """

    door: str
    card_no: str
    money: Money | None


@dataclass(frozen=True, slots=True)
class RefundList:
    """The remainder of a batch as it goes back: per payment, by its own tender, to its payer.

    Attributes:
        parts: Who paid for all first (the manager before others), then who paid in each envelope.
        not_loaded: For the first part alone.
    """

    company: str
    station: str
    clerk: str
    batch_id: str
    list_name: str
    community: str
    made_at: datetime
    parts: tuple[RefundPart, ...]
    not_loaded: tuple[NotLoadedRow, ...]
    training: bool
