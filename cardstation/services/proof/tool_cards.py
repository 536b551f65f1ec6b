"""Proves that each tool card was given out, taken back and written as the journal says."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.tool_book import ToolBack, ToolGiven
from cardstation.domain.topup import Work
from cardstation.domain.transitions import Direction
from cardstation.services.proof.records import Disagreement, Records
from cardstation.store.frozen import freeze

_WORKS = (Work.TOOL, Work.TOOL_BACK)


def tool_card_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every fact that is told in two ways, and every card without its work."""
    kept = {(seq, fact.tool_no, freeze(fact)) for seq, fact in records.tool_facts}
    told = {
        (entry.seq, entry.subject, entry.detail)
        for entry in records.entries
        if entry.kind is EntryKind.TOOL_CARD and _is_sound(entry)
    }
    for seq, tool_no, _ in sorted(kept ^ told):
        yield Disagreement("tool_card_disagrees", {"seq": seq, "tool_no": tool_no})
    numbers: set[str] = set()
    for seq, fact in records.tool_facts:
        if isinstance(fact, ToolGiven):
            if fact.tool_no in numbers:
                yield Disagreement("tool_card_disagrees", {"seq": seq, "tool_no": fact.tool_no})
            numbers.add(fact.tool_no)
    named = {
        (fact.work_id, fact.tool_no)
        for _, fact in records.tool_facts
        if isinstance(fact, ToolGiven | ToolBack)
    }
    written = {
        (one.topup_id, one.identity.card_no)
        for one in records.topups
        if one.direction is Direction.WORK and one.reference in _WORKS
    }
    for _, tool_no in sorted(named ^ written):
        yield Disagreement("tool_card_without_work", {"tool_no": tool_no})


def _is_sound(entry: Entry) -> bool:
    return bool(entry.approver) and entry.approver != entry.clerk
