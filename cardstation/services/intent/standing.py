"""Which seals of other desks stand, by what the ledger tells of a card, in its order.

The judge of the books says `false_seal` to a desk that took another desk's load for its own. That
desk is told, and says so; who reads its seal before it did must not take the load for finished.
"""

from __future__ import annotations

from collections.abc import Sequence

from cardstation.domain.ledger import PROVISIONAL, Entry, EntryKind


def finished_by(told: Sequence[Entry], topup_id: str, us: str) -> str:
    """The other station that finished a load of ours, empty when none did."""
    for place, entry in enumerate(told):
        sealed = entry.kind is EntryKind.SEALED and entry.subject == topup_id
        if sealed and entry.station != us and _stands(entry, told[:place], told):
            return entry.station
    return ""


def _stands(seal: Entry, before: Sequence[Entry], told: Sequence[Entry]) -> bool:
    """Whether no other load is the one that this seal was given for (`central.judging`)."""
    never = {one.corrects for one in told if one.kind is EntryKind.NOT_LOADED}
    if seal.entry_id in never:
        return False
    freed = {one.corrects for one in before if one.kind is EntryKind.RETURNED}
    for one in before:
        unsure = PROVISIONAL in (seal.witness, one.witness)
        alike = bool(seal.target) and one.target == seal.target
        other = one.kind is EntryKind.SEALED and one.subject != seal.subject
        same = unsure and one.entry_id not in never and _place(one) == _place(seal)
        if other and same and (alike or one.entry_id not in freed):
            return False
    return True


def _place(seal: Entry) -> tuple[str, str, int, int]:
    return seal.maker, seal.meter_no, seal.generation, seal.counter_after
