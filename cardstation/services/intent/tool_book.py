"""The book of tool cards: each fact with its entry in one commit, and where every card is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cardstation.domain.ledger import PEOPLE, Entry, EntryKind
from cardstation.domain.shift import Approval
from cardstation.domain.tool_book import (
    ToolBack,
    ToolFact,
    ToolGiven,
    ToolLost,
    ToolRecord,
    ToolSettled,
    ToolStatus,
)
from cardstation.domain.tool_card import Tool
from cardstation.domain.topup import TopUp, Work
from cardstation.errors import Refusal, fail
from cardstation.services.intent.facts import append
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.frozen import freeze
from cardstation.store.tool_cards import thaw_fact


def record_tool(
    station: Station, unit: Unit, fact: ToolFact, approval: Approval, words: str
) -> None:
    """Put a fact about a tool card on record within a unit of work.

    Litres are what it may let through, said once, as it is given out: free gas is money.
    """
    first = isinstance(fact, ToolGiven)
    given = fact if isinstance(fact, ToolGiven) else unit.tool_cards.given(fact.tool_no)
    card = (given or fail("a card is given before it comes back")).card
    before = None if first else unit.journal.last_about(fact.tool_no, EntryKind.TOOL_CARD)
    stored = append(
        station,
        unit,
        EntryKind.TOOL_CARD,
        fact.tool_no,
        account_no=given.account_no if given else "",
        maker=card.maker,
        meter_no=card.meter_no,
        litres=card.most_gas.litres if first else 0,
        approver=approval.name,
        corrects=before.entry.entry_id if before else "",
        witness=PEOPLE + words,
        detail=freeze(fact),
    )
    unit.tool_cards.add(fact, seq=stored.seq)


def tool_again(unit: Unit, entry: Entry) -> None:
    """Put a fact about a tool card back that this station lost."""
    unit.tool_cards.add(thaw_fact(entry.detail), seq=entry.seq)


def tool_record(station: Station, reading: Reading, tool_no: str) -> ToolRecord:
    """One tool card of this desk.

    Raises:
        Refusal: `no_tool_card`.
    """
    facts = reading.tool_cards.facts(tool_no)
    if not facts:
        raise Refusal("no_tool_card", tool_no=tool_no)
    return _record(station, reading, facts)


def tool_records(station: Station, reading: Reading) -> Iterator[ToolRecord]:
    """Every tool card of this desk, oldest first."""
    facts: dict[str, list[tuple[int, ToolFact]]] = {}
    for seq, fact in reading.tool_cards.facts():
        facts.setdefault(fact.tool_no, []).append((seq, fact))
    for some in facts.values():
        yield _record(station, reading, some)


def moved_by_card(reading: Reading, old_no: str, new_no: str) -> bool:
    """Whether a change card that came back says that it brought what one meter had into another."""
    backs = (fact for _, fact in reading.tool_cards.facts() if isinstance(fact, ToolBack))
    return any(
        one.content.card.tool is Tool.CHANGE
        and one.content.uses[:1]
        and one.content.uses[0].meter_no == old_no
        and any(use.meter_no == new_no and use.done for use in one.content.uses[1:])
        for one in backs
    )


def open_work_of(reading: Reading, tool_no: str) -> TopUp | None:
    """The work on a tool card that is begun and not done."""
    works = (one for one in reading.topups.open_tools() if one.identity.card_no == tool_no)
    return next(works, None)


def _record(
    station: Station, reading: Reading, facts: Sequence[tuple[int, ToolFact]]
) -> ToolRecord:
    seq, given = facts[0]
    if not isinstance(given, ToolGiven):
        fail("the first fact of a card is that it was given out")
    entry = (reading.journal.at(seq) or fail("a fact has its entry")).entry
    said = [one for _, one in facts]
    moved = [one for one in said if not isinstance(one, ToolSettled)]
    status = _status(reading, given.tool_no, moved[-1])
    backs = [one for one in said if isinstance(one, ToolBack)]
    last = said[-1]
    late = station.clock.now() > given.card.valid_until
    return ToolRecord(
        given=given,
        status=status,
        given_at=given.card.made_at,
        clerk=entry.clerk,
        approver=entry.approver,
        content=backs[-1].content if backs else None,
        overdue=status is ToolStatus.OUT and late,
        settled=last.words if isinstance(last, ToolSettled) else "",
    )


def _status(reading: Reading, tool_no: str, last: ToolFact) -> ToolStatus:
    work = open_work_of(reading, tool_no)
    if work is not None:
        return ToolStatus.MAKING if work.reference == Work.TOOL else ToolStatus.CLEARING
    if isinstance(last, ToolLost):
        return ToolStatus.LOST
    return ToolStatus.BACK if isinstance(last, ToolBack) else ToolStatus.OUT
