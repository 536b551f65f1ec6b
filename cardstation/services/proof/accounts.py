"""Proves that what was changed in accounts is on file as the chain says, and that it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cardstation.domain.account_change import FACTS, AccountChange, AccountEvent, facts_of
from cardstation.domain.closing import Closing
from cardstation.domain.gas_due import GasDue
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.payment import Tender
from cardstation.services.proof.records import Disagreement, Records
from cardstation.store.frozen import freeze, thaw

_MOVED_BY_SALES = "purchase_counter"


def account_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every change without its fact, and every household that is not as it was changed."""
    stored = {(seq, one.change_id, freeze(one)) for seq, one in records.account_changes}
    facts = {
        (entry.seq, entry.subject, _change_in(entry))
        for entry in records.entries
        if entry.kind in (EntryKind.ACCOUNT, EntryKind.ACCOUNT_CLOSED)
    }
    for seq, change_id, _ in sorted(stored ^ facts):
        yield Disagreement("account_change_disagrees", {"change_id": change_id, "seq": seq})
    yield from _closings(records)
    yield from _carried(records)
    for account_no, changes in records.open_changes.items():
        household = records.households.get(account_no)
        said = _last_said(changes)
        if household is None or any(
            getattr(facts_of(household), fact) != value for fact, value in said.items()
        ):
            yield Disagreement("account_disagrees", {"account_no": account_no})


def _change_in(entry: Entry) -> str:
    """The frozen change behind a fact; nothing where it cannot be read."""
    if entry.kind is EntryKind.ACCOUNT:
        return entry.detail
    try:
        return freeze(thaw(Closing, entry.detail).change)
    except (ValueError, KeyError, TypeError):
        return ""


def _closings(records: Records) -> Iterator[Disagreement]:
    """Every account that was closed is one fact, with the money that its paper says."""
    stored = {(seq, freeze(one), *_money(one)) for seq, one in records.closings}
    facts = {
        (entry.seq, entry.detail, entry.fen, entry.balance_fen, entry.litres, entry.tender)
        for entry in records.entries
        if entry.kind is EntryKind.ACCOUNT_CLOSED
    }
    for seq in sorted({one[0] for one in stored ^ facts}):
        yield Disagreement("closing_disagrees", {"seq": seq})


def _money(one: Closing) -> tuple[int, int, int, str]:
    paid = one.settlement
    return paid.gas.fen, paid.balance.fen, paid.volume.litres, one.tender.value


def _carried(records: Records) -> Iterator[Disagreement]:
    """What came with a meter came with a change that two people recorded, and goes with it."""
    changes = {one.change_id: one for _, one in records.account_changes}
    rests: dict[str, int] = {}
    for entry in records.entries:
        if entry.kind is not EntryKind.CARRIED:
            continue
        change = changes.get(entry.subject)
        rests[entry.subject] = entry.balance_fen
        if change is None or not _is_its_rest(change, entry, rests):
            yield _of_change(entry.subject, entry.seq)
    for seq, withdrawn, due in records.gas_dues:
        change = changes.get(due.due_id)
        if due.cause is Tender.CARRIED and not withdrawn and not _is_its_due(change, due):
            yield _of_change(due.due_id, seq)


def _of_change(change_id: str, seq: int) -> Disagreement:
    return Disagreement("account_change_disagrees", {"change_id": change_id, "seq": seq})


def _is_its_rest(change: AccountChange, entry: Entry, rests: Mapping[str, int]) -> bool:
    if (change.account_no, change.approver) != (entry.account_no, entry.approver):
        return False
    if change.what is AccountEvent.METER_CHANGE_CANCELLED:
        return entry.balance_fen == -rests.get(change.corrects, 0)
    return change.what is AccountEvent.METER_CHANGED and entry.balance_fen > 0


def _is_its_due(change: AccountChange | None, due: GasDue) -> bool:
    return change is not None and (
        change.what is AccountEvent.METER_CHANGED
        and (change.account_no, change.after.meter_no) == (due.account_no, due.meter_no)
    )


def _last_said(changes: tuple[AccountChange, ...]) -> dict[str, object]:
    return {
        fact: getattr(one.after, fact)
        for one in changes
        for fact in FACTS
        if one.touches(fact) and fact != _MOVED_BY_SALES
    }
