"""Makes the slip of a tool card that was given out, or that came back."""

from __future__ import annotations

from cardstation.domain.tool_card import ToolContent
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.topup import Work
from cardstation.services.intent.facts import clerk_of
from cardstation.services.intent.tool_book import tool_record
from cardstation.services.station import Station


def tool_slip_of(
    station: Station, work: Work, work_id: str, content: ToolContent, approver: str
) -> ToolSlip:
    """The slip of a work on a tool card that is done."""
    with station.store.reading() as reading:
        record = tool_record(station, reading, content.card.tool_no)
        home = reading.households.get(record.given.account_no)
        clerk = clerk_of(station, reading)
    return ToolSlip(
        work=work.value,
        work_id=work_id,
        company=station.company,
        station=station.name,
        clerk=clerk,
        approver=approver,
        made_at=station.clock.now(),
        training=station.training,
        holder=record.given.holder,
        content=content,
        account_no=record.given.account_no,
        name=home.name if home else "",
        address=f"{home.address.community} {home.address.door}" if home else "",
    )
