"""The triage list of a community: whose gas runs out first, for the next collection round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.batch import Zone
from cardstation.domain.forecast import Forecast, Urgency
from cardstation.domain.household import Address


@dataclass(frozen=True, slots=True)
class TriageRow:
    """One household; it has no name here, and what leaves the utility is door and class only.

    Attributes:
        account_no: For the desk's own lists.
    """

    account_no: str
    address: Address
    forecast: Forecast

    @property
    def order(self) -> tuple[object, ...]:
        """The fewest days first, unknown last, then by door."""
        days = self.forecast.days
        return (days is None, days or 0, self.address.sort_key)


@dataclass(frozen=True, slots=True)
class TriageList:
    """What a team takes along.

    Attributes:
        rows: Households whose meter was read at this desk, the most urgent first.
        unread: Households of the community without any reading: nobody knows.
    """

    company: str
    station: str
    community: str
    team: str
    zone: Zone
    made_at: datetime
    rows: tuple[TriageRow, ...]
    unread: int
    training: bool

    @property
    def counts(self) -> Mapping[Urgency, int]:
        """How many doors each class has, the most urgent class first."""
        found = [row.forecast.urgency for row in self.rows]
        return {urgency: found.count(urgency) for urgency in Urgency}
