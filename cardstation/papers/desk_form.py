"""The forms of the desk (过户申请单, 补气批准单 and others) on A5, each with two signatures."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.desk_form import DeskForm, FormOf
from cardstation.i18n import Translator, translator
from cardstation.papers.slip_frame import SlipPage, draw_slip, two_sign
from cardstation.sentences import word


def desk_form(form: DeskForm, lang: str) -> bytes:
    """Draw the form as a one-page PDF.

    Raises:
        Refusal: code `paper_too_long`.
    """
    t = translator(lang)
    page = SlipPage(
        called=word(f"form.{form.of}", t),
        number=form.record,
        company=form.company,
        station=form.station,
        clerk=form.clerk,
        made_at=form.made_at,
        training=form.training,
        facts=_facts(form, t),
        brief=_brief(form, t),
        text=_text(form, t),
        foot=two_sign(*_signers(form, t)),
        signed=True,
    )
    return draw_slip(page, lang)


def _signers(form: DeskForm, t: Translator) -> tuple[str, str]:
    match form.of:
        case FormOf.TRANSFERRED:
            return t("Old owner signs"), t("New owner signs")
        case FormOf.STOPPED:
            return t("Household signs"), t("Clerk")
        case FormOf.MAKE_UP | FormOf.WITHDRAWN:
            return t("Clerk"), t("Second person")
        case _:
            return t("Household signs"), t("Second person")


def _facts(form: DeskForm, t: Translator) -> Iterator[tuple[str, str]]:
    yield t("Old owner") if form.owner else t("Household"), form.name
    if form.owner:
        yield t("New owner"), form.owner
    yield t("Address"), form.address
    yield t("Account number"), form.account_no
    yield t("Card number"), form.card_no
    yield t("Meter number"), form.meter_no
    if form.document:
        yield t("By the paper"), form.document
    yield t("Why"), form.words
    if form.approver:
        yield t("Second person"), form.approver
    yield t("Record"), form.record
    yield t("Check code"), form.check_code


def _brief(form: DeskForm, t: Translator) -> str:
    gas = "" if form.quantity is None else str(form.quantity)
    match form.of:
        case FormOf.STOPPED:
            return t("Nothing is sold to this account until it is restarted.")
        case FormOf.RESTARTED:
            return t("The account buys gas again.")
        case FormOf.TRANSFERRED:
            return t("The account is that of {owner} from now on.", owner=form.owner)
        case FormOf.MAKE_UP:
            return t("{gas} are due to the household, without money.", gas=gas)
        case FormOf.EMERGENCY:
            return t("{gas} at once; owed once they are on the card.", gas=gas)
        case FormOf.WITHDRAWN:
            return t("{gas} are not due any more.", gas=gas)
        case FormOf.UNBLOCKED:
            return t("The card can be used again.")


def _text(form: DeskForm, t: Translator) -> str:
    match form.of:
        case FormOf.STOPPED:
            return t("What is paid stays paid, and is not loaded meanwhile. No money moved.")
        case FormOf.RESTARTED:
            return t("What was paid before can be loaded. No money moved.")
        case FormOf.TRANSFERRED:
            return t(
                "Meter, card, tiers and the gas in the meter go along; so does a balance, where "
                "there is one. A relief was the old owner's and ends. No money moved."
            )
        case FormOf.MAKE_UP | FormOf.EMERGENCY:
            return t(
                "Bring the card to this desk: it is loaded, as much as the card can carry. This is "
                "no receipt and no tax invoice."
            )
        case FormOf.WITHDRAWN:
            return t("What is on cards stays given; no money moves.")
        case FormOf.UNBLOCKED:
            return t("The next list may name it again; no gas and no money moves.")
