"""Takes a tool card back: what meters wrote on it is kept, then it becomes a blank again."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.shift import Approval
from cardstation.domain.tool_book import ToolBack
from cardstation.domain.tool_card import ToolContent
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.topup import NO_MARK, Step, TopUp, Work, mark_of
from cardstation.errors import CardSwapped, ReaderCannotMemory, Refusal, fail
from cardstation.ports.reader import Presence, Reader
from cardstation.ports.tool_layout import ToolLayout
from cardstation.services.identify import ToolPlastic, insert_tool
from cardstation.services.intent.being_cleared import clearing_on
from cardstation.services.intent.card_code import ensure_presentable
from cardstation.services.intent.facts import stamp
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.tool_book import open_work_of, record_tool, tool_record
from cardstation.services.intent.tool_slips import tool_slip_of
from cardstation.services.intent.tool_work import begun_tool
from cardstation.services.intent.whole_card import Watch
from cardstation.services.intent.wipe import finish_wipe
from cardstation.services.intent.words import meant
from cardstation.services.intent.work_records import arm_whole
from cardstation.services.station import Station

_NO_MARKS = (NO_MARK, b"\xff" * len(NO_MARK))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A tool card in the lane; `content` is None for what a cut left of one."""

    layout: ToolLayout
    image: bytes
    tool_no: str
    content: ToolContent | None


def take_back_tool_card(
    station: Station,
    reader: Reader,
    presence: Presence,
    approval: Approval,
    why: str,
    watch: Watch,
    *,
    as_it_is: bool = False,
) -> ToolSlip:
    """Keep what the tool card in the reader says, and make it a blank; what was cut is finished.

    Args:
        station: The desk.
        reader: Where the card lies.
        presence: The insertion.
        approval: Of the second person.
        why: In words: what the fitter did with it.
        watch: Told every step as it begins.
        as_it_is: Also a card with a use that no meter ended, or that cannot be read.

    Raises:
        Refusal: `not_a_tool_card`, `tool_card_not_ours` (another desk made it, or not as it is
            now), `tool_card_open` (it is not whole yet), `tool_use_unfinished`,
            `tool_card_ended` (it was given up a moment ago),
            `second_person_same`, `proof_missing`, `code_tries_low`, and those of
            `ensure_may_sell`: nothing was written. Those of `finish_wipe`.
        OutcomeUnknown: the card decides at its next insertion.
    """
    watch(Step.READ)
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    words = meant(why)
    seen = _seen(station, reader, presence)
    with station.work.on_card(seen.tool_no, presence):
        card = insert_tool(station, reader, presence, seen.layout)
        try:
            if card.image != seen.image:
                raise CardSwapped(reader=reader.name)
            watch(Step.CHECK)
            with station.store.reading() as reading:
                begun = open_work_of(reading, seen.tool_no)
            if begun is None:
                content = _ensure_ours(station, seen, as_it_is=as_it_is)
                begun = _begin(station, card, content, approval, words)
            elif begun.reference == Work.TOOL:
                raise Refusal("tool_card_open", tool_no=seen.tool_no)
            else:
                _keep_what_came_since(station, seen, begun, approval, words)
            finish_wipe(station, card, begun, watch)
        finally:
            card.close()
    content = _on_record(station, seen.tool_no)
    return tool_slip_of(station, Work.TOOL_BACK, begun.topup_id, content, approval.name)


def _on_record(station: Station, tool_no: str) -> ToolContent:
    with station.store.reading() as reading:
        return tool_record(station, reading, tool_no).content or fail("it was kept first")


def _seen(station: Station, reader: Reader, presence: Presence) -> _Seen:
    with station.store.reading() as reading:
        backs = [one for one in reading.topups.open_tools() if one.reference == Work.TOOL_BACK]
    for chip in {one.chip: one for one in station.tool_layouts}.values():
        try:
            card = insert_tool(station, reader, presence, chip)
        except (Refusal, ReaderCannotMemory):
            continue
        try:
            image, smears = card.image, card.chip.smears
        finally:
            card.close()
        for layout in (one for one in station.tool_layouts if one.chip == chip.chip):
            if layout.recognises(image):
                content = layout.decode(image)
                return _Seen(layout, image, content.card.tool_no, content)
            of_layout = [one for one in backs if layout.recognises(one.before)]
            ours = clearing_on(of_layout, image, smears)
            if ours is not None:
                return _Seen(layout, image, ours.identity.card_no, None)
    raise Refusal("not_a_tool_card")


def _ensure_ours(station: Station, seen: _Seen, *, as_it_is: bool) -> ToolContent:
    content = seen.content
    if content is None:  # given up a moment ago
        raise Refusal("tool_card_ended", tool_no=seen.tool_no)
    card = content.card
    with station.store.reading() as reading:
        given = reading.tool_cards.given(card.tool_no)
    if given is None or given.card != card:
        raise Refusal("tool_card_not_ours", tool_no=card.tool_no, station_no=card.station_no)
    if (content.unfinished or content.broken) and not as_it_is:
        meters = " ".join(one.meter_no for one in content.unfinished)
        raise Refusal("tool_use_unfinished", tool_no=card.tool_no, meter_no=meters)
    return content


def _keep_what_came_since(
    station: Station, seen: _Seen, begun: TopUp, approval: Approval, words: str
) -> None:
    """It was begun, and a meter wrote once more before a byte of it went."""
    if seen.content is None or seen.content == _on_record(station, seen.tool_no):
        return
    back = ToolBack(seen.tool_no, begun.topup_id, seen.content)
    with station.store.unit() as unit:
        record_tool(station, unit, back, approval, words)
        unit.commit()


def _begin(
    station: Station, card: ToolPlastic, content: ToolContent, approval: Approval, words: str
) -> TopUp:
    """What meters wrote is on record before a byte of it goes."""
    work_id = new_id(station.clock)
    while mark_of(work_id) in _NO_MARKS:
        work_id = new_id(station.clock)
    plan = card.layout.plan_wipe(card.image, mark_of(work_id))
    intent = begun_tool(station, work_id, Work.TOOL_BACK, content.card, card.image)
    ensure_presentable(station, card, intent)
    with station.store.unit() as unit:
        back = ToolBack(content.card.tool_no, work_id, content)
        record_tool(station, unit, back, approval, words)
        unit.topups.add(intent, stamp(station, approval.name))
        return arm_whole(station, unit, intent, plan)
