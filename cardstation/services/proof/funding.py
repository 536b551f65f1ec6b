"""Proves that what was paid beforehand, for a line or an order, is what was loaded for it."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.allocation import Holding, Purse, divide
from cardstation.domain.batch import LineKind, ManifestLine
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.money import NO_MONEY, Money, round_half_up
from cardstation.domain.payment import Tender
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import TopUp
from cardstation.domain.volume import NO_GAS
from cardstation.services.intent.bound_counter import frees
from cardstation.services.intent.funding import is_for_sale
from cardstation.services.proof.equations import is_paid_here
from cardstation.services.proof.records import Disagreement, Records, in_one_commit
from cardstation.store.arrears import ArrearsPaid
from cardstation.store.funds import BatchPayment, FundedLine
from cardstation.store.lump_sums import GivenBack

_COST_PER_FEN = 100_000


def funding_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every funded line, batch, load and paid order whose money is told in two ways."""
    payments = {one.payment_id: one for one in records.payments}
    for funded in records.funded:
        if _list_was_lost(records, funded.batch_id, funded.line):
            continue
        for what in _of_line(records, funded, payments.get(funded.payment_id)):
            yield _named(f"{funded.batch_id} #{funded.line}", what)
    yield from _overspent(records)
    lines = {(one.batch_id, one.line): one for one in records.funded}
    for intent in records.topups:
        if (
            intent.batch_id
            and is_paid_here(intent)
            and not _list_was_lost(records, intent.batch_id, intent.line)
        ):
            for what in _of_load(records, intent, lines.get((intent.batch_id, intent.line))):
                yield _named(f"{intent.batch_id} #{intent.line}", what)
    for entry in records.entries:
        lost = records.rejoined and entry.order_id not in records.orders
        paid = entry.kind is EntryKind.PAID and entry.tender == Tender.ORDER
        if paid and not lost and not _ordered(records, entry):
            yield _named(entry.order_id, "order")


def _list_was_lost(records: Records, batch_id: str, place: int) -> bool:
    """A rejoined station has its loads from the ledger, not the lists and rows they were for."""
    batch = records.batches.get(batch_id)
    return records.rejoined and (batch is None or place > len(batch.lines))


def _of_line(records: Records, funded: FundedLine, payment: BatchPayment | None) -> Iterator[str]:
    """What of a funded line does not fit its list, its payment or itself."""
    line, quote = _line(records, funded.batch_id, funded.line), funded.quote
    if line is None or not is_for_sale(line):
        yield "line"
    elif line.money != quote.money or (funded.batch_id, funded.line) in records.misfiled_funds:
        yield "money"
    if payment is None or payment.batch_id != funded.batch_id:
        yield "payment"
    elif not _completed(records, funded, payment):
        yield "at"
    elif not _drew(records, funded, payment):
        yield "drawn"
    if quote.tier_year != funded.at.year or not _adds_up(quote):
        yield "quote"


def _completed(records: Records, funded: FundedLine, payment: BatchPayment) -> bool:
    """A line is funded as money moves: by the newest sum for all, or out of what it may have."""
    sums = records.sums.get(funded.batch_id, ())
    for fact in records.money_moved.get(funded.batch_id, ()):
        come = [one for one in sums if one.seq <= fact.seq]
        if not payment.line:
            come = [one for one in come if not one.line][-1:]
        if payment in come and in_one_commit(fact, funded.at):
            return records.may_have_paid(payment, funded)
    return False


def _drew(records: Records, funded: FundedLine, payment: BatchPayment) -> bool:
    """What it drew is its money, of sums that it may have; or nobody wrote it down.

    Of envelopes, or of sums for all; never of both.
    """
    known = {
        one.payment_id
        for one in records.sums.get(funded.batch_id, ())
        if one.seq <= payment.seq
        and bool(one.line) == bool(payment.line)
        and records.may_have_paid(one, funded)
    }
    whole = sum(funded.drawn.values(), NO_MONEY) == funded.quote.money
    return not funded.drawn or (whole and known.issuperset(funded.drawn))


def _adds_up(quote: Quote) -> bool:
    """A price list's own sum: its lines are its volume, their cost is its total."""
    if quote.total + quote.remainder != quote.money:
        return False
    if quote.volume is None:
        return not quote.lines
    cost = sum(line.volume.litres * line.price_e4 for line in quote.lines)
    return (
        sum((line.volume for line in quote.lines), NO_GAS) == quote.volume
        and sum((line.amount for line in quote.lines), NO_MONEY) == quote.total
        and round_half_up(cost, _COST_PER_FEN) == quote.total.fen
    )


def _overspent(records: Records) -> Iterator[Disagreement]:
    """No payment funds more than it and those before it brought for the same lines."""
    released = {(one.batch_id, one.line): one.money for _, one in records.released}
    out: dict[str, Money] = {}
    spent: list[GivenBack | ArrearsPaid] = [one for _, one in records.given_back]
    spent += [one for _, one in records.arrears]
    for gone in spent:
        out[gone.payment_id] = out.get(gone.payment_id, NO_MONEY) + gone.money
    purses: dict[str, list[Purse]] = {}
    for payment in records.payments:
        money = payment.money - out.get(payment.payment_id, NO_MONEY)
        purses.setdefault(payment.batch_id, []).append(
            Purse(payment.payment_id, money, records.purse_of(payment))
        )
    held: dict[str, list[Holding]] = {}
    for funded in records.funded:
        freed = released.get((funded.batch_id, funded.line), NO_MONEY)
        held.setdefault(funded.batch_id, []).append(
            Holding(funded.line, funded.quote.money - freed, funded.payment_id, funded.drawn)
        )
    for batch_id, some in purses.items():
        for count in range(1, len(some) + 1):
            known = {purse.payment_id for purse in some[:count]}
            bound = [one for one in held.get(batch_id, ()) if one.payment_id in known]
            if divide(some[:count], bound).short:
                yield _named(batch_id, "overspent")


def _of_load(records: Records, intent: TopUp, funded: FundedLine | None) -> Iterator[str]:
    """What of a paid load does not fit the line it fulfils and the price frozen for it."""
    line, prepaid = _line(records, intent.batch_id, intent.line), intent.tender is Tender.ORDER
    wanted = (intent.account_no, intent.identity.card_no, intent.row, intent.order_id, prepaid)
    if line is None or _promised(line) != wanted:
        yield "load"
    if prepaid:
        return
    counted = intent.identity.maker not in records.uncounted
    if funded is None or funded.quote != intent.quote:
        yield "price"
    elif counted and not _at_its_counter(records, intent, funded):
        yield "counter"


def _at_its_counter(records: Records, intent: TopUp, funded: FundedLine) -> bool:
    """A row is loaded at the counter it was paid at, or at the one before a load taken back."""
    if funded.expected_counter == intent.counter_before:
        return True
    return any(
        one.topup_id in records.taken_back
        and one.account_no == intent.account_no
        and frees(one, funded, intent.counter_before)
        for one in records.topups
    )


def _promised(line: ManifestLine) -> tuple[str, str, int, str, bool]:
    prepaid = line.kind is LineKind.PREPAID
    order_id = line.order_id if prepaid else ""
    return line.account_no, line.card_no, line.row.row, order_id, prepaid


def _ordered(records: Records, entry: Entry) -> bool:
    """The order is on file, and what was claimed is what was ordered."""
    order = records.orders.get(entry.order_id)
    if order is None:
        return False
    counted = entry.maker not in records.uncounted
    expected = order.expected_counter if counted else entry.counter_before
    return (entry.account_no, entry.fen, entry.litres, entry.tariff, entry.counter_before) == (
        order.account_no,
        order.fen,
        order.litres,
        order.tariff,
        expected,
    )


def _line(records: Records, batch_id: str, place: int) -> ManifestLine | None:
    batch = records.batches.get(batch_id)
    found = batch is not None and 0 < place <= len(batch.lines)
    return batch.lines[place - 1] if batch is not None and found else None


def _named(paid_for: str, what: str) -> Disagreement:
    return Disagreement("funding_disagrees", {"paid_for": paid_for, "what": what})
