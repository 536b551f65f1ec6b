"""How a one-record card shows that its meter took the load."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from drivers.layouts.fields import FieldValue


class TakenRule(StrEnum):
    """How a card shows that its meter took the load.

    Members:
        EQUALS: A field has a certain value. ZERO: The meter takes the quantity off the card.
        COUNTER: The meter's counter has reached the card's. TOTAL: its total has.
    """

    EQUALS = "equals"
    ZERO = "zero"
    COUNTER = "counter"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Taken:
    """The test for a load that is still on the card.

    Attributes:
        field: Of EQUALS. value: What the meter writes there. fresh: What the desk writes.
    """

    rule: TakenRule
    field: str = ""
    value: FieldValue = 0
    fresh: FieldValue = 0
