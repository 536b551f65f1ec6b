"""A desk that makes tool cards for fitters, and takes them back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from cardstation.domain.shift import Approval
from cardstation.domain.tool_book import ToolOrder, ToolRecord
from cardstation.domain.tool_card import Tool, ToolContent
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import CardStationError
from cardstation.ports.reader import Presence
from cardstation.services.make_tool_card import make_tool_card
from cardstation.services.take_back_tool import take_back_tool_card
from cardstation.services.tool_cards_state import tool_cards_state
from drivers.layouts.open4442 import OPEN4442
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterState
from tests.kit import cards
from tests.kit.desk import StandingClock
from tests.kit.station import Desk

SECOND = Approval("supervisor")
WHY = "the household says that no gas comes"
NOW = StandingClock().now()
METER = cards.household().meter.meter_no


def order(tool: Tool = Tool.UNLOCK, **other: Any) -> ToolOrder:
    meter_no = "" if tool is Tool.CHECK else METER
    test_gas = Volume(500) if tool is Tool.TEST else NO_GAS
    until = NOW + timedelta(days=3)
    plain = ToolOrder(tool, meter_no, "GD-1", "李师傅", until, test_gas=test_gas, maker="CS01")
    return replace(plain, **other)


def lies_in(desk: Desk, card: VirtualCard) -> Presence:
    desk.reader.pull()
    desk.reader.insert(card)
    presence = desk.reader.wait_card(0)
    assert presence is not None
    return presence


def make(
    desk: Desk,
    card: VirtualCard,
    wanted: ToolOrder | None = None,
    approval: Approval = SECOND,
) -> ToolSlip:
    presence = lies_in(desk, card)
    return make_tool_card(
        desk.station, desk.reader, presence, wanted or order(), approval, WHY, desk.steps.append
    )


def take_back(
    desk: Desk, card: VirtualCard, approval: Approval = SECOND, *, as_it_is: bool = False
) -> ToolSlip:
    presence = lies_in(desk, card)
    watch = desk.steps.append
    return take_back_tool_card(
        desk.station, desk.reader, presence, approval, WHY, watch, as_it_is=as_it_is
    )


def stopped_by(act: Any, *args: Any, **said: Any) -> str:
    """The code of what stopped it, empty when nothing did."""
    try:
        act(*args, **said)
    except CardStationError as stop:
        return stop.code
    return ""


def shown(card: VirtualCard) -> ToolContent:
    [layout] = [one for one in TOOL_LAYOUTS if one.recognises(card.image)]
    return layout.decode(card.image)


def every(desk: Desk) -> tuple[ToolRecord, ...]:
    return tool_cards_state(desk.station, every=True)


def meter(**state: Any) -> VirtualMeter:
    plain: dict[str, Any] = {"account_no": "220104000017", "residual": 3_500, "cumulative": 90_000}
    return VirtualMeter(MeterState(**{"meter_no": METER, **plain, **state}), OPEN4442)


def used(card: VirtualCard, at: datetime = NOW, **state: Any) -> VirtualMeter:
    """The fitter was there; the meter as it is now."""
    there = meter(**state)
    assert there.use(card, at=at).did
    return there
