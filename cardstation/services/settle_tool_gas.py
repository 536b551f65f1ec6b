"""Two persons say what became of gas that a tool card took out of a meter, or may have."""

from __future__ import annotations

from cardstation.domain.shift import Approval
from cardstation.domain.tool_book import ToolRecord, ToolSettled
from cardstation.errors import Refusal
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.guards import (
    ensure_may_write,
    ensure_on_duty,
    ensure_other_person,
)
from cardstation.services.intent.tool_book import record_tool, tool_record
from cardstation.services.intent.tool_cases import gas_open
from cardstation.services.intent.words import meant
from cardstation.services.station import Station


def settle_tool_gas(station: Station, tool_no: str, approval: Approval, why: str) -> ToolRecord:
    """End the open case of a tool card that came back: nothing is booked by it.

    Args:
        station: The desk that made the card.
        tool_no: Its number.
        approval: Of the second person.
        why: In words: what the meters show, and where the gas is.

    Raises:
        Refusal: `no_tool_card`, `tool_gas_settled` (nothing of it is open), `second_person_same`,
            `proof_missing`, and those of `ensure_may_write` and `ensure_on_duty`.
    """
    ensure_may_write(station)
    ensure_on_duty(station)
    ensure_other_person(station, approval)
    words = meant(why)
    with station.store.unit() as unit:
        if not gas_open(unit, tool_record(station, unit, tool_no)):
            raise Refusal("tool_gas_settled", tool_no=tool_no)
        record_tool(station, unit, ToolSettled(tool_no, approval.name, words), approval, words)
        unit.commit()
    anchor_journal(station)
    with station.store.reading() as reading:
        return tool_record(station, reading, tool_no)
