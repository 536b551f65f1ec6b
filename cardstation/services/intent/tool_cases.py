"""What waits because of a tool card: it is overdue, or what it brought home is not booked."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.account_change import AccountEvent
from cardstation.domain.exception_case import Kind
from cardstation.domain.guides import GAS_IN_DOUBT as IN_DOUBT
from cardstation.domain.guides import TO_BOOK
from cardstation.domain.tool_book import ToolRecord, ToolStatus
from cardstation.domain.tool_card import Tool
from cardstation.services.intent.cases import Case, Moment, case
from cardstation.services.intent.tool_book import tool_records
from cardstation.services.station import Station
from cardstation.store import Reading

_GAVE_IT = (AccountEvent.METER_CHANGED, AccountEvent.CLOSED)
"""With these the household has what was left, or was paid for it."""


def of_tools(station: Station, moment: Moment) -> list[Case]:
    """Every tool card whose fitter did not bring it back, or whose gas is nowhere."""
    with station.store.reading() as reading:
        return list(_cases(reading, tuple(tool_records(station, reading)), moment))


def gas_open(reading: Reading, one: ToolRecord) -> str:
    """Gas that a card took out of a meter, or may have, and nobody gave to its household.

    Returns:
        The code of the case: certain, or only a look at the meters tells; empty = nothing is open.
    """
    content = one.content
    back = one.status is ToolStatus.BACK and content is not None
    if not back or content is None or one.settled or _given(reading, one):
        return ""
    emptied = content.card.tool in (Tool.CHANGE, Tool.CLEAR)
    if not emptied or not content.uses or not content.uses[0].residual:
        return ""
    if content.unfinished:
        return IN_DOUBT
    taken = content.card.tool is Tool.CLEAR or content.on_the_way
    return TO_BOOK if taken and content.brought_home is not None else ""


def _given(reading: Reading, one: ToolRecord) -> bool:
    account_no, since = one.given.account_no, one.given_at
    changes = reading.account_changes.of_account(account_no)
    changed = any(c.what in _GAVE_IT and c.at >= since for c in changes)
    return changed or any(d.at >= since for d in reading.gas_dues.granted(account_no))


def _cases(reading: Reading, records: tuple[ToolRecord, ...], moment: Moment) -> Iterator[Case]:
    for one in records:
        code = "tool_card_overdue" if one.overdue else gas_open(reading, one)
        if code:
            yield _case(one, moment, code)


def _case(one: ToolRecord, moment: Moment, code: str) -> Case:
    card, home = one.given.card, one.content.uses[0] if one.content else None
    return case(
        Kind.TOOL,
        code,
        moment,
        key=card.tool_no,
        who=one.given.holder,
        card_no=card.tool_no,
        since=card.valid_until if home is None else home.at,
        opened_by=one.clerk,
        meter_no=card.meter_no,
        values={
            "tool_no": card.tool_no,
            "tool": card.tool.value,
            "work_order": card.work_order,
            "holder": one.given.holder,
            "meter_no": card.meter_no,
            "left": "" if home is None else str(home.residual),
            "count": 0 if home is None else home.purchase_counter,
        },
    )
