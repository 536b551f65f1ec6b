"""What the page of one household asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cardstation.domain.household import Household
from cardstation.domain.ledger import EntryKind
from cardstation.services.household_state import HouseholdState


@dataclass(frozen=True, slots=True)
class HouseholdServices:
    """One household.

    Attributes:
        find: Whom a number, a door, a name or the end of a phone number may mean.
        look: All that is known of an account.
        reprint: Number of a receipt and code of why; files it once more, marked so, and prints it.
        form: Kind of a fact and what it is about; files and prints the form that two people sign.
    """

    find: Callable[[str], tuple[Household, ...]]
    look: Callable[[str], HouseholdState]
    reprint: Callable[[str, str], Path]
    form: Callable[[EntryKind, str], Path]
