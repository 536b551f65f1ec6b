"""Proves what became of lump sums: every release, payout and acknowledgement has its fact."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from cardstation.domain.arrears import Moved, collected_on
from cardstation.domain.batch_life import Step
from cardstation.domain.charge import Charge, ChargeKind
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.services.proof.records import Disagreement, Records, about, booked
from cardstation.store.arrears import ArrearsPaid
from cardstation.store.frozen import freeze, thaw
from cardstation.store.funds import AskedPayment

_CHECK_CODE_CHARACTERS = 8


def lump_sum_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every row of lump sums that the journal tells differently, and every gap."""
    released = {seq: freeze(one) for seq, one in records.released}
    back = {seq: freeze(one) for seq, one in records.given_back}
    arrears = {seq: freeze(one) for seq, one in records.arrears}
    for kind, rows in (
        (EntryKind.RELEASED, released),
        (EntryKind.GIVEN_BACK, back),
        (EntryKind.ARREARS_PAID, arrears),
    ):
        facts = {e.seq: e for e in records.entries if e.kind is kind and not _at_counter(e)}
        for seq in sorted(rows.keys() | facts.keys()):
            if seq not in rows or seq not in facts or facts[seq].detail != rows[seq]:
                yield _named("lump_sum_disagrees", seq, kind.value)
    for seq, one in records.given_back:
        fact = next((entry for entry in records.by_subject.get(one.back_id, ())), None)
        told = (one.money.fen, one.tender.value, one.batch_id, one.approver)
        if fact is None or (fact.fen, fact.tender, fact.batch, fact.approver) != told:
            yield _named("lump_sum_disagrees", seq, EntryKind.GIVEN_BACK.value)
    yield from _more_than_came(records)
    yield from _more_than_owed(records)
    yield from _left_in_closed(records)
    yield from _released_and_loaded(records)
    yield from _below_nothing(records)
    yield from _acknowledged(records)
    yield from _numbers(records)


def _more_than_came(records: Records) -> Iterator[Disagreement]:
    """No payer got more back than the payment brought, nor by another tender."""
    payments = {one.payment_id: one for one in records.payments}
    for seq, back in records.given_back:
        payment = payments.get(back.payment_id)
        total = sum(
            one.money.fen for _, one in records.given_back if one.payment_id == back.payment_id
        )
        of_it = payment is not None and (payment.batch_id, payment.tender) == (
            back.batch_id,
            back.tender,
        )
        if payment is None or not of_it or total > payment.money.fen:
            yield _named("lump_sum_disagrees", seq, "payment")


def _at_counter(entry: Entry) -> bool:
    """Arrears that were paid at the counter are charges."""
    return entry.kind is EntryKind.ARREARS_PAID and bool(entry.tender)


def _more_than_owed(records: Records) -> Iterator[Disagreement]:
    """Of no household more was collected on a figure of the directory than the figure says."""
    before: dict[str, list[Moved]] = {}
    every: list[tuple[int, ArrearsPaid | Charge]] = list(records.arrears)
    every += [one for one in records.charges if one[1].what is ChargeKind.ARREARS]
    for seq, paid in sorted(every, key=itemgetter(0)):
        others = before.setdefault(paid.account_no, [])
        back = isinstance(paid, Charge) and bool(paid.corrects)
        money = -paid.money if back else paid.money
        if not back and collected_on(paid.as_of, others) + money > paid.filed:
            yield Disagreement(
                "arrears_paid_twice",
                {"seq": seq, "account_no": paid.account_no, "fen": paid.money.fen},
            )
        others.append(Moved(seq, paid.at.date(), money))


def _left_in_closed(records: Records) -> Iterator[Disagreement]:
    """A closed batch holds no money but what a refund of one of its loads brought since."""
    closed = {one.batch_id: one.seq for one in records.steps if one.step is Step.CLOSED}
    for batch_id, seq in closed.items():
        account = f"unallocated:{batch_id}"
        moved = [
            (entry, -posting.fen)
            for entry in records.entries
            for posting in booked(entry)
            if posting.account == account
        ]
        refunds = [fen for one, fen in moved if one.kind is EntryKind.REFUNDED and one.seq > seq]
        left = sum(fen for _, fen in moved)
        if left > sum(refunds):
            yield Disagreement("closed_batch_holds_money", {"batch_id": batch_id, "fen": left})


def _released_and_loaded(records: Records) -> Iterator[Disagreement]:
    """A line gave its money free only where no load of it was paid, or that load's went back."""
    never_was = (TopUpState.VOIDED, TopUpState.REFUNDED)
    loads: dict[tuple[str, int], list[TopUp]] = {}
    back = set()
    for one in records.topups:
        if one.direction is Direction.RETURN and one.state is TopUpState.REFUNDED:
            back.add(one.corrects)
        elif one.direction is Direction.SALE and one.batch_id and not one.origin:
            loads.setdefault((one.batch_id, one.line), []).append(one)
    for _, released in records.released:
        for load in loads.get((released.batch_id, released.line), ()):
            if load.state not in never_was and load.topup_id not in back:
                yield about(
                    "released_and_loaded", load, batch_id=released.batch_id, place=released.line
                )


def _below_nothing(records: Records) -> Iterator[Disagreement]:
    """No batch ever spent more than it had, after any entry; its first such entry is named."""
    held: dict[str, int] = {}
    named: set[str] = set()
    for entry in records.entries:
        batch_id, account = entry.batch, f"unallocated:{entry.batch}"
        came = -sum(posting.fen for posting in booked(entry) if posting.account == account)
        if not came:
            continue
        held[batch_id] = held.get(batch_id, 0) + came
        if held[batch_id] < 0 and batch_id not in named:
            named.add(batch_id)
            yield Disagreement(
                "batch_below_nothing",
                {"batch_id": batch_id, "seq": entry.seq, "fen": -held[batch_id]},
            )


def _acknowledged(records: Records) -> Iterator[Disagreement]:
    """Every payment whose fact carries a number has the paper of that number, saying the same."""
    found = dict(records.acknowledgements)
    for entry in records.entries:
        if entry.kind is not EntryKind.RECEIVED:
            continue
        ack_no = _number_of(entry)
        made = found.pop(entry.subject, None)
        code = records.hashes[entry.entry_id][:_CHECK_CODE_CHARACTERS].upper()
        wanted = (ack_no, entry.fen, entry.tender, entry.batch, code)
        said = made and (
            made.ack_no,
            made.money.fen,
            made.tender,
            made.batch_id,
            made.check_code,
        )
        if (ack_no or made) and said != wanted:
            yield _named("acknowledgement_disagrees", entry.seq, ack_no)
    for left in found.values():
        yield _named("acknowledgement_disagrees", 0, left.ack_no)


def _number_of(entry: Entry) -> str:
    try:
        return thaw(AskedPayment, entry.detail).ack_no
    except (ValueError, KeyError, TypeError):
        return ""


def _numbers(records: Records) -> Iterator[Disagreement]:
    """The numbers of a year run from 1 without a gap, and each is the one that is shown."""
    years: dict[int, list[int]] = {}
    for year, number, shown in records.ack_numbers:
        years.setdefault(year, []).append(number if shown.endswith(f"{year}-A{number:06d}") else 0)
    for year, numbers in years.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield Disagreement(
                "receipt_numbers_gap", {"series": f"{year}-A", "count": len(numbers)}
            )


def _named(code: str, seq: int, what: str) -> Disagreement:
    return Disagreement(code, {"seq": seq, "what": what})
