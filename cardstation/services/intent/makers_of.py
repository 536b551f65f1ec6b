"""Which makers' cards a household may have, and what no desk does with some of them.

The table of the maker is asked before anything of a card is read or written.
"""

from __future__ import annotations

from cardstation.domain.household import Household
from cardstation.domain.meter import Clearing, MakerRules, Reissue
from cardstation.errors import Refusal
from cardstation.services.station import Station


def makers_of(station: Station, household: Household) -> tuple[MakerRules, ...]:
    """Maker areas with cards of the household's chip for its kind of meter."""
    chips = {one.code: one.chip for one in station.layouts}
    return tuple(
        one
        for one in station.makers
        if one.training is station.training
        and chips.get(one.layout) == household.chip
        and household.meter.kind in one.kinds
    )


def ensure_issued_here(rules: MakerRules) -> None:
    """A desk makes cards of this kind from blanks.

    Raises:
        Refusal: `card_made_elsewhere`.
    """
    if not rules.issues:
        raise Refusal("card_made_elsewhere", maker=rules.code)


def ensure_reissued_here(rules: MakerRules) -> None:
    """A desk makes cards of this kind in the place of others.

    Raises:
        Refusal: `card_made_elsewhere`.
    """
    if rules.reissue is Reissue.ELSEWHERE:
        raise Refusal("card_made_elsewhere", maker=rules.code)


def ensure_clears(rules: MakerRules) -> None:
    """A dead card of this kind becomes a blank again.

    Raises:
        Refusal: `card_not_clearable`.
    """
    if rules.clears is not Clearing.BLANK:
        raise Refusal("card_not_clearable")


def ensure_undone(rules: MakerRules) -> None:
    """A new card of this kind is taken back as long as it met no meter.

    Raises:
        Refusal: `card_not_clearable`.
    """
    if rules.clears is Clearing.NEVER:
        raise Refusal("card_not_clearable")
