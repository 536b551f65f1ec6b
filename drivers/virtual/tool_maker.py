"""Makes virtual tool cards: writes one on a blank, as a desk would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cardstation.domain.tool_card import Tool, ToolCard
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal
from cardstation.ports.tool_layout import ToolLayout
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.virtual.card import VirtualCard, new_chip

VALID = timedelta(days=7)


def tool_layout_for(
    chip: str, tool: Tool, layouts: Sequence[ToolLayout] = TOOL_LAYOUTS
) -> ToolLayout:
    """The tool cards of a kind on a chip.

    Raises:
        Refusal: `no_tool_layout`.
    """
    for one in layouts:
        if one.chip == chip and tool in one.tools:
            return one
    raise Refusal("no_tool_layout", chip=chip)


def make_tool_card(
    tool: Tool,
    meter_no: str,
    at: datetime,
    *,
    chip: str = "sle4442",
    uses: int = 0,
    test_gas: Volume = NO_GAS,
    maker: str = "CS01",
) -> VirtualCard:
    """A fitter's card that a desk handed out just now.

    Args:
        tool: What it does.
        meter_no: The meter it is for, empty = any.
        at: Now.
        chip: Of the card.
        uses: 0 = as many as find room.
        test_gas: At each use of a TEST card.
        maker: Of the meters.
    """
    layout = tool_layout_for(chip, tool)
    card = ToolCard(
        maker=maker,
        tool=tool,
        tool_no="T00001000001",
        meter_no=meter_no,
        uses=uses or layout.most_uses,
        work_order="GD-0001",
        made_at=at,
        valid_until=at + VALID,
        test_gas=test_gas,
        station_no=1,
        mark=b"tool",
    )
    made = VirtualCard(new_chip(chip), f"{tool.value} card")
    made.chip.power_up()
    made.chip.host_open(made.chip.secret)
    made.chip.host_write(layout.plan_make(made.image, card).spans)
    made.chip.power_off()
    return made
