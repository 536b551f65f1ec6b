"""Says what a batch is still to be paid, and how much more a payment is than that."""

from __future__ import annotations

from cardstation.domain.batch import LineKind, ManifestLine
from cardstation.domain.money import NO_MONEY, Money
from cardstation.services.batch_state import BatchState
from cardstation.services.intent.funding import is_for_sale


def to_come(state: BatchState) -> Money:
    """What the certain rows of a batch still cost: no row counts that gave its money free."""
    certain = [line for line in _open_sales(state) if is_for_sale(line)]
    return max(NO_MONEY, _price(certain) - _came(state))


def beyond(state: BatchState, place: int, money: Money) -> Money:
    """How much more a payment is than what is still to come, 0 = it is not.

    An envelope's is its row's amount. For the whole list rows count that wait for a decision, and
    the total that the list itself states.

    Args:
        state: Of the batch.
        place: Of the row in whose envelope the money lay, 0 = for the whole list.
        money: Of the payment.
    """
    lines = state.batch.lines
    if 0 < place <= len(lines):
        over = money - (lines[place - 1].money or NO_MONEY)
    else:
        stated = state.batch.stated_total or NO_MONEY
        freed = _price([lines[at - 1] for at in state.released])
        over = _came(state) + money - max(_price(_open_sales(state)), stated - freed)
    return max(over, NO_MONEY)


def _came(state: BatchState) -> Money:
    """What was received and can pay for rows: neither gone back, nor spent on debts or kept."""
    money = state.money
    return money.received - money.given_back - money.arrears - money.kept


def _open_sales(state: BatchState) -> list[ManifestLine]:
    return [
        line
        for place, line in enumerate(state.batch.lines, start=1)
        if line.kind is LineKind.SALE and not line.withdrawn and place not in state.released
    ]


def _price(lines: list[ManifestLine]) -> Money:
    return sum((line.money or NO_MONEY for line in lines), NO_MONEY)
