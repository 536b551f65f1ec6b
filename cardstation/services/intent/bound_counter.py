"""The counter that a paid row is bound to, where a load it was paid upon was taken back."""

from __future__ import annotations

from cardstation.domain.household import Household
from cardstation.domain.topup import TopUp
from cardstation.store import Reading
from cardstation.store.funds import FundedLine


def bound_counter(reading: Reading, household: Household, funded: FundedLine) -> int:
    """What the card of a row must show.

    A row that was paid while a load waited on the card expects the counter of that load. Taken
    back here, the load never was, and its counter is used again: the one before it is expected.
    """
    if household.purchase_counter >= funded.expected_counter:
        return funded.expected_counter
    gone = reading.topups.last_taken_back().get(household.account_no)
    counter = household.purchase_counter
    return counter if gone and frees(gone, funded, counter) else funded.expected_counter


def frees(taken_back: TopUp, funded: FundedLine, counter: int) -> bool:
    """True when a load that was taken back had moved the card from `counter` to a row's counter."""
    moved = (taken_back.counter_before, taken_back.counter_after)
    return moved == (counter, funded.expected_counter)
