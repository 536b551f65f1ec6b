"""The slip of a tool card (工具卡领用单, 工具卡交回单): what the fitter signs for."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.money import Money
from cardstation.domain.tool_card import Tool, ToolUse
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.topup import Work
from cardstation.i18n import Translator, translator
from cardstation.papers.slip_frame import SlipPage, draw_slip
from cardstation.sentences import word

_MOST_USES = 4


def tool_slip(slip: ToolSlip, lang: str) -> bytes:
    """Draw the slip as a one-page PDF.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t, back = translator(lang), slip.work == Work.TOOL_BACK
    page = SlipPage(
        called=t("Tool card returned") if back else t("Tool card receipt"),
        number=slip.content.card.tool_no,
        company=slip.company,
        station=slip.station,
        clerk=slip.clerk,
        made_at=slip.made_at,
        training=slip.training,
        facts=[*_facts(slip, t), *(_uses(slip, t) if back else ())],
        brief=word(f"work.{slip.work}", t),
        text=_next(slip, t),
        foot=t("Signature of the fitter:"),
        signed=True,
    )
    return draw_slip(page, lang)


def _facts(slip: ToolSlip, t: Translator) -> Iterator[tuple[str, str]]:
    card = slip.content.card
    yield t("Tool card"), f"{card.tool_no}    {word(f'tool.{card.tool.value}', t)}"
    yield t("Work order"), card.work_order
    yield t("Fitter"), slip.holder
    yield t("Meter number"), card.meter_no or t("any, to be looked at")
    if slip.name:
        yield t("Household"), f"{slip.name}    {slip.address}"
    yield t("Valid until"), t.moment(card.valid_until.astimezone(slip.made_at.tzinfo))
    yield t("Uses"), str(card.uses)
    if card.test_gas:
        yield t("Test gas"), t("{test_litres} at each use", test_litres=card.test_gas.litres)
    yield t("Record"), slip.work_id
    yield t("Agreed by"), slip.approver


def _uses(slip: ToolSlip, t: Translator) -> Iterator[tuple[str, str]]:
    if not slip.content.uses:
        yield t("Use {n}", n=1), t("no meter used it")
    for number, use in enumerate(slip.content.uses[:_MOST_USES], start=1):
        yield t("Use {n}", n=number), _use(use, t)


def _use(use: ToolUse, t: Translator) -> str:
    left = use.residual
    shown = (
        t("{left_fen} left", left_fen=left.fen)
        if isinstance(left, Money)
        else t("{left_litres} left", left_litres=left.litres)
    )
    read = t("index {used_litres}", used_litres=use.used.litres)
    counted = t("counter {n}", n=use.purchase_counter)
    flags = " ".join(word(f"flag.{one}", t) for one in use.flags)
    ended = "" if use.done else t("not ended by the meter")
    return "  ".join(one for one in (use.meter_no, counted, shown, read, flags, ended) if one)


def _next(slip: ToolSlip, t: Translator) -> str:
    content = slip.content
    if slip.work != Work.TOOL_BACK:
        return t("Bring the card back by its last day: what meters wrote on it is read here.")
    if content.unfinished:
        return t("A meter did not end it: look at that meter before anything is booked.")
    if content.card.tool is Tool.CHANGE and content.on_the_way and content.brought_home:
        return t("What the old meter had is on this record: it is due to the household.")
    return t("What meters wrote is kept; the card is blank again.")
