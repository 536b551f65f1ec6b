"""Why a run under cuts may end waiting for people: the reasons, by name; there are no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

import pytest

from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TopUpState
from cardstation.errors import Refusal
from cardstation.services.intent.load import ensure_unlockable
from drivers.virtual import VirtualCard
from tests.kit.power import Power

if TYPE_CHECKING:
    from tests.kit.sweep_world import World

CODE_REFUSED = "code_tries_low"

ENDS = frozenset({TopUpState.VOIDED, TopUpState.SEALED, TopUpState.REFUNDED})
"""Nothing is left to do."""

WAITING = frozenset(
    {
        TopUpState.ARMED,
        TopUpState.OUTCOME_UNKNOWN,
        TopUpState.NOT_LOADED,
        TopUpState.NOT_RETURNED,
        TopUpState.DISPUTED,
    }
)
"""Where a load or return stands whose card takes no code: armed once, and its money is known."""


class Wait(StrEnum):
    """What only people can go on with."""

    UNREADABLE = "a code attempt cut short, tries not readable"
    SPENT = "code attempts cut short twice"
    SOLD_OVER = "torn here, sold over at another desk"


NOBODY_COMES: frozenset[Wait] = frozenset()
CODE_CUT = frozenset({Wait.UNREADABLE, Wait.SPENT})
"""Of a job that presents a code: which of them, its reader decides."""
OVER = frozenset({Wait.SOLD_OVER})
"""Of a job whose load or return can stand torn on a card that another desk sells to."""


def closed_cards(world: World, station: str) -> dict[str, Wait]:
    """Cards whose code this desk may not present again, by its own record of cut attempts."""
    desk = world.start(Power(), station)
    try:
        with desk.station.store.reading() as reading:
            torn = [
                reading.attempts.torn(world.maker.code, one.card_no, all_tries(card))
                for one, card in zip(world.households, world.cards, strict=True)
            ]
    finally:
        desk.station.store.close()
    found = {}
    for household, card, cut in zip(world.households, world.cards, torn, strict=True):
        spent = all_tries(card) - card.chip.tries
        if world.dialect == "omnikey":
            if cut:
                found[household.card_no] = Wait.UNREADABLE
        elif spent > 1 or (spent == 1 and cut != 1):
            found[household.card_no] = Wait.SPENT
    return found


def all_tries(card: VirtualCard) -> int:
    """Wrong codes a card of this kind bears when it is new."""
    return type(card.chip)().tries


def sold_over(left: Iterable[TopUp], mine: Iterable[TopUp]) -> bool:
    """Everything left is in dispute, and a later sale of another desk stands on the card."""
    later = [one for one in mine if one.state is TopUpState.SEALED]
    return all(
        one.state is TopUpState.DISPUTED
        and any(sale.opened_at >= one.opened_at for sale in later if sale is not one)
        for one in left
    )


def refused(world: World, station: str, closed: Mapping[str, Wait]) -> None:
    """The desk says itself that it presents no code to these cards."""
    desk = world.start(Power(), station)
    try:
        for household, card in zip(world.households, world.cards, strict=True):
            if household.card_no in closed:
                inserted = desk.insert(card)
                with pytest.raises(Refusal, match=CODE_REFUSED):
                    ensure_unlockable(desk.station, inserted)
                inserted.close()
    finally:
        desk.reader.pull()
        desk.station.store.close()
