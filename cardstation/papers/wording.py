"""What a receipt says, in words and figures, before any form lays it out."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.money import Money, capitals
from cardstation.domain.receipt import LOADING_SLIP, RECEIPT, Receipt
from cardstation.errors import ensure
from cardstation.i18n import Translator
from cardstation.sentences import brief, word

WATERMARK = "培训"  # in every language: a training paper must be known by anybody at this desk


@dataclass(frozen=True, slots=True)
class Reprint:
    """Marks a paper as printed again, or as one that proves no load any more.

    Attributes:
        count: The how-manieth time, 0 = the first paper there is.
        reason: Why, text or a code.
        void: The load was taken off its card again, or turned out to be another's.
        invoice: Number of the tax invoice that was issued for it; empty = none is known.
    """

    count: int
    reason: str
    void: bool = False
    invoice: str = ""


@dataclass(frozen=True, slots=True)
class TierRow:
    """A tier as printed."""

    name: str
    volume: str
    price: str
    amount: str


@dataclass(frozen=True, slots=True)
class ReceiptWording:
    """All texts of one receipt in one language.

    Attributes:
        gas: Label and amount of the gas; the tier rows sum to it.
        to_balance: Label and amount of the remainder, None when there is none.
        paid: Label and amount of the money; gas + to_balance.
        order: Label and number of the order, or of the gas due, that a slip is for.
        loaded: Label and text of what was written to the card.
        facts: Label and text of the account, card, meter and purchase counter.
        year: Label, total and shares of the tier year: before, then this purchase by tiers.
        notes: Label and text of tender, tariff, year's use, batch, station and clerk.
        training, reprint, no_money_taken: Words that must catch the eye, empty when not so.
    """

    title: str
    company: str
    number: str
    moment: str
    name: str
    address: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, str, str, str]
    tiers: tuple[TierRow, ...]
    gas: tuple[str, str]
    to_balance: tuple[str, str] | None
    paid: tuple[str, str]
    order: tuple[str, str]
    capitals: tuple[str, str]
    loaded: tuple[str, str]
    year: tuple[str, str, tuple[float, ...]] | None
    notes: tuple[tuple[str, str], ...]
    check: tuple[str, str]
    code: str
    training: str
    reprint: str
    no_money_taken: str
    not_an_invoice: str
    next_step: str
    stamp: str


def receipt_wording(
    receipt: Receipt, t: Translator, reprint: Reprint | None = None
) -> ReceiptWording:
    """Put a receipt into words.

    Raises:
        Defect: the lines do not sum to the totals.
    """
    _check_sums(receipt)
    slip = receipt.kind != RECEIPT
    said = _slip(receipt, t)
    return ReceiptWording(
        title=said.title,
        company=receipt.company,
        number=receipt.receipt_no,
        moment=t.moment(receipt.issued_at),
        name=receipt.name,
        address=receipt.address,
        facts=_facts(receipt, t),
        columns=(t("Tier"), t("Volume"), t("Price per m³"), t("Amount")),
        tiers=_tiers(receipt, t),
        gas=(t("Gas, total"), str(receipt.gas)),
        to_balance=(t("Kept as balance"), str(receipt.to_balance)) if receipt.to_balance else None,
        paid=said.paid,
        order=(said.order, receipt.order_id),
        capitals=(t("In capitals"), t("RMB {capitals}", capitals=capitals(said.money))),
        loaded=(t("Written to the card"), str(receipt.volume or receipt.gas)),
        year=_year(receipt, t),
        notes=_notes(receipt, t),
        check=(t("Check code"), receipt.check_code),
        code=qr_content(receipt),
        training=t("TRAINING") if receipt.training else "",
        reprint=_reprint(reprint, t),
        no_money_taken=said.no_money_taken,
        not_an_invoice=t("This slip is no receipt for money and no tax invoice.")
        if slip
        else t("This receipt is not a tax invoice."),
        next_step=t("Insert the card into your gas meter and wait for its signal."),
        stamp=t("Stamp of the desk") if slip else t("Stamp of the payee"),
    )


@dataclass(frozen=True, slots=True)
class _Slip:
    """What one kind of paper says of its load and its money."""

    title: str
    paid: tuple[str, str]
    order: str
    money: Money
    no_money_taken: str = ""


def _slip(receipt: Receipt, t: Translator) -> _Slip:
    """In the words of its kind: money was taken, it was paid online, it is owed, or nobody pays."""
    due, paid, gas = t("Gas due no."), receipt.paid, receipt.gas
    given = t("Gas due; no money was taken.")
    received = (t("Money received"), str(paid))
    match receipt.kind:
        case "loading_slip":
            said = t("Paid order loaded; no money was taken at the desk.")
            online = (t("Order, paid online"), str(paid))
            return _Slip(t("Loading slip"), online, t("Order no."), paid, said)
        case "make_up_slip":
            return _Slip(t("Make-up gas slip"), received, due, paid, given)
        case "carried_slip":
            return _Slip(t("Slip of gas carried over"), received, due, paid, given)
        case "emergency_slip":
            said = t("Emergency gas, owed; no money was taken.")
            owed = (t("Owed, to be paid later"), str(gas))
            return _Slip(t("Emergency gas slip"), owed, due, gas, said)
        case _:
            return _Slip(t("Gas top-up receipt"), received, t("Order no."), paid)


def qr_content(receipt: Receipt) -> str:
    """What the QR code carries: number, entry, money in fen and check code."""
    parts = (receipt.receipt_no, receipt.entry_id, str(receipt.paid.fen), receipt.check_code)
    return "CS:R/" + "/".join(parts).upper()


def price(price_e4: int) -> str:
    """A price per m³ in yuan with two to four decimals: `¥2.80`, `¥2.835`."""
    whole, part = divmod(price_e4, 10_000)
    return f"¥{whole}.{f'{part:04d}'.rstrip('0').ljust(2, '0')}"


def _check_sums(receipt: Receipt) -> None:
    if receipt.kind in (RECEIPT, LOADING_SLIP):
        whole = receipt.gas + receipt.to_balance
        ensure(whole == receipt.paid, "gas and balance are not the payment")
    if receipt.tiers:
        total = sum((line.amount.fen for line in receipt.tiers), start=0)
        ensure(Money(total) == receipt.gas, "tier lines do not sum to the gas")
    if receipt.tiers and receipt.volume is not None:
        litres = sum(line.volume.litres for line in receipt.tiers)
        ensure(litres == receipt.volume.litres, "tier volumes do not sum to the volume")


def _facts(receipt: Receipt, t: Translator) -> tuple[tuple[str, str], ...]:
    return (
        (t("Account no."), receipt.account_no),
        (t("Card no."), receipt.card_no),
        (t("Meter no."), receipt.meter_no),
        (t("Purchase no."), str(receipt.purchase_counter)),
    )


def _tiers(receipt: Receipt, t: Translator) -> tuple[TierRow, ...]:
    return tuple(
        TierRow(
            t("Tier {n}", n=line.tier), str(line.volume), price(line.price_e4), str(line.amount)
        )
        for line in receipt.tiers
    )


def _year(receipt: Receipt, t: Translator) -> tuple[str, str, tuple[float, ...]] | None:
    parts = (receipt.year_before.litres, *(line.volume.litres for line in receipt.tiers))
    if not receipt.tiers or sum(parts) != receipt.year_after.litres or not sum(parts):
        return None
    shares = tuple(part / sum(parts) for part in parts)
    return t("Bought this tier year"), str(receipt.year_after), shares


def _notes(receipt: Receipt, t: Translator) -> tuple[tuple[str, str], ...]:
    used = f"{receipt.year_before.m3} → {receipt.year_after.m3} m³"
    notes = [
        (t("Paid by"), word(f"tender.{receipt.tender}", t)),
        (t("Tariff"), receipt.tariff),
        (t("Bought this tier year"), used if receipt.volume is not None else ""),
        (t("Batch"), receipt.batch_id),
        (t("Station"), receipt.station),
        (t("Clerk") if receipt.kind == RECEIPT else t("Handled by"), receipt.clerk),
    ]
    return tuple((label, text) for label, text in notes if text)


def _reprint(reprint: Reprint | None, t: Translator) -> str:
    if reprint is None:
        return ""
    said = [t("VOID: this load was taken back")] if reprint.void else []
    if reprint.invoice:
        said.append(t("No voucher: tax invoice {no} was issued", no=reprint.invoice))
    if reprint.count:
        said.append(t("Reprint {n}: {reason}", n=reprint.count, reason=brief(reprint.reason, t)))
    return " · ".join(said)
