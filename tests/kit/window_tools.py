"""Tool cards for the page of services: made, taken back, lost."""

from __future__ import annotations

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
        slip = TOOL_SLIPS["given"]
        given = ToolGiven(tool_no, slip.work_id, slip.content.card, slip.holder, slip.account_no)
        lost = ToolRecord(given, ToolStatus.LOST, slip.made_at, slip.clerk, by.name)
        return station._say("lose_tool", lost)

    return ToolServices(
        make, take_back, lose, lambda _slip: station._say("print_slip", Path("slip.pdf"))
    )
