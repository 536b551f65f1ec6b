"""Says what households of a batch owe, and what money of it may pay for that."""

from __future__ import annotations

from collections.abc import Iterable

from cardstation.domain.allocation import divide
from cardstation.domain.batch import LineState
from cardstation.domain.money import NO_MONEY, Money
from cardstation.services.batch_state import BatchState
from cardstation.services.intent.funding import holdings_of, reachable_purses
from cardstation.store import Reading


def debts_of(reading: Reading, found: BatchState) -> dict[int, Money]:
    """Place → what its household owes now; of rows that wait because of it."""
    owing = {
        place: reading.households.get(one.line.account_no)
        for place, one in enumerate(found.outcomes, start=1)
        if one.state is LineState.STOPPED and one.reason == "arrears"
    }
    return {place: home.arrears for place, home in owing.items() if home is not None}


def most_free(reading: Reading, batch_id: str, places: Iterable[int]) -> dict[int, Money]:
    """Place → the most that no line holds of one payment, a lump sum or what lay in its envelope.

    A debt is paid out of one.
    """
    holdings = holdings_of(reading, batch_id)
    purses = reachable_purses(reading, batch_id, holdings)
    division = divide(purses, holdings)
    return {
        place: max(
            (
                division.left[one.payment_id] - division.short
                for one in purses
                if one.line in (0, place)
            ),
            default=NO_MONEY,
        )
        for place in places
    }
