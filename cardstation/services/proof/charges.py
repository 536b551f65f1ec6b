"""Proves every charge at the counter by its fact, its paper, and what it may take back."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.charge import Charge, ChargeKind
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.money import NO_MONEY
from cardstation.services.proof.records import Disagreement, Records, booked, in_one_commit
from cardstation.store.frozen import freeze

_CHECK_CODE_CHARACTERS = 8


def charge_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every charge or balance paid out that the journal tells differently, and every gap."""
    facts = {entry.seq: entry for entry in records.entries if _is_charge(entry)}
    rows = dict(records.charges)
    known = {one.charge_id: facts.get(seq) for seq, one in records.charges}
    for seq in sorted(rows.keys() | facts.keys()):
        told, fact = rows.get(seq), facts.get(seq)
        sound = told is not None and fact is not None and _holds(records, fact, told, known)
        if not sound or seq in records.misfiled_charges:
            yield _named(seq)
    yield from _taken_back(records)
    yield from _paid_out(records)
    yield from _below_nothing(records)


def _holds(records: Records, fact: Entry, told: Charge, known: dict[str, Entry | None]) -> bool:
    said = _says(fact, told, known) and _allowed(fact, told)
    return said and _paper(records, fact, told)


def _is_charge(entry: Entry) -> bool:
    at_counter = entry.kind is EntryKind.ARREARS_PAID and bool(entry.tender)
    return entry.kind is EntryKind.CHARGED or at_counter


def _says(fact: Entry, told: Charge, known: dict[str, Entry | None]) -> bool:
    """The fact and the row are of one charge, to the fen, and of one charge that it takes back."""
    corrected = known.get(told.corrects) if told.corrects else None
    return fact.detail == freeze(told) and (
        *(fact.subject, fact.account_no, fact.meter_no, fact.fen, fact.litres),
        *(fact.tender, fact.tariff, fact.approver, fact.corrects),
    ) == (
        *(told.charge_id, told.account_no, told.meter_no, told.money.fen, told.used.litres),
        *(told.tender or "", told.price, told.approver),
        corrected.entry_id if corrected else "",
    )


def _allowed(fact: Entry, told: Charge) -> bool:
    """Fees are those of the catalogue; what is put off or taken back has a second person."""
    if told.money <= NO_MONEY or bool(told.fee) is not (told.what is ChargeKind.FEE):
        return False
    if told.fee is not None and not told.corrects:
        return told.fee.least <= told.money <= told.fee.most
    if told.quote is not None and told.quote.total != told.money:
        return False
    alone = told.tender is not None and not told.corrects
    return alone or told.approver not in ("", fact.clerk)


def _paper(records: Records, fact: Entry, told: Charge) -> bool:
    """Its paper shows what was charged, and was made with its fact."""
    made = records.charge_papers.get(told.charge_id)
    code = records.hashes[fact.entry_id][:_CHECK_CODE_CHARACTERS].upper()
    numbered = told.tender is not None and not told.corrects
    return (
        made is not None
        and made.charge == told
        and bool(told.receipt_no) is numbered
        and made.receipt_no == told.receipt_no
        and in_one_commit(fact, told.at)
        and (made.entry_id, made.check_code) == (fact.entry_id, code)
        and (made.station, made.clerk) == (fact.station, fact.clerk)
    )


def _taken_back(records: Records) -> Iterator[Disagreement]:
    """A charge is taken back once, as it was, and by the tender it came with."""
    charges = {one.charge_id: one for _, one in records.charges}
    seen: set[str] = set()
    for seq, back in records.charges:
        if not back.corrects:
            continue
        taken = charges.get(back.corrects)
        same = taken is not None and taken.same_as(back) and taken.tender == back.tender
        if not same or back.corrects in seen or (taken is not None and taken.corrects):
            yield _named(seq)
        seen.add(back.corrects)


def _paid_out(records: Records) -> Iterator[Disagreement]:
    """Every payout of a balance has its fact and its row, of two people, to the fen."""
    facts = {entry.seq: entry for entry in records.entries if entry.kind is EntryKind.PAID_OUT}
    rows = dict(records.payouts)
    for seq in sorted(rows.keys() | facts.keys()):
        told, fact = rows.get(seq), facts.get(seq)
        if told is None or fact is None or fact.detail != freeze(told):
            yield _named(seq)
            continue
        said = (fact.subject, fact.account_no, fact.fen, fact.tender, fact.approver)
        row = (told.payout_id, told.account_no, told.money.fen, told.tender, told.approver)
        if said != row or fact.approver in ("", fact.clerk):
            yield _named(seq)


def _below_nothing(records: Records) -> Iterator[Disagreement]:
    """Nothing ever took more from a balance than was in it, after any entry."""
    kept: dict[str, int] = {}
    for entry in records.entries:
        for posting in booked(entry):
            if not posting.account.startswith("balance:"):
                continue
            left = kept.get(posting.account, 0) - posting.fen
            kept[posting.account] = left
            if left < 0 < posting.fen:
                yield _named(entry.seq)


def _named(seq: int) -> Disagreement:
    return Disagreement("charge_disagrees", {"seq": seq})
