"""How one row reads: what was written, who it is, what the money buys, what is asked."""

from __future__ import annotations

from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.i18n import Translator
from cardstation.sentences import word
from cardstation.services.look_at_line import LineDetail
from ui.parts.facts import Fact
from ui.parts.relief import relief_words
from ui.screens.batch.lists_state import REASONS, Ask, RowState

_ORDER_WAITS = (
    "O loads the paid order, without payment. Enter sells beside it: then only the centre can "
    "free the order."
)


def written_facts(detail: LineDetail, t: Translator) -> list[Fact]:
    """The row as it was sent."""
    row = detail.line.row
    where = f"{row.sheet} {row.row}".strip()
    facts: list[Fact] = [
        (t("Row"), where),
        (t("Account"), row.account_no or "—"),
        (t("Card"), row.card_no or "—"),
        (t("Household"), row.name or "—"),
        (t("Room"), row.door or "—"),
        (t("Amount"), row.amount or "—", "strong"),
    ]
    if row.note:
        facts.append((t("Remark"), row.note))
    return facts


def household_facts(state: RowState, t: Translator) -> list[Fact]:
    """Who it is, and what stands by."""
    home, detail = state.picked or state.detail.household, state.detail
    if home is None:
        return []
    facts: list[Fact] = [
        (t("Household"), f"{home.name}    {home.address.door}"),
        (t("Account"), home.account_no),
        (t("Card"), home.card_no),
        (t("Meter no."), home.meter.meter_no),
    ]
    if detail.line.ground and home.account_no == detail.line.account_no:
        facts.append((t("What speaks for it"), word(f"ground.{detail.line.ground}", t)))
    if home.meter.installed:
        facts.append((t("Meter installed"), str(home.meter.installed.year)))
    if home.relief_per_month:
        facts.append((t("Relief"), relief_words(home.relief_per_month, home.relief_until, t)))
    if detail.cap is not None:
        facts.append((t("Largest load"), str(detail.cap)))
    if detail.last is not None:
        loaded = f"{detail.last.day.isoformat()}    {detail.last.volume or detail.last.money}"
        facts.append((t("Loaded here last"), loaded, "warn"))
    for order in detail.orders:
        gas = Volume(order.litres) if order.litres else ""
        waits = f"{order.order_id}    {gas}    {Money(order.fen)}"
        facts.append((t("Paid order that waits"), waits, "warn"))
    return facts


def buys(state: RowState, t: Translator) -> list[Fact]:
    """What the money buys, tier by tier to the fen: what debts leave of it, once they are paid."""
    quote, home = state.quote, state.picked or state.detail.household
    facts: list[Fact] = []
    if home is not None and home.arrears.fen:
        facts.append((t("Arrears, taken only with consent"), str(home.arrears), "warn"))
        if quote is not None:
            facts.append((t("Left after arrears"), str(quote.money)))
    if quote is not None:
        steps = "    ".join(f"{line.volume} × {line.price_e4 / 10_000:.2f}" for line in quote.lines)
        if steps:
            facts.append((t("Tiers"), steps))
        facts.append((t("Gas"), str(quote.volume or quote.total), "strong"))
        if quote.remainder.fen:
            facts.append((t("To the balance"), str(quote.remainder)))
    return facts


def ask_words(state: RowState, t: Translator) -> str:
    """What is asked now."""
    if state.ask is Ask.WHO:
        return t("Whom does the row mean? A digit picks the household.")
    if state.ask is Ask.ACCOUNT:
        return t("Type the account or card number, then Enter.")
    if state.ask is Ask.REASON:
        reasons = [
            f"{digit}  {word(f'left_out.{reason}', t)}"
            for digit, reason in enumerate(REASONS, start=1)
        ]
        return "\n".join((t("Why is it left out?"), *reasons))
    if state.ask is Ask.AMOUNT and state.picked is not None:
        home = state.picked
        asked = t("{name}, {door}: how much?", name=home.name, door=home.address.door)
        waits = "order_waits" in state.detail.line.reasons
        return "\n".join((asked, t(_ORDER_WAITS))) if waits else asked
    return t("This row is decided.") if state.detail.line.ground else t("This row waits.")
