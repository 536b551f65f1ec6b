"""Makes a tool card (工具卡) for a fitter, against a work order; two persons, on a blank only.

No money moves. What a card may let through that nobody pays counts as gas that was given.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules
from cardstation.domain.shift import Approval
from cardstation.domain.tool_book import ToolGiven, ToolOrder
from cardstation.domain.tool_card import (
    ANY_METER,
    OF_A_HOUSEHOLD,
    TOOL_NO_PREFIX,
    Tool,
    ToolCard,
    ToolContent,
)
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.topup import NO_MARK, Step, TopUp, Work, mark_of
from cardstation.errors import Refusal
from cardstation.ports.reader import Presence, Reader
from cardstation.ports.tool_layout import ToolLayout
from cardstation.services.identify import ToolPlastic, insert_tool
from cardstation.services.intent.card_code import ensure_presentable
from cardstation.services.intent.facts import stamp
from cardstation.services.intent.gas_dues import ensure_free_gas
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.tool_book import record_tool
from cardstation.services.intent.tool_slips import tool_slip_of
from cardstation.services.intent.tool_work import begun_tool, card_of, finish_tool
from cardstation.services.intent.whole_card import Watch, ensure_of_no_other_work
from cardstation.services.intent.words import meant
from cardstation.services.intent.work_records import arm_whole
from cardstation.services.send_eagerly import send_eagerly
from cardstation.services.station import Station
from cardstation.store import Reading

MOST_DAYS = 90
_CHANGE_USES = 2
_NO_MARKS = (NO_MARK, b"\xff" * len(NO_MARK))


def make_tool_card(
    station: Station,
    reader: Reader,
    presence: Presence,
    order: ToolOrder,
    approval: Approval,
    why: str,
    watch: Watch,
) -> ToolSlip:
    """Write the blank in the reader as a fitter's card; what was cut short is finished.

    A card that was begun against the same order, for the same meter, is the one that is finished,
    as it was begun.

    Args:
        station: The desk.
        reader: Where the blank lies.
        presence: The insertion.
        order: What it is made for.
        approval: Of the second person.
        why: In words: what the fitter is sent to do.
        watch: Told every step as it begins.

    Raises:
        Refusal: `tool_needs_meter`, `tool_meter_not_on_file`, `tool_order_missing`,
            `tool_holder_missing`, `tool_gas_wrong`, `tool_uses_wrong`, `tool_date_wrong`,
            `no_tool_layout`, `maker_not_said`, `not_blank`, `card_of_other_chip`,
            `free_gas_limit`, `second_person_same`, `proof_missing`, `code_tries_low`, and those of
            `ensure_may_sell` and `finish_tool`: nothing was written.
        OutcomeUnknown: the card decides at its next insertion.
    """
    watch(Step.READ)
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    words = meant(why)
    home = _household(station, order)
    rules, layout = _format(station, order, home)
    _ensure_asked_right(station, order, layout)
    with station.work.on_card(order.work_order, presence):
        card = insert_tool(station, reader, presence, layout)
        try:
            watch(Step.CHECK)
            begun = _begun_before(station, order, layout)
            if begun is None:
                given = _given(station, order, rules, home)
                begun = _begin(station, card, given, approval, words)
            finish_tool(station, card, begun, watch)
            content = ToolContent(card_of(layout, begun))
        finally:
            card.close()
    return tool_slip_of(station, Work.TOOL, begun.topup_id, content, approval.name)


def _household(station: Station, order: ToolOrder) -> Household | None:
    """Whose meter it is for; None: a card that looks at any, or a meter that nobody has yet."""
    if not order.meter_no:
        if order.tool not in ANY_METER:
            raise Refusal("tool_needs_meter")
        return None
    with station.store.reading() as reading:
        found = reading.households.of_meter(order.meter_no)
    if len(found) > 1 or (not found and order.tool in OF_A_HOUSEHOLD):
        raise Refusal("tool_meter_not_on_file", meter_no=order.meter_no)
    return found[0] if found else None


def _format(
    station: Station, order: ToolOrder, home: Household | None
) -> tuple[MakerRules, ToolLayout]:
    """Whose meters take it, and what the card looks like."""
    chips = {one.code: one.chip for one in station.layouts}
    tools = {one.chip: one for one in station.tool_layouts if order.tool in one.tools}
    if home is not None and home.chip not in tools:
        raise Refusal("no_tool_layout", chip=home.chip)
    fit = [
        one
        for one in station.makers
        if one.training is station.training
        and chips.get(one.layout) in tools
        and (home is None or (chips[one.layout] == home.chip and home.meter.kind in one.kinds))
    ]
    wanted = order.maker or (_maker_of(station, home) if home else "")
    chosen = [one for one in fit if wanted in ("", one.code)]
    if len(chosen) != 1:
        chip = home.chip if home else " ".join(sorted(tools))
        raise Refusal("maker_not_said", chip=chip, makers=" ".join(one.code for one in fit))
    return chosen[0], tools[chips[chosen[0].layout]]


def _maker_of(station: Station, home: Household) -> str:
    """The maker area of the card that was loaded last, empty where none was loaded here."""
    with station.store.reading() as reading:
        last = reading.topups.last_of_account(home.account_no)
    return "" if last is None else last.identity.maker


def _ensure_asked_right(station: Station, order: ToolOrder, layout: ToolLayout) -> None:
    width = 16
    if not (0 < len(order.work_order) <= width and _plain(order.work_order)):
        raise Refusal("tool_order_missing", most=width)
    if not order.holder.strip() or not order.holder.isprintable():
        raise Refusal("tool_holder_missing")
    if (order.tool is Tool.TEST) is not bool(order.test_gas):
        raise Refusal("tool_gas_wrong")
    if not 0 < order.uses <= layout.most_uses:
        raise Refusal("tool_uses_wrong", most=layout.most_uses)
    now = station.clock.now()
    if not now < order.valid_until <= now + timedelta(days=MOST_DAYS):
        raise Refusal("tool_date_wrong", most=MOST_DAYS)


def _plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and text == text.strip()


def _begun_before(station: Station, order: ToolOrder, layout: ToolLayout) -> TopUp | None:
    with station.store.reading() as reading:
        begun = [one for one in reading.topups.open_tools() if one.reference == Work.TOOL]
    for one in begun:
        if one.plan is None or not layout.recognises(one.plan.target):
            continue
        card = card_of(layout, one)
        shown = (card.tool, card.meter_no, card.work_order)
        if shown == (order.tool, order.meter_no, order.work_order):
            return one
    return None


def _given(
    station: Station, order: ToolOrder, rules: MakerRules, home: Household | None
) -> ToolGiven:
    work_id = new_id(station.clock)
    while mark_of(work_id) in _NO_MARKS:
        work_id = new_id(station.clock)
    with station.store.reading() as reading:
        tool_no = _next_no(station, reading)
    card = ToolCard(
        maker=rules.code,
        tool=order.tool,
        tool_no=tool_no,
        meter_no=order.meter_no,
        uses=_CHANGE_USES if order.tool is Tool.CHANGE else order.uses,
        work_order=order.work_order,
        made_at=station.clock.now().replace(microsecond=0),
        valid_until=order.valid_until.replace(microsecond=0),
        test_gas=order.test_gas,
        station_no=station.number,
        mark=mark_of(work_id),
    )
    return ToolGiven(
        card.tool_no, work_id, card, order.holder.strip(), home.account_no if home else ""
    )


def _next_no(station: Station, reading: Reading) -> str:
    return f"{TOOL_NO_PREFIX}{station.number:05d}{reading.tool_cards.count() + 1:06d}"


def _begin(
    station: Station, card: ToolPlastic, given: ToolGiven, approval: Approval, words: str
) -> TopUp:
    """Begin it: who takes it along, and the whole card, are on disk before a byte changes it."""
    if not card.layout.is_blank(card.image):
        raise Refusal("not_blank")
    ensure_of_no_other_work(station, card)
    intent = begun_tool(station, given.work_id, Work.TOOL, given.card, card.image)
    ensure_presentable(station, card, intent)
    try:
        return _record(station, card, given, approval, words)
    except Refusal as refused:
        if refused.code != "free_gas_limit" or not send_eagerly(station):
            raise
        return _record(station, card, given, approval, words)


def _record(
    station: Station,
    card: ToolPlastic,
    given: ToolGiven,
    approval: Approval,
    words: str,
) -> TopUp:
    """Put it on record under the number that is next now: another reader may have taken one."""
    with station.store.unit() as unit:
        tool_no = _next_no(station, unit)
        given = replace(given, tool_no=tool_no, card=replace(given.card, tool_no=tool_no))
        intent = begun_tool(station, given.work_id, Work.TOOL, given.card, card.image)
        plan = card.layout.plan_make(card.image, given.card)
        if given.card.most_gas:
            ensure_free_gas(station, unit, given.card.most_gas)
        record_tool(station, unit, given, approval, words)
        unit.topups.add(intent, stamp(station, approval.name))
        return arm_whole(station, unit, intent, plan)
