"""The card slip (发卡凭条, 清卡凭条) on A5: whose card it is or was, and what comes next."""

from __future__ import annotations

from cardstation.domain.card_slip import CardSlip
from cardstation.domain.money import Money
from cardstation.domain.topup import Work
from cardstation.domain.volume import Volume
from cardstation.i18n import Translator, translator
from cardstation.papers.slip_frame import SlipPage, draw_slip
from cardstation.sentences import word


def card_slip(slip: CardSlip, lang: str) -> bytes:
    """Draw the slip as a one-page PDF.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)
    nothing = t("No gas is on the card, and no money was taken.")
    page = SlipPage(
        called=_called(slip, t),
        number=slip.card_no,
        company=slip.company,
        station=slip.station,
        clerk=slip.clerk,
        made_at=slip.made_at,
        training=slip.training,
        facts=_facts(slip, t),
        brief=word(f"work.{slip.work}", t),
        text=_next(slip, t),
        foot=t("No money was taken.") if slip.quantity else nothing,
    )
    return draw_slip(page, lang)


def _called(slip: CardSlip, t: Translator) -> str:
    if slip.work == Work.REISSUE:
        return t("Reissue slip")
    if slip.work == Work.CHANGE:
        return t("Slip of a card for a new meter")
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
        load = t("{load_litres}, paid before", load_litres=slip.quantity.litres)
    elif isinstance(slip.quantity, Money):
        load = t("{load_fen}, paid before", load_fen=slip.quantity.fen)
    return (t("Issue of the card"), str(slip.generation)), (t("Load on it"), load)


def _next(slip: CardSlip, t: Translator) -> str:
    if slip.work == Work.ISSUE:
        return t("Put the card into your gas meter, then bring it back: it takes gas from then on.")
    if slip.work == Work.REISSUE:
        return t("Use only this card from now on: the one before is void, also if it is found.")
    if slip.spent:
        return t("The card is nobody's, and its chip cannot be issued anew: cut it in two.")
    if slip.work == Work.CLEAR:
        return t("The card is blank again: it is nobody's, and can be issued anew.")
    if slip.work == Work.CHANGE and slip.counter:
        return t("The card is as it was, for this meter.")
    if slip.work == Work.CHANGE:
        return t("The card opens this meter. Load what is due for it, then put it into the meter.")
    return t("The card belongs to this meter now, and can be loaded.")
