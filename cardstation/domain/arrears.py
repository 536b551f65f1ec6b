"""What a household still owes: the directory's figure less what was collected on it.

A figure says up to which day it was counted. Money collected on that day or later cannot be in it,
so it is taken off; a figure without a day may be any age, and everything collected is taken off.
No more is ever collected on a figure than the figure says, and nothing that was collected pays for
what is put off afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from cardstation.domain.money import NO_MONEY, Money


class Moved(NamedTuple):
    """Arrears that were raised or collected here, below nothing where that was taken back.

    Attributes:
        seq: The place of its fact in the journal.
    """

    seq: int
    day: date
    money: Money


def collected_on(as_of: date | None, collected: Iterable[Moved]) -> Money:
    """What was collected that a figure counted up to a day does not know of.

    Args:
        as_of: The figure's day, None where the directory gives none.
        collected: Everything collected from the household.
    """
    return sum((one.money for one in collected if is_unknown(as_of, one.day)), NO_MONEY)


def is_unknown(as_of: date | None, day: date) -> bool:
    """Whether a figure counted up to a day cannot know of what was done on another."""
    return as_of is None or day >= as_of


def still_owed(
    filed: Money, as_of: date | None, collected: Iterable[Moved], raised: Iterable[Moved] = ()
) -> Money:
    """What may still be collected on a figure, and on what was put off at this desk.

    A figure counted before something was put off cannot know of it. One without a day may, or may
    not: the larger of both is owed.
    """
    taken = [one for one in collected if is_unknown(as_of, one.day)]
    put_off = [one for one in raised if is_unknown(as_of, one.day)]
    if as_of is not None:
        return _left(filed, taken, put_off)
    return max(_left(filed, taken, ()), _left(NO_MONEY, taken, put_off))


def _left(filed: Money, collected: Iterable[Moved], raised: Iterable[Moved]) -> Money:
    """What is owed after all of it, one after the other, and never less than nothing."""
    owed = filed
    used: list[tuple[Money, Money]] = []
    moves = [*((one, True) for one in raised), *((one, False) for one in collected)]
    for one, is_raised in sorted(moves, key=lambda move: move[0].seq):
        if is_raised:
            owed = max(NO_MONEY, owed + one.money)
        elif one.money > NO_MONEY:
            used.append((one.money, min(owed, one.money)))
            owed -= used[-1][1]
        else:
            owed += _given_back(used, -one.money)
    return owed


def _given_back(used: list[tuple[Money, Money]], money: Money) -> Money:
    """What is owed again: as much as that money had paid of it."""
    for place in reversed(range(len(used))):
        if used[place][0] == money:
            return used.pop(place)[1]
    return money
