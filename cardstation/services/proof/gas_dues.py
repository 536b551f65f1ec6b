"""Proves that gas was given only as two people granted it: each load has its due, none too much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cardstation.domain.gas_due import GasDue, amount_of
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.services.proof.records import Disagreement, Records, about
from cardstation.store.frozen import freeze

_NEVER_WAS = frozenset({TopUpState.VOIDED, TopUpState.REFUNDED})


def gas_due_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every due that is told in two ways, and every load that its due does not cover."""
    kept = {(seq, withdrawn, freeze(due)) for seq, withdrawn, due in records.gas_dues}
    for seq, _, frozen in sorted(kept ^ _told(records)):
        yield Disagreement("gas_due_disagrees", {"seq": seq, "due": frozen[:40]})
    dues = {due.due_id: due for _, withdrawn, due in records.gas_dues if not withdrawn}
    drawn: dict[str, int] = {}
    for load in _given(records):
        if not _covers(dues, load):
            yield about("gas_given_without_due", load)
        drawn[load.order_id] = drawn.get(load.order_id, 0) + amount_of(load.quantity)
    for due_id, amount in drawn.items():
        if due_id in dues and amount > amount_of(dues[due_id].quantity):
            values = {"due_id": due_id, "account_no": dues[due_id].account_no}
            yield Disagreement("gas_due_overdrawn", values)


def _told(records: Records) -> set[tuple[int, bool, str]]:
    return {
        (entry.seq, bool(entry.corrects), entry.detail)
        for entry in records.entries
        if entry.kind is EntryKind.GAS_DUE and _is_sound(entry)
    }


def _is_sound(entry: Entry) -> bool:
    return bool(entry.approver) and entry.approver != entry.clerk


def _given(records: Records) -> Iterator[TopUp]:
    """Live loads of gas that was granted here."""
    for one in records.topups:
        here = one.direction is Direction.SALE and one.is_given and not one.origin
        if here and one.state not in _NEVER_WAS and one.topup_id not in records.taken_back:
            yield one


def _covers(dues: Mapping[str, GasDue], load: TopUp) -> bool:
    due = dues.get(load.order_id)
    return due is not None and (due.account_no, due.meter_no, due.cause) == (
        load.account_no,
        load.identity.meter_no,
        load.tender,
    )
