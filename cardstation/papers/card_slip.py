"""The card slip (发卡凭条, 清卡凭条) on A5: whose card it is or was, and what comes next."""

from __future__ import annotations

from cardstation.domain.card_slip import CardSlip
from cardstation.domain.money import Money
from cardstation.domain.topup import Work
from cardstation.domain.volume import Volume
from cardstation.i18n import Translator, translator
from cardstation.papers.pen import Ink, Pen, Style
from cardstation.papers.wording import WATERMARK
from cardstation.sentences import word

_WIDTH, _HEIGHT = 210.0, 148.0
_LEFT, _RIGHT = 14.0, 196.0
_ROOM = _RIGHT - _LEFT
_LABEL, _VALUE = Style(8.5, Ink.FAINT), Style(11)
_STEP = 8.4
_VALUES_AT = 48.0


def card_slip(slip: CardSlip, lang: str) -> bytes:
    """Draw the slip as a one-page PDF.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)
    called = _called(slip, t)
    pen = Pen(_WIDTH, _HEIGHT, title=f"{called} {slip.card_no}", lang=lang)
    pen.fitted(_LEFT, 13.5, slip.company, Style(10.5, Ink.SOFT), room=110)
    pen.text(_LEFT, 22.5, called, Style(19, Ink.NAVY, bold=True))
    moment = Style(10, Ink.NAVY, bold=True)
    pen.fitted(_RIGHT, 13.5, t.moment(slip.made_at), moment, room=66, align="right")
    who = f"{t('Station')} {slip.station}    {t('Clerk')} {slip.clerk}"
    pen.shortened(_RIGHT, 22.5, who, Style(9, Ink.SOFT), room=70, align="right")
    pen.rule(_LEFT, _RIGHT, 26, ink=Ink.NAVY, weight=0.7)
    y = 35.0
    for label, text in _facts(slip, t):
        pen.fitted(_LEFT, y, label, _LABEL, room=_VALUES_AT - _LEFT - 3)
        pen.fitted(_VALUES_AT, y, text, _VALUE, room=_RIGHT - _VALUES_AT)
        y += _STEP
    pen.panel(_LEFT, y - 2, _ROOM, 20, fill=Ink.PALE, radius=2)
    pen.text(_LEFT + 4, y + 5, word(f"work.{slip.work}", t), Style(13, Ink.NAVY, bold=True))
    pen.paragraph(_LEFT + 4, y + 12, _next(slip, t), Style(9.5), room=_ROOM - 8, most=2)
    pen.rule(_LEFT, _RIGHT, 137.5)
    nothing = t("No gas is on the card, and no money was taken.")
    said = t("No money was taken.") if slip.quantity else nothing
    pen.fitted(_LEFT, 141.8, said, Style(7.5, Ink.SOFT), room=_ROOM)
    if slip.training:
        pen.watermark(WATERMARK, 130, x=_WIDTH / 2, y=80)
    return pen.finish()


def _called(slip: CardSlip, t: Translator) -> str:
    if slip.work == Work.REISSUE:
        return t("Reissue slip")
    return t("Clearing slip") if slip.work == Work.CLEAR else t("Card slip")


def _facts(slip: CardSlip, t: Translator) -> tuple[tuple[str, str], ...]:
    return (
        (t("Household"), slip.name),
        (t("Address"), slip.address),
        (t("Account number"), slip.account_no),
        (t("Card number"), slip.card_no),
        (t("Meter number"), slip.meter_no or t("{meter_no} on file", meter_no=slip.filed_meter_no)),
        (t("Maker area"), slip.maker),
        (t("Purchases counted"), str(slip.counter)),
        *_of_reissue(slip, t),
        (t("Record"), slip.work_id),
        *(((t("Agreed by"), slip.approver),) if slip.approver else ()),
    )


def _of_reissue(slip: CardSlip, t: Translator) -> tuple[tuple[str, str], ...]:
    if slip.work != Work.REISSUE:
        return ()
    load = t("none")
    if isinstance(slip.quantity, Volume):
        load = t("{load_litres} m³, paid before", load_litres=slip.quantity.litres)
    elif isinstance(slip.quantity, Money):
        load = t("{load_fen} yuan, paid before", load_fen=slip.quantity.fen)
    return (t("Issue of the card"), str(slip.generation)), (t("Load on it"), load)


def _next(slip: CardSlip, t: Translator) -> str:
    if slip.work == Work.ISSUE:
        return t("Put the card into your gas meter, then bring it back: it takes gas from then on.")
    if slip.work == Work.REISSUE:
        return t("Use only this card from now on: the one before is void, also if it is found.")
    if slip.work == Work.CLEAR:
        return t("The card is blank again: it is nobody's, and can be issued anew.")
    if slip.work == Work.CHANGE and slip.counter:
        return t("The card is as it was, for this meter.")
    if slip.work == Work.CHANGE:
        return t("The card opens this meter. Load what is due for it, then put it into the meter.")
    return t("The card belongs to this meter now, and can be loaded.")
