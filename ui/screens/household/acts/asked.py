"""What several services ask of a household before they are offered."""

from __future__ import annotations

from cardstation.domain.household import HouseholdStatus
from cardstation.domain.meter import MeterKind
from ui.screens.household.acts.kind import Facts, Said, say


def not_active(facts: Facts) -> Said | None:
    """Why nothing is done for an account that is stopped or closed; None where it is in use."""
    active = facts.home.status is HouseholdStatus.ACTIVE
    return None if active else say("The account is not active.")


def not_closed(facts: Facts) -> Said | None:
    """A closed account pays for nothing new."""
    closed = facts.home.status is HouseholdStatus.CLOSED
    return say("The account is closed.") if closed else None


def counts_money(facts: Facts) -> bool:
    """Its meter counts money."""
    return facts.home.meter.kind is MeterKind.MONEY


def counts_gas(facts: Facts) -> bool:
    """Its meter counts gas."""
    return not counts_money(facts)
