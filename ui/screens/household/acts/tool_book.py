"""What the desk knows of tool cards: who has which, and gas of theirs that nobody booked."""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.tool_book import ToolRecord, ToolStatus
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
    Said,
    say,
)

# ── its gas ──


def _settle_preview(_services: DeskServices, form: Form) -> tuple[Said, ...]:
    return (
        say("The case of the tool card {tool_no} ends.", tool_no=form.words("tool_no")),
        say("Nothing is booked by it; gas that is due is granted with M, a new meter with H."),
    )


def _settle(doing: Doing) -> Done:
    form = doing.form
    doing.services.tools.settle(form.words("tool_no"), form.second, form.words("why"))
    return Done(say("The case is ended"), (say("Nothing was booked."),))


SETTLE_TOOL = Act(
    code="settle_tool",
    title="Settle a tool's gas",
    about="Where the gas is that a fitter's card took out of a meter, or may have; two people.",
    group=Group.TOOL,
    key="Y",
    fields=(
        Field("tool_no", "Number of the tool card", longest=12),
        Field("why", "Where the gas is", about="What the meters show.", longest=180),
    ),
    two=True,
    alone=True,
    preview=_settle_preview,
    run=_settle,
)

# ── listed ──

_MOST = 8
_STATES = {
    ToolStatus.MAKING: "Being made: {card}",
    ToolStatus.OUT: "With the fitter: {card}",
    ToolStatus.CLEARING: "Being cleared: {card}",
    ToolStatus.BACK: "Brought back: {card}",
    ToolStatus.LOST: "Lost: {card}",
}


def _which(_services: DeskServices, _facts: Facts) -> Sequence[tuple[str, Said]]:
    return (("out", say("Those that are out")), ("every", say("All, the latest first")))


def _listed(services: DeskServices, form: Form) -> Sequence[ToolRecord]:
    """Those that are overdue come first."""
    every = form.words("which") == "every"
    found = services.tools.out(every)
    return sorted(found[::-1] if every else found, key=lambda one: not one.overdue)


def _count(found: Sequence[ToolRecord]) -> Said:
    late = sum(one.overdue for one in found)
    return say("{n} tool cards, {late} of them past their last day.", n=len(found), late=late)


def _row(one: ToolRecord) -> Said:
    card = one.given.card
    parts = (card.tool_no, one.given.holder, card.work_order, f"{card.valid_until:%Y-%m-%d}")
    status = "Overdue: {card}" if one.overdue else _STATES[one.status]
    return say(status, card="  ".join(parts))


def _list_preview(services: DeskServices, form: Form) -> tuple[Said, ...]:
    found = _listed(services, form)
    rows = [_row(one) for one in found[:_MOST]]
    if len(found) > _MOST:
        rows.append(say("{n} more: cardstation tool list", n=len(found) - _MOST))
    return _count(found), *rows


def _list(doing: Doing) -> Done:
    found = _listed(doing.services, doing.form)
    return Done(say("Tool cards"), (_count(found),), figure=str(len(found)))


TOOLS_OUT = Act(
    code="tool_list",
    title="Tool cards out",
    about="Who has which, and until when.",
    group=Group.TOOL,
    key="0",
    fields=(Field("which", "Which", Kind.CHOICE, choices=_which),),
    alone=True,
    preview=_list_preview,
    run=_list,
)
