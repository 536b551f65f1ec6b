"""Proves that state log and journal tell one story for every top-up and every sum received."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import BEGINNING, Direction, TopUpEvent, TopUpState, advance
from cardstation.errors import Defect
from cardstation.services.intent.facts import told_tender
from cardstation.services.proof.records import Disagreement, Records, about
from cardstation.store.topups import LogRow

FACT_OF: Mapping[Direction, Mapping[TopUpEvent, EntryKind]] = {
    Direction.SALE: {
        TopUpEvent.MONEY_CERTAIN: EntryKind.PAID,
        TopUpEvent.PLAN_STORED: EntryKind.ARMED,
        TopUpEvent.SEEN_BEFORE: EntryKind.NOT_LOADED,
        TopUpEvent.SEEN_TARGET: EntryKind.SEALED,
        TopUpEvent.DISOWNED: EntryKind.NOT_LOADED,
        TopUpEvent.DISOWNED_THERE: EntryKind.NOT_LOADED,
        TopUpEvent.PROVEN_LOADED: EntryKind.SEALED,
        TopUpEvent.PROVEN_NOT_LOADED: EntryKind.NOT_LOADED,
        TopUpEvent.PROVEN_NOT_OURS: EntryKind.NOT_LOADED,
        TopUpEvent.MONEY_RETURNED: EntryKind.REFUNDED,
    },
    Direction.RETURN: {
        TopUpEvent.PLAN_STORED: EntryKind.ARMED,
        TopUpEvent.SEEN_BEFORE: EntryKind.NOT_RETURNED,
        TopUpEvent.SEEN_TARGET: EntryKind.RETURNED,
        TopUpEvent.PROVEN_LOADED: EntryKind.NOT_RETURNED,
        TopUpEvent.PROVEN_NOT_LOADED: EntryKind.RETURNED,
        TopUpEvent.MONEY_RETURNED: EntryKind.REFUNDED,
    },
    Direction.WORK: {
        TopUpEvent.PLAN_STORED: EntryKind.CARD_ARMED,
        TopUpEvent.SEEN_TARGET: EntryKind.CARD_WRITTEN,
        TopUpEvent.PROVEN_NOT_LOADED: EntryKind.CARD_GIVEN_UP,
    },
}


def state_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every top-up whose log and facts do not fit, and every sum without its fact."""
    logs: dict[str, list[LogRow]] = {}
    for row in records.log:
        logs.setdefault(row.topup_id, []).append(row)
    for intent in records.topups:
        log = logs.get(intent.topup_id, [])
        if _replayed(intent, log) is not intent.state:
            yield about("log_disagrees", intent, state=intent.state.value)
        yield from _facts(records, intent, log)
    yield from _payments(records)


def _replayed(intent: TopUp, log: list[LogRow]) -> TopUpState | None:
    """The state the log leads to when every move is made again by the table."""
    state: TopUpState | None = None
    for row in log:
        if row.event is None:
            begins = TopUpState.ARMED if intent.origin else BEGINNING[intent.direction]
            state = begins if state is None else None
        elif state is not None:
            try:
                state = advance(intent.direction, state, row.event, approver="replayed")
            except Defect:
                return None
        if state is not row.state:
            return None
    return state


def _facts(records: Records, intent: TopUp, log: list[LogRow]) -> Iterator[Disagreement]:
    """Each move that is a fact has exactly its entry, and no entry is without its move."""
    facts = {entry.seq: entry for entry in records.by_subject.get(intent.topup_id, ())}
    expected = [(row.seq, kind) for row in log if (kind := _fact_of(intent, row)) is not None]
    found = [(seq, facts[seq].kind) for seq in sorted(facts) if not _after_the_end(facts[seq])]
    if expected != found:
        yield about("journal_disagrees", intent, log=len(expected), journal=len(found))
    for entry in facts.values():
        if not _same(entry, intent) or entry.corrects != _corrected(records, intent, entry):
            yield about("entry_disagrees", intent, seq=entry.seq)


def _fact_of(intent: TopUp, row: LogRow) -> EntryKind | None:
    """The fact a move comes with, None when it has none."""
    if row.event is None:
        return EntryKind.ARMED if intent.origin else None
    if row.event is TopUpEvent.SEEN_TARGET and row.reason == "elsewhere":
        return None if intent.origin else EntryKind.ELSEWHERE
    return FACT_OF[intent.direction].get(row.event)


def _after_the_end(entry: Entry) -> bool:
    """Said of a sealed load later: another station had sealed it too."""
    return entry.kind is EntryKind.ELSEWHERE and bool(entry.corrects)


def _corrected(records: Records, intent: TopUp, entry: Entry) -> str:
    """The fact that an entry must name as the one it corrects: the seal before it."""
    if intent.direction is Direction.RETURN:
        return records.sealings.get(intent.corrects, "")
    sealed = [one for one in records.by_subject[intent.topup_id] if one.kind is EntryKind.SEALED]
    undoes = entry.kind in (EntryKind.NOT_LOADED, EntryKind.ELSEWHERE)
    return sealed[0].entry_id if undoes and sealed and entry.seq > sealed[0].seq else ""


def _same(entry: Entry, intent: TopUp) -> bool:
    quote, sale = intent.quote, intent.direction is Direction.SALE
    litres = 0 if quote.volume is None else quote.volume.litres
    with_rest = entry.kind is EntryKind.PAID or (entry.kind is EntryKind.REFUNDED and sale)
    remainder = quote.remainder.fen if with_rest else 0
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
        entry.origin,
        entry.target,
        entry.proof,
    ) == (
        intent.account_no,
        intent.identity.card_no,
        quote.total.fen,
        remainder,
        litres,
        told_tender(intent),
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
        intent.origin,
        _target(entry, intent),
        # What else an entry rests on was read later and is not kept.
        hashlib.sha256(intent.before).hexdigest() if entry.kind is EntryKind.ARMED else entry.proof,
    )


def _target(entry: Entry, intent: TopUp) -> str:
    """What the plan says of the entry; seals of older versions say nothing of it."""
    if intent.plan is None:
        return ""
    if entry.kind is EntryKind.SEALED and entry.target:
        return intent.plan.look
    armed = entry.kind is EntryKind.ARMED
    return hashlib.sha256(intent.plan.target).hexdigest() if armed else ""


def _payments(records: Records) -> Iterator[Disagreement]:
    """Every sum received is one fact, and the other way round."""
    stored = {
        (one.payment_id, one.seq, one.money.fen, one.tender.value, one.batch_id)
        for one in records.payments
    }
    facts = {
        (entry.subject, entry.seq, entry.fen, entry.tender, entry.batch)
        for entry in records.entries
        if entry.kind is EntryKind.RECEIVED
    }
    for payment_id, seq, fen, *_ in sorted(stored ^ facts):
        yield Disagreement("payment_disagrees", {"payment_id": payment_id, "seq": seq, "fen": fen})
