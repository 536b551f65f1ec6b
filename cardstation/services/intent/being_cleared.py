"""Dead cards that are being made blanks again: which card is whose, by what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cardstation.domain.card import WritePlan
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.topup import TopUp, Work
from cardstation.errors import fail
from cardstation.store.frozen import thaw


def clearing_on(begun: Iterable[TopUp], image: bytes, smears: Sequence[range]) -> TopUp | None:
    """The clearing that a card is of, None when it is of none.

    Args:
        begun: Clearings that are not done.
        image: What the card shows.
        smears: Ranges that its chip changes as one.
    """
    return next((one for one in begun if _carries(image, _plan_of(one), smears)), None)


def is_of_clearing(entry: Entry) -> bool:
    """True for a fact of a dead card that is made a blank again: nobody has a card by it."""
    if entry.kind is EntryKind.CARD_ARMED:
        return thaw(TopUp, entry.detail).reference == Work.CLEAR
    return entry.kind is EntryKind.CARD_WRITTEN and entry.detail == Work.CLEAR


def _carries(image: bytes, plan: WritePlan, smears: Sequence[range]) -> bool:
    """It carries the mark, or it was cut while that was written: all else is as before."""
    head = plan.spans[0]
    if len(image) != len(plan.before):
        return False
    if image[head.address : head.end] == head.data:
        return True
    torn = next((one for one in smears if head.address in one), range(head.address, head.end))
    return (image[: torn.start], image[torn.stop :]) == (
        plan.before[: torn.start],
        plan.before[torn.stop :],
    )


def _plan_of(intent: TopUp) -> WritePlan:
    return intent.plan or fail("a work is armed as it begins")
