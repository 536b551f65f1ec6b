"""What a household owes, and the figure that it is collected on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cardstation.domain.arrears import collected_on, still_owed
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.store import Reading


def figure_of(reading: Reading, household: Household) -> Money:
    """The figure that arrears are collected on: what is owed, and was collected on it before."""
    collected = reading.arrears.collected(household.account_no)
    return household.arrears + collected_on(household.arrears_as_of, collected)


def owing_after(reading: Reading, household: Household, day: date, money: Money) -> Household:
    """What a household owes once money that was collected on a day is on record again."""
    collected = (*reading.arrears.collected(household.account_no), (day, money))
    filed = figure_of(reading, household)
    return replace(household, arrears=still_owed(filed, household.arrears_as_of, collected))
