"""Gas due (应补气): what two people grant a household without money, and what is left of it.

A due is drawn by *free loads*: sales through the same path whose tender is the due's cause. What
is left is derived from them, so a due is split over as many visits as the card needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.card import Quantity
from cardstation.domain.meter import MakerRules
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.volume import Volume


@dataclass(frozen=True, slots=True)
class GasDue:
    """Gas that a household gets without paying at the desk; of its withdrawal, the same again.

    Attributes:
        due_id: UUIDv7. Loads that draw on it carry it as `order_id`.
        meter_no: The meter it is for.
        cause: One of `GIVEN`.
        quantity: A volume, or for money meters an amount.
        document: Number of the work order, the fitter's reading or the photo it rests on.
        words: Why, as two people say it. clerk, approver: These two.
        repeats_counter: The counter that the meter shows, where its card is ahead of it: the load
            carries the next one once more ("locked field"). None: the card's own next counter.
    """

    due_id: str
    account_no: str
    meter_no: str
    cause: Tender
    quantity: Quantity
    document: str
    words: str
    clerk: str
    approver: str
    at: datetime
    repeats_counter: int | None = None


@dataclass(frozen=True, slots=True)
class DueStanding:
    """A due and what is left of it: nothing once it is withdrawn."""

    due: GasDue
    left: Quantity
    withdrawn: bool = False

    @property
    def is_open(self) -> bool:
        """A load may draw on it."""
        return not self.withdrawn and amount_of(self.left) > 0


def standing_of(due: GasDue, drawn: Iterable[Quantity], *, withdrawn: bool) -> DueStanding:
    """What is left of a due.

    Args:
        due: As granted.
        drawn: What each of its live loads carries.
        withdrawn: Two people took back what was left.
    """
    rest = amount_of(due.quantity) - sum(map(amount_of, drawn))
    return DueStanding(due, type(due.quantity)(0 if withdrawn else rest), withdrawn)


def portion(left: Quantity, room: Quantity, rules: MakerRules) -> Quantity:
    """The largest part of what is left that one load of this card can carry; may be nothing.

    Args:
        left: Of the due.
        room: What the meter still takes.
        rules: Of the card's maker.
    """
    most = max(0, min(amount_of(left), amount_of(room)))
    if isinstance(left, Money):
        return Money(most)
    most, step = min(most, rules.per_load_max.litres), rules.volume_step.litres
    return Volume(most // step * step)


def amount_of(quantity: Quantity) -> int:
    """Litres, or fen."""
    return quantity.litres if isinstance(quantity, Volume) else quantity.fen
