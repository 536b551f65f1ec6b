"""Cards of fitters: made for the household's meter against a work order, taken back, lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from cardstation.domain.tool_book import ToolOrder
from cardstation.domain.tool_card import Tool, ToolUse
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.volume import Volume
from ui.desk_services import DeskServices
from ui.screens.household.acts.kind import (
    Act,
    Doing,
    Done,
    Facts,
    Field,
    Form,
    Group,
    Kind,
    Needs,
    Said,
    say,
)

_TOOLS = (
    (Tool.UNLOCK.value, say("Unlock: the valve opens, a magnet is forgotten")),
    (Tool.CHECK.value, say("Check: only looked at")),
    *(
        (f"{Tool.TEST.value} {litres}", say("Test: lets {gas} through", gas=str(Volume(litres))))
        for litres in (500, 2_000)
    ),
    (Tool.CHANGE.value, say("Change: takes what is left out of the meter")),
    (Tool.CLEAR.value, say("Clear: the meter is as new, its gas is void")),
)
_LAST_MINUTE = time(23, 59, 59)


# ── made ──


def _tools(_services: DeskServices, _facts: Facts) -> Sequence[tuple[str, Said]]:
    return _TOOLS


def _order(services: DeskServices, form: Form) -> ToolOrder:
    tool, _, litres = form.words("tool").partition(" ")
    return ToolOrder(
        tool=Tool(tool),
        meter_no=form.facts.home.meter.meter_no,
        work_order=form.words("order"),
        holder=form.words("holder"),
        valid_until=datetime.combine(form.day("until"), _LAST_MINUTE, services.now().tzinfo),
        test_gas=Volume(int(litres or 0)),
    )


def _make_preview(services: DeskServices, form: Form) -> tuple[Said, ...]:
    order = _order(services, form)
    gas = say("No gas and no money move at this desk.")
    if order.test_gas:
        gas = say("It lets {gas} through that nobody pays; that counts as gas given.",
                  gas=str(order.test_gas))  # fmt: skip
    return (
        say("The blank becomes a tool card for meter {meter_no} of {name}.",
            meter_no=order.meter_no, name=form.facts.home.name),
        say("{holder} takes it along for work order {work_order} and brings it back by {day}.",
            holder=order.holder, work_order=order.work_order,
            day=f"{order.valid_until:%Y-%m-%d}"),
        gas,
    )  # fmt: skip


def _make(doing: Doing) -> Done:
    services, form = doing.services, doing.form
    order = _order(services, form)
    why = f"{order.work_order}: {order.tool.value} {order.meter_no}, {order.holder}"
    slip = services.tools.make(doing.presence, order, form.second, why, doing.watch)
    return Done(
        say("The tool card is made"),
        (
            say("{holder} signs the slip and takes the card.", holder=slip.holder),
            say("It comes back by its last day."),
        ),
        figure=slip.content.card.tool_no,
        paper=lambda: services.tools.print_slip(slip),
    )


MAKE_TOOL = Act(
    code="make_tool",
    title="Make a tool card",
    about="A blank becomes a fitter's card for this meter, against a work order; two people.",
    group=Group.TOOL,
    key="O",
    fields=(
        Field("tool", "What it does", Kind.CHOICE, choices=_tools),
        Field("order", "Work order", longest=16),
        Field("holder", "Fitter", longest=40),
        Field("until", "Last day", Kind.DAY),
    ),
    needs=Needs.ANY,
    card="Put a blank card in",
    two=True,
    preview=_make_preview,
    run=_make,
)


# ── taken back ──


def _how(_services: DeskServices, _facts: Facts) -> Sequence[tuple[str, Said]]:
    return (
        ("", say("Every use was ended by its meter")),
        ("as_it_is", say("As it is: a meter could not end it")),
    )


def _back_preview(_services: DeskServices, _form: Form) -> tuple[Said, ...]:
    return (
        say("What meters wrote on it is kept first; then the card becomes a blank."),
        say("No gas and no money move at this desk."),
    )


def _told(use: ToolUse) -> Said:
    return say("Meter {meter_no}: {left} left, {n} purchases, index {used}.",
               meter_no=use.meter_no, left=str(use.residual), n=use.purchase_counter,
               used=str(use.used))  # fmt: skip


def _lines(slip: ToolSlip) -> tuple[Said, ...]:
    content = slip.content
    if not content.uses:
        return (say("No meter used it."), say("The card is blank again."))
    lines = [_told(one) for one in content.uses[:2]]
    if content.unfinished:
        lines.append(say("A meter did not end it: look at that meter before anything is booked."))
    elif content.brought_home is not None and content.on_the_way:
        lines.append(say("These are the figures of the old meter, for the change of meter."))
    return (*lines, say("The card is blank again."))


def _take_back(doing: Doing) -> Done:
    services, form = doing.services, doing.form
    as_it_is = form.words("how") == "as_it_is"
    slip = services.tools.take_back(
        doing.presence, form.second, form.words("why"), as_it_is, doing.watch
    )
    return Done(
        say("The tool card is back"),
        _lines(slip),
        figure=slip.content.card.tool_no,
        paper=lambda: services.tools.print_slip(slip),
    )


TAKE_BACK_TOOL = Act(
    code="take_back_tool",
    title="Tool card back",
    about="What meters wrote on a fitter's card is kept, and it becomes a blank; two people.",
    group=Group.TOOL,
    key="V",
    fields=(
        Field("why", "What was done with it"),
        Field("how", "Its uses", Kind.CHOICE, needed=False, choices=_how),
    ),
    needs=Needs.ANY,
    card="Put the fitter's card in",
    two=True,
    alone=True,
    preview=_back_preview,
    run=_take_back,
)


# ── lost ──


def _lost_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    return (
        say("The tool card {tool_no} is said to be lost.", tool_no=form.words("tool_no")),
        say("Meters take it until its last day; what it may let through stays counted."),
    )


def _lose(doing: Doing) -> Done:
    form = doing.form
    doing.services.tools.lose(form.words("tool_no"), form.second, form.words("why"))
    return Done(say("The tool card is lost"), (say("Found again, it is taken back here."),))


LOSE_TOOL = Act(
    code="lose_tool",
    title="Tool card lost",
    about="A fitter's card is gone, or spoiled while it was made or cleared; two people.",
    group=Group.TOOL,
    key="J",
    fields=(
        Field("tool_no", "Number of the tool card", longest=12),
        Field("why", "Why, in words", about="How it went."),
    ),
    two=True,
    alone=True,
    preview=_lost_preview,
    run=_lose,
)
