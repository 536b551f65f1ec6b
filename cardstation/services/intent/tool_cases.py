"""What waits because of a tool card: it is overdue, or what it brought home is not booked."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.account_change import AccountEvent
from cardstation.domain.exception_case import Kind
from cardstation.domain.guides import TO_BOOK
from cardstation.domain.tool_book import ToolRecord, ToolStatus
from cardstation.services.intent.cases import Case, Moment, case
from cardstation.services.intent.tool_book import tool_records
from cardstation.services.station import Station
from cardstation.store import Reading


def of_tools(station: Station, moment: Moment) -> list[Case]:
    """Every tool card whose fitter did not bring it back, or whose gas is nowhere."""
    with station.store.reading() as reading:
        return list(_cases(reading, tuple(tool_records(station, reading)), moment))


def _cases(reading: Reading, records: tuple[ToolRecord, ...], moment: Moment) -> Iterator[Case]:
    for one in records:
        if one.overdue:
            yield _case(one, moment, "tool_card_overdue")
        elif _to_book(reading, one):
            yield _case(one, moment, TO_BOOK)


def _to_book(reading: Reading, one: ToolRecord) -> bool:
    """It came back with what an old meter had, and its household has neither meter nor gas."""
    home = one.content.brought_home if one.content else None
    back = one.status is ToolStatus.BACK and one.content is not None and one.content.on_the_way
    if not back or home is None or not home.residual:
        return False
    account_no, since = one.given.account_no, one.given_at
    changes = reading.account_changes.of_account(account_no)
    changed = any(c.what is AccountEvent.METER_CHANGED and c.at >= since for c in changes)
    return not changed and not any(d.at >= since for d in reading.gas_dues.granted(account_no))


def _case(one: ToolRecord, moment: Moment, code: str) -> Case:
    card, home = one.given.card, one.content.brought_home if one.content else None
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
