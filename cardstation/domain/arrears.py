"""What a household still owes: the directory's figure less what was collected on it.

A figure says up to which day it was counted. Money collected on that day or later cannot be in it,
so it is taken off; a figure without a day may be any age, and everything collected is taken off.
No more is ever collected on a figure than the figure says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cardstation.domain.money import NO_MONEY, Money


def collected_on(as_of: date | None, collected: Iterable[tuple[date, Money]]) -> Money:
    """What was collected that a figure counted up to a day does not know of.

    Args:
        as_of: The figure's day, None where the directory gives none.
        collected: Day and money of everything collected from the household.
    """
    unknown = (money for day, money in collected if as_of is None or day >= as_of)
    return sum(unknown, NO_MONEY)


def still_owed(
    filed: Money,
    as_of: date | None,
    collected: Iterable[tuple[date, Money]],
    raised: Iterable[tuple[date, Money]] = (),
) -> Money:
    """What may still be collected on a figure, and on what was put off at this desk.

    A figure counted before something was put off cannot know of it. One without a day may, or may
    not: the larger of both is owed.
    """
    put_off = collected_on(as_of, raised)
    owed = max(filed, put_off) if as_of is None else filed + put_off
    return max(NO_MONEY, owed - collected_on(as_of, collected))
