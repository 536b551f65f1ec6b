"""A desk that makes a card in the place of a lost one, and the meter that sees both."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from cardstation.domain.card_slip import CardSlip
from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.shift import Approval
from cardstation.errors import CardStationError
from cardstation.services.cancel_reissue import cancel_reissue
from cardstation.services.reissue_card import reissue_card
from cardstation.services.return_load import return_load
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard, VirtualReader
from drivers.virtual.meter import VirtualMeter
from tests.kit import cards
from tests.kit.issuing import DIALECTS, blank
from tests.kit.station import Desk, layout_of, nobody, open_desk

SECOND = Approval("supervisor")
WHY = "she showed her identity card; the card was lost on the way home"


def home_of(rules: MakerRules, kind: MeterKind = MeterKind.VOLUME, counter: int = 50) -> Household:
    """A household that has a card of this maker."""
    return replace(cards.household(kind, counter=counter), chip=layout_of(rules).chip)


def desk_at(folder: Path, home: Household, rules: MakerRules = MAKERS[0]) -> Desk:
    reader = VirtualReader(dialect=DIALECTS.get(rules.layout, "acs"))
    return open_desk(folder, households=[home], reader=reader)


def live_generation(desk: Desk) -> int:
    return desk.household().generation


def taken_back(desk: Desk, card: VirtualCard, reading: str = "photo 1") -> str:
    """The code of what stopped a return, empty when the load is off its card."""
    inserted = desk.insert(card)
    try:
        return_load(desk.station, inserted, SECOND, nobody, reading=reading)
    except CardStationError as stop:
        return stop.code
    finally:
        inserted.close()
        desk.reader.pull()
    return ""


def cancelled(desk: Desk, card: VirtualCard) -> str:
    """The code of what stopped the taking back of a new card, empty when it is a blank."""
    desk.reader.pull()
    desk.reader.insert(card)
    presence = desk.reader.wait_card(0)
    assert presence is not None
    try:
        cancel_reissue(
            desk.station, desk.reader, presence, SECOND, "it lay in the car", desk.steps.append
        )
    except CardStationError as stop:
        return stop.code
    finally:
        desk.reader.pull()
    return ""


def reissue(
    desk: Desk,
    home: Household,
    card: VirtualCard | None = None,
    rules: MakerRules = MAKERS[0],
    **named: Any,
) -> VirtualCard:
    """The new card, made of a blank."""
    made = card or blank(rules)
    slip_of(desk, home, made, **{"maker": rules.code, **named})
    return made


def slip_of(desk: Desk, home: Household, card: VirtualCard, **named: Any) -> CardSlip:
    desk.reader.pull()
    desk.reader.insert(card)
    presence = desk.reader.wait_card(0)
    assert presence is not None
    try:
        return reissue_card(
            desk.station,
            desk.reader,
            presence,
            home.account_no,
            SECOND,
            WHY,
            desk.steps.append,
            **named,
        )
    finally:
        desk.reader.pull()


def not_reissued(desk: Desk, home: Household, **named: Any) -> str:
    """The code of what stopped it, empty when nothing did."""
    try:
        reissue(desk, home, **named)
    except CardStationError as stop:
        return stop.code
    return ""


def meter_of(card: VirtualCard, rules: MakerRules) -> VirtualMeter:
    layout = layout_of(rules)
    return VirtualMeter.of_card(layout.decode(card.image), layout, rules.school)


def refused(desk: Desk, card: VirtualCard, yuan: str = "100") -> str:
    """The code of what forbids a sale to a card, empty when it was sold."""
    try:
        desk.sell(card, yuan)
    except CardStationError as stop:
        return stop.code
    finally:
        desk.reader.pull()
    return ""
