"""The papers of charges at the counter: a receipt, a slip of what was put off, of one taken back.

They are drawn on the receipts' two papers; a receipt is one of their number series.
"""

from __future__ import annotations

from cardstation.domain.charge import Charge, ChargeKind, ChargeReceipt
from cardstation.domain.money import capitals
from cardstation.i18n import Translator, translator
from cardstation.papers.receipt_80mm import wording_on_roll
from cardstation.papers.receipt_a5 import wording_on_a5
from cardstation.papers.wording import ReceiptWording, Reprint, TierRow, price
from cardstation.sentences import brief, word


def charge_a5(made: ChargeReceipt, lang: str, reprint: Reprint | None = None) -> bytes:
    """Draw the paper of a charge on A5.

    Raises:
        Refusal: code `paper_too_long`.
    """
    return wording_on_a5(charge_wording(made, translator(lang), reprint), lang)


def charge_80mm(made: ChargeReceipt, lang: str, reprint: Reprint | None = None) -> bytes:
    """Draw the paper of a charge as one page 80 mm wide.

    Raises:
        Refusal: code `paper_too_long`.
    """
    return wording_on_roll(charge_wording(made, translator(lang), reprint), lang)


def charge_wording(
    made: ChargeReceipt, t: Translator, reprint: Reprint | None = None
) -> ReceiptWording:
    """Put the paper of a charge into words."""
    charge = made.charge
    slip = _slip(made, t)
    what = (_what(charge, t), str(charge.money))
    return ReceiptWording(
        title=_title(charge, t),
        company=made.company,
        number=made.receipt_no or charge.charge_id[-12:].upper(),
        moment=t.moment(charge.at),
        name=made.name,
        address=made.address,
        facts=((t("Account no."), charge.account_no), (t("Meter no."), charge.meter_no)),
        columns=(t("Tier"), t("Volume"), t("Price per m³"), t("Amount")),
        tiers=_tiers(charge, t),
        gas=what,
        to_balance=None,
        paid=what if slip else (t("Money received"), str(charge.money)),
        order=_order(made, t),
        capitals=(t("In capitals"), t("RMB {capitals}", capitals=capitals(charge.money))),
        loaded=_large(charge, t),
        year=_year(charge, t),
        notes=_notes(made, t),
        check=(t("Check code"), made.check_code),
        code=charge_code(made),
        training=t("TRAINING") if made.training else "",
        reprint=_reprint(reprint, t),
        no_money_taken=slip,
        not_an_invoice=t("This slip is no receipt for money and no tax invoice.")
        if slip
        else t("This receipt is not a tax invoice."),
        next_step=_next(charge, t),
        stamp=t("Stamp of the desk") if slip else t("Stamp of the payee"),
    )


def charge_code(made: ChargeReceipt) -> str:
    """What its QR code carries: number or charge, entry, money in fen and check code."""
    number = made.receipt_no or made.charge.charge_id
    return f"CS:C/{number}/{made.entry_id}/{made.charge.money.fen}/{made.check_code}".upper()


def _title(charge: Charge, t: Translator) -> str:
    if charge.corrects:
        return t("Slip of a charge taken back")
    return t("Slip of a payment put off") if charge.tender is None else t("Receipt of a charge")


def _what(charge: Charge, t: Translator) -> str:
    if charge.fee is not None:
        return charge.fee.name if t.lang == "zh_CN" else charge.fee.name_en
    return word(f"charge.{charge.what}", t)


def _slip(made: ChargeReceipt, t: Translator) -> str:
    """What is said large of a paper on which no money came in."""
    if made.charge.corrects and made.charge.tender is None:
        return t("Taken back; it is owed no more.")
    if made.charge.corrects:
        return t("Taken back; the money was given back.")
    return t("Put off as arrears; no money was taken.") if made.charge.tender is None else ""


def _order(made: ChargeReceipt, t: Translator) -> tuple[str, str]:
    charge = made.charge
    if charge.corrects:
        return t("Receipt that is taken back"), made.takes_back or charge.corrects[-12:].upper()
    return t("To be paid by"), charge.due.isoformat() if charge.due else ""


def _large(charge: Charge, t: Translator) -> tuple[str, str]:
    if charge.corrects or charge.tender is None:
        return _what(charge, t), str(charge.money)
    if charge.what is ChargeKind.OVER_USE:
        return t("Gas used beyond what was bought"), str(charge.used)
    return t("Charged for"), _what(charge, t)


def _tiers(charge: Charge, t: Translator) -> tuple[TierRow, ...]:
    lines = () if charge.quote is None else charge.quote.lines
    return tuple(
        TierRow(
            t("Tier {n}", n=line.tier), str(line.volume), price(line.price_e4), str(line.amount)
        )
        for line in lines
    )


def _year(charge: Charge, t: Translator) -> tuple[str, str, tuple[float, ...]] | None:
    quote = charge.quote
    if quote is None or not quote.lines:
        return None
    parts = (quote.year_before.litres, *(line.volume.litres for line in quote.lines))
    shares = tuple(part / sum(parts) for part in parts)
    return t("Bought this tier year"), str(quote.year_before + quote.bought), shares


def _notes(made: ChargeReceipt, t: Translator) -> tuple[tuple[str, str], ...]:
    charge = made.charge
    tender = "" if charge.tender is None else word(f"tender.{charge.tender}", t)
    notes = [
        (t("Given back by") if charge.corrects else t("Paid by"), tender),
        (t("Payment number"), charge.reference),
        (t("Legal basis"), "" if charge.fee is None else charge.fee.basis),
        (t("Tariff"), "" if charge.quote is None else charge.quote.tariff),
        (t("Why") if charge.corrects else t("By the paper"), charge.document),
        (t("Original receipt"), word(f"original.{charge.original}", t) if charge.original else ""),
        (t("Station"), made.station),
        (t("Clerk"), made.clerk),
        (t("Second person"), charge.approver),
    ]
    return tuple((label, text) for label, text in notes if text)


def _next(charge: Charge, t: Translator) -> str:
    if charge.what is ChargeKind.DEPOSIT and not charge.corrects:
        return t("The balance buys gas at this desk; bring your card.")
    return t("Keep this paper.")


def _reprint(reprint: Reprint | None, t: Translator) -> str:
    if reprint is None:
        return ""
    said = [t("VOID: this charge was taken back")] if reprint.void else []
    if reprint.count:
        said.append(t("Reprint {n}: {reason}", n=reprint.count, reason=brief(reprint.reason, t)))
    return " · ".join(said)
