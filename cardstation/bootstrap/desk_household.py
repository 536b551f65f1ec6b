"""Gives the page of one household its callables."""

from __future__ import annotations

from functools import partial

from cardstation.services.find_household import find_household
from cardstation.services.household_state import household_state
from cardstation.services.station import Station
from ui.household_services import HouseholdServices


def household_services(station: Station) -> HouseholdServices:
    """One household behind the window."""
    return HouseholdServices(
        find=partial(find_household, station),
        look=partial(household_state, station),
    )
