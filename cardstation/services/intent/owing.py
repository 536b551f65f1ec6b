"""What a household owes, and the figure that it is collected on."""

from __future__ import annotations

from datetime import date

from cardstation.domain.arrears import collected_on, is_unknown
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.store import Reading


def figure_of(reading: Reading, household: Household) -> Money:
    """The figure that arrears are collected on: what is owed, and was collected on it before."""
    collected = reading.arrears.collected(household.account_no)
    return household.arrears + collected_on(household.arrears_as_of, collected)


def owing_after(household: Household, day: date, money: Money) -> Household:
    """What a household owes once a move of its arrears is on record again.

    A directory that was counted after that day knows of it already.
    """
    if not is_unknown(household.arrears_as_of, day):
        return household
    return household.with_money(arrears=money)
