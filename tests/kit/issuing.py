"""A desk that issues cards, households that never had one, and their meters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cardstation.domain.card_slip import CardSlip
from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.errors import CardStationError
from cardstation.services.issue_card import issue_card
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard, VirtualReader
from drivers.virtual.card import new_chip
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterState
from tests.kit import cards
from tests.kit.chips import on_other_chips
from tests.kit.station import Desk, layout_of, open_desk

DIALECTS = {rules.layout: dialect for rules, dialect in on_other_chips()}


def newcomer(rules: MakerRules, kind: MeterKind = MeterKind.VOLUME) -> Household:
    """A household that never bought: nobody has a card of it."""
    chip = layout_of(rules).chip
    return replace(cards.household(kind, counter=0), chip=chip)


def desk_for(folder: Path, home: Household, rules: MakerRules = MAKERS[0]) -> Desk:
    dialect = DIALECTS.get(rules.layout, "acs")
    return open_desk(folder, households=[home], reader=VirtualReader(dialect=dialect))


def issue(desk: Desk, card: VirtualCard, home: Household, maker: str = "CS01") -> CardSlip:
    desk.reader.pull()
    desk.reader.insert(card)
    presence = desk.reader.wait_card(0)
    assert presence is not None
    return issue_card(
        desk.station, desk.reader, presence, home.account_no, desk.steps.append, maker=maker
    )


def blank(rules: MakerRules = MAKERS[0]) -> VirtualCard:
    return VirtualCard(new_chip(layout_of(rules).chip))


def meter_for(home: Household, rules: MakerRules, number: str = "") -> VirtualMeter:
    state = MeterState(number or home.meter.meter_no, kind=home.meter.kind, school=rules.school)
    return VirtualMeter(state, layout_of(rules))


def stopped_by(desk: Desk, card: VirtualCard, home: Household, maker: str = "CS01") -> str:
    """The code of what stopped the issue, empty when nothing did."""
    try:
        issue(desk, card, home, maker)
    except CardStationError as stop:
        return stop.code
    return ""
