"""A desk that clears dead cards: one of a closed account, one that was replaced."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.card_slip import CardSlip
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.meter import MakerRules
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Work
from cardstation.domain.transitions import TopUpState
from cardstation.errors import CardStationError
from cardstation.services.clear_card import clear_card
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from drivers.virtual.maker import CardStory, make_card
from tests.kit import cards
from tests.kit.chips import on_other_chips
from tests.kit.station import Desk, layout_of

SECOND = Approval("supervisor")
WHY = "its household moved out and brought it back"
CLEARABLE = (MAKERS[0], *(rules for rules, _ in on_other_chips() if rules.code != "CS52"))


def closed(rules: MakerRules = MAKERS[0]) -> Household:
    """A household that bought and then moved out."""
    chip = layout_of(rules).chip
    return replace(cards.household(), chip=chip, status=HouseholdStatus.CLOSED)


def clear(desk: Desk, card: VirtualCard, approval: Approval = SECOND, why: str = WHY) -> CardSlip:
    desk.reader.pull()
    desk.reader.insert(card)
    presence = desk.reader.wait_card(0)
    assert presence is not None
    return clear_card(desk.station, desk.reader, presence, approval, why, desk.steps.append)


def not_cleared(desk: Desk, card: VirtualCard) -> str:
    """The code of what stopped the clearing, empty when nothing did."""
    try:
        clear(desk, card)
    except CardStationError as stop:
        return stop.code
    return ""


def is_blank(card: VirtualCard, rules: MakerRules = MAKERS[0]) -> bool:
    return layout_of(rules).is_blank(card.image) and not layout_of(rules).recognises(card.image)


def clearings(desk: Desk) -> list[TopUpState]:
    with desk.station.store.reading() as reading:
        return [one.state for one in reading.topups.every() if one.reference == Work.CLEAR]


def put(desk: Desk, home: Household) -> None:
    """A directory comes in."""
    with desk.station.store.unit() as unit:
        unit.households.put([home])
        unit.commit()


def loaded(home: Household, counter: int = 51) -> VirtualCard:
    """A card whose load its meter has not taken."""
    story = CardStory(counter=counter, taken=False)
    return make_card(home, MAKERS[0], layout_of(MAKERS[0]), cards.DemoCardKeys(), story=story)
