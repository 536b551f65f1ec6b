"""Proves that state log, journal and receipts tell one story for every top-up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.topup import TopUp, TopUpEvent, TopUpState, advance
from cardstation.errors import Defect
from cardstation.services.proof.records import Disagreement, Records
from cardstation.store.topups import LogRow

FACT_OF: Mapping[TopUpEvent, EntryKind] = {
    TopUpEvent.MONEY_CERTAIN: EntryKind.PAID,
    TopUpEvent.PLAN_STORED: EntryKind.ARMED,
    TopUpEvent.SEEN_BEFORE: EntryKind.NOT_LOADED,
    TopUpEvent.SEEN_LOADED: EntryKind.SEALED,
    TopUpEvent.MONEY_RETURNED: EntryKind.REFUNDED,
}


def state_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every top-up whose log, facts or receipt do not fit, and every gap in the numbers."""
    logs: dict[str, list[LogRow]] = {}
    for row in records.log:
        logs.setdefault(row.topup_id, []).append(row)
    for intent in records.topups:
        log = logs.get(intent.topup_id, [])
        if _replayed(log) is not intent.state:
            yield _named("log_disagrees", intent, state=intent.state.value)
        yield from _facts(records, intent, log)
        yield from _receipt(records, intent)
    yield from _numbers(records)
    yield from _payments(records)
    for topup_id in records.shared_counters:
        yield Disagreement("counter_loaded_twice", {"topup_id": topup_id})


def _replayed(log: list[LogRow]) -> TopUpState | None:
    """The state the log leads to when every move is made again by the table."""
    state: TopUpState | None = None
    for row in log:
        if row.event is None:
            state = row.state if state is None else None
        elif state is not None:
            try:
                state = advance(state, row.event, approver="replayed")
            except Defect:
                return None
        if state is not row.state:
            return None
    return state


def _facts(records: Records, intent: TopUp, log: list[LogRow]) -> Iterator[Disagreement]:
    """Each move that is a fact has exactly its entry, and no entry is without its move."""
    facts = {entry.seq: entry for entry in records.by_subject.get(intent.topup_id, ())}
    expected = [
        (row.seq, FACT_OF[row.event])
        for row in log
        if row.event is not None and row.event in FACT_OF
    ]
    found = [(seq, facts[seq].kind) for seq in sorted(facts)]
    if expected != found:
        yield _named("journal_disagrees", intent, log=len(expected), journal=len(found))
    for entry in facts.values():
        if not _same(entry, intent):
            yield _named("entry_disagrees", intent, seq=entry.seq)


def _same(entry: Entry, intent: TopUp) -> bool:
    quote = intent.quote
    litres = 0 if quote.volume is None else quote.volume.litres
    remainder = quote.remainder.fen if entry.kind is EntryKind.PAID else 0
    return (
        entry.account_no,
        entry.card_no,
        entry.fen,
        entry.balance_fen,
        entry.litres,
        entry.tender,
        entry.batch,
        entry.row,
        entry.order_id,
        entry.maker,
        entry.meter_no,
        entry.generation,
        entry.tariff,
        entry.tiers,
        entry.counter_before,
        entry.counter_after,
        entry.target,
        entry.proof,
    ) == (
        intent.account_no,
        intent.identity.card_no,
        quote.total.fen,
        remainder,
        litres,
        intent.tender.value,
        intent.batch_id,
        intent.row,
        intent.order_id,
        intent.identity.maker,
        intent.identity.meter_no,
        intent.identity.generation,
        quote.tariff,
        tuple((line.tier, line.volume.litres, line.amount.fen) for line in quote.lines),
        intent.counter_before,
        # Armed later, a paid load may have found its card further on.
        entry.counter_after if entry.kind is EntryKind.PAID else intent.counter_after,
        _target(intent) if entry.kind is EntryKind.ARMED else "",
        # What else an entry rests on was read later and is not kept.
        hashlib.sha256(intent.before).hexdigest() if entry.kind is EntryKind.ARMED else entry.proof,
    )


def _target(intent: TopUp) -> str:
    return "" if intent.plan is None else hashlib.sha256(intent.plan.target).hexdigest()


def _receipt(records: Records, intent: TopUp) -> Iterator[Disagreement]:
    receipt = records.receipts.get(intent.topup_id)
    if (receipt is not None) != (intent.state is TopUpState.SEALED):
        yield _named("receipt_disagrees", intent, state=intent.state.value)
    if receipt is None:
        return
    quote = intent.quote
    sealed = {e.entry_id for e in records.by_subject.get(intent.topup_id, ())}
    printed: tuple[object, ...] = (
        *(receipt.gas, receipt.paid, receipt.to_balance, receipt.volume),
        *(receipt.account_no, receipt.card_no, receipt.meter_no, receipt.purchase_counter),
        *(receipt.tariff, receipt.tiers, receipt.tender, receipt.batch_id),
    )
    facts: tuple[object, ...] = (
        *(quote.total, quote.money, quote.remainder, quote.volume),
        *(intent.account_no, intent.identity.card_no, intent.identity.meter_no),
        *(intent.counter_after, quote.tariff, quote.lines, intent.tender.value, intent.batch_id),
    )
    if printed != facts or receipt.entry_id not in sealed:
        yield _named("receipt_disagrees", intent, receipt_no=receipt.receipt_no)


def _numbers(records: Records) -> Iterator[Disagreement]:
    """Receipt numbers of a year run from 1 without a gap."""
    series: dict[str, list[int]] = {}
    for receipt in records.receipts.values():
        prefix, _, number = receipt.receipt_no.rpartition("-")
        series.setdefault(prefix, []).append(int(number))
    for prefix, numbers in series.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield Disagreement("receipt_numbers_gap", {"series": prefix, "count": len(numbers)})


def _payments(records: Records) -> Iterator[Disagreement]:
    """Every sum received is one fact, and the other way round."""
    stored = {(one.payment_id, one.seq, one.money.fen) for one in records.payments}
    facts = {
        (entry.subject, entry.seq, entry.fen)
        for entry in records.entries
        if entry.kind is EntryKind.RECEIVED
    }
    for payment_id, seq, fen in stored ^ facts:
        yield Disagreement("payment_disagrees", {"payment_id": payment_id, "seq": seq, "fen": fen})


def _named(code: str, intent: TopUp, **values: str | int) -> Disagreement:
    return Disagreement(
        code, {"topup_id": intent.topup_id, "account_no": intent.account_no, **values}
    )
