"""Two persons say that a tool card is gone, or spoiled while it was made or cleared."""

from __future__ import annotations

from cardstation.domain.shift import Approval
from cardstation.domain.tool_book import ToolLost, ToolRecord, ToolStatus
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.guards import (
    ensure_may_write,
    ensure_on_duty,
    ensure_other_person,
)
from cardstation.services.intent.tool_book import open_work_of, record_tool, tool_record
from cardstation.services.intent.words import meant
from cardstation.services.intent.work_records import record_laid_aside
from cardstation.services.station import Station

_ENDED = (ToolStatus.BACK, ToolStatus.LOST)


def lose_tool_card(station: Station, tool_no: str, approval: Approval, why: str) -> ToolRecord:
    """Give a tool card up; one that was back already, and spoiled as it was cleared, stays back.

    A meter still takes it until its last day: no meter hears of it. What it may let through stays
    counted as given.

    Args:
        station: The desk that made it.
        tool_no: Its number.
        approval: Of the second person.
        why: In words: how it went.

    Raises:
        Refusal: `no_tool_card` (this desk made none of this number), `tool_card_ended` (it is back
            or lost), `second_person_same`, `proof_missing`, and those of `ensure_may_write` and
            `ensure_on_duty`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    ensure_other_person(station, approval)
    words = meant(why)
    with station.work.on_card(tool_no, approval):
        with station.store.reading() as reading:
            record = tool_record(station, reading, tool_no)
            begun = open_work_of(reading, tool_no)
        if record.status in _ENDED:
            raise Refusal("tool_card_ended", tool_no=tool_no)
        if begun is not None:
            record_laid_aside(station, begun, words, approval.name)
        if record.status is not ToolStatus.CLEARING:
            with station.store.unit() as unit:
                record_tool(station, unit, ToolLost(tool_no, words), approval, words)
                unit.commit()
            anchor_journal(station)
        with station.store.reading() as reading:
            return tool_record(station, reading, tool_no)
