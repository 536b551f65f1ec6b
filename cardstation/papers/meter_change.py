"""The meter change form (换表单, 换表撤销单) on A5: both meters, what is carried over."""

from __future__ import annotations

from cardstation.domain.meter import MeterKind
from cardstation.domain.meter_change import MeterChangeSlip
from cardstation.i18n import Translator, translator
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.papers.wording import WATERMARK, price

_WIDTH, _HEIGHT = 210.0, 148.0
_LEFT, _RIGHT = 14.0, 196.0
_ROOM = _RIGHT - _LEFT
_LABEL, _VALUE = Style(8.5, Ink.FAINT), Style(10.5)
_STEP = 7.4
_VALUES_AT = 48.0


def meter_change(slip: MeterChangeSlip, lang: str) -> bytes:
    """Draw the form as a one-page PDF.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)
    called = t("Cancelled meter change") if slip.cancelled else t("Meter change form")
    pen = Pen(_WIDTH, _HEIGHT, title=f"{called} {slip.account_no}", lang=lang)
    pen.fitted(_LEFT, 13.5, slip.company, Style(10.5, Ink.SOFT), room=110)
    pen.text(_LEFT, 22.5, called, Style(19, Ink.NAVY, bold=True))
    moment = Style(10, Ink.NAVY, bold=True)
    pen.fitted(_RIGHT, 13.5, t.moment(slip.made_at), moment, room=66, align="right")
    who = f"{t('Station')} {slip.station}    {t('Clerk')} {slip.clerk}"
    pen.shortened(_RIGHT, 22.5, who, Style(9, Ink.SOFT), room=70, align="right")
    pen.rule(_LEFT, _RIGHT, 26, ink=Ink.NAVY, weight=0.7)
    y = 34.0
    for label, text in _facts(slip, t):
        pen.fitted(_LEFT, y, label, _LABEL, room=_VALUES_AT - _LEFT - 3)
        pen.fitted(_VALUES_AT, y, text, _VALUE, room=_RIGHT - _VALUES_AT)
        y += _STEP
    pen.panel(_LEFT, y - 3.5, _ROOM, 17, fill=Ink.PALE, radius=2)
    pen.fitted(_LEFT + 4, y + 4, _due(slip, t), Style(13, Ink.NAVY, bold=True), room=_ROOM - 8)
    pen.paragraph(_LEFT + 4, y + 10, _how(slip, t), Style(9), room=_ROOM - 8, most=2)
    pen.rule(_LEFT, _RIGHT, 137.5)
    signs = f"{t('Household signs')} ______________    {t('Fitter signs')} ______________"
    pen.fitted(_LEFT, 135, signs, Style(9), room=_ROOM)
    said = t("No gas is on the card yet, and no money was taken.")
    pen.fitted(_LEFT, 141.8, said, Style(7.5, Ink.SOFT), room=_ROOM)
    if slip.training:
        pen.watermark(WATERMARK, 130, x=_WIDTH / 2, y=80)
    return pen.finish()


def _facts(slip: MeterChangeSlip, t: Translator) -> tuple[tuple[str, str], ...]:
    read = slip.reading
    return (
        (t("Household"), f"{slip.name}    {slip.account_no}"),
        (t("Address"), slip.address),
        (t("Card number"), slip.card_no),
        (t("Old meter"), f"{slip.old_no}    {_kind(slip.old_kind, t)}"),
        (t("Left in the old meter"), str(read.residual)),
        (t("Purchases counted"), str(read.counter)),
        (t("Work order"), read.order_no),
        (t("New meter"), f"{slip.new_no}    {_kind(slip.new_kind, t)}"),
        (t("Said by both"), slip.words),
        (t("Agreed by"), slip.approver),
        (t("Record"), slip.change_id),
    )


def _kind(kind: MeterKind, t: Translator) -> str:
    return t("Counts money") if kind is MeterKind.MONEY else t("Counts gas")


def _due(slip: MeterChangeSlip, t: Translator) -> str:
    if slip.cancelled:
        return t("The old meter is on file again; nothing is due for the new one.")
    told = t("Carried over to the new meter: {much}", much=str(slip.carried.quantity))
    if not slip.carried.to_balance:
        return told
    return f"{told}    {t('To the balance: {much}', much=str(slip.carried.to_balance))}"


def _how(slip: MeterChangeSlip, t: Translator) -> str:
    if slip.cancelled:
        return t("Bring the card to this desk: it is written back for the old meter.")
    quote = slip.carried.quote
    if quote is None:
        return t("Bring the card to this desk: it is written for the new meter, with this on it.")
    steps = [
        t(
            "tier {tier}: {volume} at {price}",
            tier=one.tier,
            volume=str(one.volume),
            price=price(one.price_e4),
        )
        for one in quote.lines
    ]
    return t("Reckoned at today's price: {steps}.", steps="; ".join(steps))
