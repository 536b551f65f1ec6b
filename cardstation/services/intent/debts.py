"""Says what households of a batch owe, and what money of it may pay for that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cardstation.domain.allocation import divide
from cardstation.domain.batch import LineState
from cardstation.domain.envelopes import laid_by
from cardstation.domain.money import NO_MONEY, Money
from cardstation.services.batch_state import BatchState
from cardstation.services.intent.funding import batch_of, holdings_of, reachable_purses
from cardstation.store import Reading


@dataclass(frozen=True, slots=True)
class Free:
    """What no line holds of one payment, and nobody is giving back.

    Attributes:
        laid_by: Account of the household in whose envelope it lay, empty where it was lost; None =
            a lump sum for all.
    """

    money: Money
    laid_by: str | None

    def may_pay(self, account_no: str) -> bool:
        """Whether a debt of a household may be paid out of it.

        Two people who let an envelope pay for another's gas said nothing of debts.
        """
        return self.laid_by in (None, account_no)


def free_for_debts(reading: Reading, batch_id: str) -> dict[str, Free]:
    """What is free of each payment of a batch, by its id."""
    lines = batch_of(reading, batch_id).lines
    holdings = holdings_of(reading, batch_id)
    division = divide(reachable_purses(reading, batch_id, holdings), holdings)
    return {
        one.payment_id: Free(
            max(NO_MONEY, division.left[one.payment_id] - division.short),
            laid_by(lines, one.line) if one.line else None,
        )
        for one in reading.funds.payments(batch_id)
    }


def debts_of(reading: Reading, found: BatchState) -> dict[int, Money]:
    """Place → what its household owes now; of rows that wait because of it."""
    owing = {
        place: reading.households.get(one.line.account_no)
        for place, one in enumerate(found.outcomes, start=1)
        if one.state is LineState.STOPPED and one.reason == "arrears"
    }
    return {place: home.arrears for place, home in owing.items() if home is not None}


def most_free(reading: Reading, batch_id: str, places: Collection[int]) -> dict[int, Money]:
    """Place → the most that no line holds of one payment that may pay its household's debt.

    A debt is paid out of one. No row of a lost list is known to wait because of a debt.
    """
    if not places:
        return {}
    lines, free = batch_of(reading, batch_id).lines, free_for_debts(reading, batch_id)
    return {
        place: max(
            (one.money for one in free.values() if one.may_pay(lines[place - 1].account_no)),
            default=NO_MONEY,
        )
        for place in places
    }
