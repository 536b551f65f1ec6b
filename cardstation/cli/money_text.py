"""The money of a batch in words: sums, payments, and what each row holds."""

from __future__ import annotations

from cardstation.cli.output import columns
from cardstation.domain.money import Money
from cardstation.domain.quotation import grouped
from cardstation.i18n import Translator
from cardstation.sentences import brief, word
from cardstation.services.batch_account import BatchAccount, PaymentStanding
from cardstation.services.batch_state import BatchMoney


def account_lines(account: BatchAccount, t: Translator) -> list[str]:
    """Quote, sums, payments and rows, each under its heads."""
    lines = []
    if account.quote is not None:
        fact = account.quote.fact
        lines.append(f"{fact.quote_no}  {grouped(fact.reference)}  {Money(fact.fen)}")
    lines += columns(_sums(account.state.money, t))
    if account.payments:
        lines += ["", *columns(_payment_rows(account, t))]
    if rows := _line_rows(account, t):
        lines += ["", *columns(rows)]
    return lines


def _sums(money: BatchMoney, t: Translator) -> list[tuple[str, str]]:
    sums = [
        (t("Should come"), money.expected),
        (t("Received"), money.received),
        (t("Held by rows"), money.funded),
        (t("Loaded"), money.loaded),
        (t("Gone back"), money.given_back),
        (t("Arrears paid"), money.arrears),
        (t("Left for the payer"), money.remainder),
    ]
    return [(name, str(value)) for name, value in sums]


def _payment_rows(account: BatchAccount, t: Translator) -> list[tuple[str, ...]]:
    heads = (
        t("Payment"),
        t("Acknowledgement"),
        t("Paid by"),
        t("Payment number"),
        t("Amount"),
        t("Gone back"),
        t("Arrears paid"),
        t("Remains"),
        "",
    )
    return [heads, *(_payment_row(one, t) for one in account.payments)]


def _payment_row(one: PaymentStanding, t: Translator) -> tuple[str, ...]:
    return (
        one.payment.payment_id,
        one.ack_no or "–",
        word(f"tender.{one.payment.tender.value}", t),
        one.payment.reference or "–",
        str(one.payment.money),
        str(one.given_back),
        str(one.arrears),
        str(one.remains),
        brief(one.doubt, t) if one.doubt else "",
    )


def _line_rows(account: BatchAccount, t: Translator) -> list[tuple[str, ...]]:
    """Rows that hold money or gave it free, under their heads; none when no row does."""
    numbers = {one.payment.payment_id: one.ack_no for one in account.payments}
    rows = [
        (
            str(money.place),
            outcome.line.door,
            str(outcome.line.money or "–"),
            str(money.held or "–"),
            numbers.get(money.payment_id, "") or "–",
            word(f"release.{money.released}", t)
            if money.released
            else word(f"line.{outcome.state.value}", t),
        )
        for money, outcome in zip(account.lines, account.state.outcomes, strict=True)
        if money.held or money.released
    ]
    heads = (t("Place"), t("Room"), t("Price"), t("Held"), t("Paid with"), t("State"))
    return [heads, *rows] if rows else []
