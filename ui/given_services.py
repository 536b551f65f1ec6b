"""What the window asks for gas that two people grant without money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardstation.domain.card import CardContent, Quantity
from cardstation.domain.gas_due import DueStanding, GasDue
from cardstation.domain.receipt import Receipt
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Step
from cardstation.services.grant_gas import EmergencyTerms
from cardstation.services.identify import Inserted


@dataclass(frozen=True, slots=True)
class GivenServices:
    """Gas due.

    Attributes:
        grant: Account, how much, document, second person, why, and the counter that its meter
            shows where that is behind its card.
        emergency: Account, document, second person, why. terms: How much that is today, and what
            the household will owe.
        portion: Card and due: as much of it as one load can carry.
        load: The card in the reader and the due.
        withdraw: The due, second person, why; as it stood before.
    """

    grant: Callable[[str, Quantity, str, Approval, str, int | None], GasDue]
    emergency: Callable[[str, str, Approval, str], GasDue]
    terms: Callable[[str], EmergencyTerms]
    portion: Callable[[CardContent, str], Quantity]
    load: Callable[[Inserted, str, Callable[[Step], None]], Receipt]
    withdraw: Callable[[str, Approval, str], DueStanding]
