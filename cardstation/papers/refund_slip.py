"""The refund slip (退款凭条) on A5: whose money went out, what for, and who signs."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.money import capitals
from cardstation.domain.refund_slip import RefundOf, RefundSlip
from cardstation.i18n import Translator, translator
from cardstation.papers.slip_frame import SlipPage, draw_slip, two_sign
from cardstation.sentences import word


def refund_slip(slip: RefundSlip, lang: str) -> bytes:
    """Draw the slip as a one-page PDF.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)
    said = t("RMB {capitals}", capitals=capitals(slip.money))
    page = SlipPage(
        called=t("Refund slip"),
        number=slip.record,
        company=slip.company,
        station=slip.station,
        clerk=slip.clerk,
        made_at=slip.made_at,
        training=slip.training,
        facts=_facts(slip, t),
        brief=f"{slip.money}    {said}",
        text=t("Sign once the money is in your hands. This is no receipt and no tax invoice."),
        foot=two_sign(t("Household signs"), t("Second person")),
        signed=True,
    )
    return draw_slip(page, lang)


def _facts(slip: RefundSlip, t: Translator) -> Iterator[tuple[str, str]]:
    yield t("Household"), slip.name
    yield t("Address"), slip.address
    yield t("Account number"), slip.account_no
    if slip.card_no:
        yield t("Card number"), slip.card_no
    yield t("For"), _what(slip.of, t)
    if slip.volume is not None:
        yield t("Volume"), str(slip.volume)
    if slip.receipt_no:
        yield t("Receipt no."), slip.receipt_no
    if slip.original:
        yield t("Original receipt"), word(f"original.{slip.original}", t)
    yield t("Given back by"), word(f"tender.{slip.tender}", t)
    if slip.reference:
        yield t("Payment number"), slip.reference
    yield t("Second person"), slip.approver
    yield t("Record"), slip.record
    yield t("Check code"), slip.check_code


def _what(of: RefundOf, t: Translator) -> str:
    match of:
        case RefundOf.RETURNED:
            return t("Gas taken back off the card")
        case RefundOf.NEVER_WAS:
            return t("Paid, and never loaded")
        case RefundOf.BALANCE:
            return t("Balance of the household")
