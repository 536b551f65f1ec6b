"""Tool cards for the page of services: made, taken back, lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cardstation.domain.shift import Approval
from cardstation.domain.tool_book import ToolGiven, ToolOrder, ToolRecord, ToolStatus
from cardstation.domain.tool_slip import ToolSlip
from cardstation.ports.reader import Presence
from tests.kit.tool_slips import TOOL_SLIPS
from ui.tool_services import ToolServices, Watch

if TYPE_CHECKING:
    from tests.kit.window_fakes import FakeStation


def record(tool_no: str, status: ToolStatus, by: str = "chief") -> ToolRecord:
    """A tool card as the desk has it on record."""
    slip = TOOL_SLIPS["given"]
    card = replace(slip.content.card, tool_no=tool_no)
    given = ToolGiven(tool_no, slip.work_id, card, slip.holder, slip.account_no)
    return ToolRecord(given, status, slip.made_at, slip.clerk, by)


TOOLS_OUT = (
    replace(record("T00001000011", ToolStatus.OUT), overdue=True),
    *(record(f"T000010000{n}", ToolStatus.OUT) for n in range(12, 22)),
)


def tool_services(station: FakeStation) -> ToolServices:
    """Answers as if it had been done."""

    def make(
        _presence: Presence, order: ToolOrder, by: Approval, why: str, _watch: Watch
    ) -> ToolSlip:
        said = f"{order.tool} {order.meter_no} {order.work_order} {order.holder} {why}"
        station.backs.append(("make_tool", by.name, said))
        return station._say("make_tool", TOOL_SLIPS["given"])

    def take_back(
        _presence: Presence, by: Approval, why: str, as_it_is: bool, _watch: Watch
    ) -> ToolSlip:
        station.backs.append(("take_back_tool", by.name, f"{as_it_is} {why}"))
        return station._say("take_back_tool", TOOL_SLIPS["home"])

    def lose(tool_no: str, by: Approval, why: str) -> ToolRecord:
        station.backs.append(("lose_tool", by.name, f"{tool_no} {why}"))
        return station._say("lose_tool", record(tool_no, ToolStatus.LOST, by.name))

    def settle(tool_no: str, by: Approval, why: str) -> ToolRecord:
        station.backs.append(("settle_tool", by.name, f"{tool_no} {why}"))
        return station._say("settle_tool", TOOLS_OUT[0])

    return ToolServices(
        make=make,
        take_back=take_back,
        lose=lose,
        settle=settle,
        out=lambda _every: station._say("tools_out", TOOLS_OUT),
        print_slip=lambda _slip: station._say("print_slip", Path("slip.pdf")),
    )
