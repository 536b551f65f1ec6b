"""What the page of one household asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cardstation.domain.household import Household
from cardstation.services.household_state import HouseholdState


@dataclass(frozen=True, slots=True)
class HouseholdServices:
    """One household.

    Attributes:
        find: Whom a number, a door, a name or the end of a phone number may mean.
        look: All that is known of an account.
    """

    find: Callable[[str], tuple[Household, ...]]
    look: Callable[[str], HouseholdState]
