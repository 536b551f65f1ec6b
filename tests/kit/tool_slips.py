"""Slips of tool cards for papers and pictures: one given out, others brought back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cardstation.domain.tool_card import Tool, ToolCard, ToolContent, ToolUse
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.volume import NO_GAS, Volume
from tests.kit import cards

HOME = cards.household()
_CARD = ToolCard(
    maker="CS01",
    tool=Tool.CHANGE,
    tool_no="T00001000017",
    meter_no=HOME.meter.meter_no,
    uses=2,
    work_order="GD-20261127-0042",
    made_at=cards.AT,
    valid_until=cards.AT + timedelta(days=3),
    test_gas=NO_GAS,
    station_no=1,
    mark=b"mark",
)
_USE = ToolUse(
    meter_no=HOME.meter.meter_no,
    purchase_counter=51,
    residual=Volume(35_500),
    cumulative=Volume(1_535_000),
    used=Volume(1_499_500),
    flags=("low_battery", "magnet"),
    error=0,
    at=cards.AT,
    done=True,
)
_GIVEN = ToolSlip(
    work="tool",
    work_id="01934c5e-7a00-7000-8000-00000000c0de",
    company="示范燃气",
    station="S001",
    clerk="demo",
    approver="supervisor",
    made_at=cards.AT,
    training=True,
    holder="李师傅",
    content=ToolContent(_CARD),
    account_no=HOME.account_no,
    name=HOME.name,
    address=f"{HOME.address.community} {HOME.address.door}",
)
_TEST = replace(_CARD, tool=Tool.TEST, uses=4, test_gas=Volume(500))
_MANY = tuple(replace(_USE, done=place < 4) for place in range(1, 5))
TOOL_SLIPS = {
    "given": _GIVEN,
    "any": replace(
        _GIVEN,
        content=ToolContent(replace(_CARD, tool=Tool.CHECK, meter_no="")),
        name="",
        address="",
        training=False,
    ),
    "home": replace(_GIVEN, work="tool_back", content=ToolContent(_CARD, (_USE,))),
    "unused": replace(_GIVEN, work="tool_back"),
    "tested": replace(_GIVEN, work="tool_back", content=ToolContent(_TEST, _MANY)),
}
