"""What the facts of a card say of the cards that took its place: which generation is the live one.

A reissue makes the card before it dead from the moment it is armed. One that was undone (nothing
was ever written, or its card was made a blank again) gives its number back.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from cardstation.domain.card import CardIdentity
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.topup import Work

UNDONE = "reissue_undone"
"""Detail of a `card_given_up` after which the card before is the live one again."""
_OF_LOADS = frozenset(
    {
        *(EntryKind.ARMED, EntryKind.SEALED, EntryKind.NOT_LOADED),
        *(EntryKind.RETURNED, EntryKind.NOT_RETURNED),
    }
)


@dataclass(frozen=True, slots=True)
class Reissue:
    """A card in the place of another.

    Attributes:
        entry_id: Of the fact that began it.
        subject: Id of the work that makes it.
        load: Id of the load that it carries once more, empty when it carries none.
    """

    entry_id: str
    subject: str
    generation: int
    load: str


def reissue_of(entry: Entry) -> Reissue | None:
    """The reissue that a fact begins, None when it begins none."""
    if entry.kind is not EntryKind.CARD_ARMED:
        return None
    try:
        told = json.loads(entry.detail)
        work, load = told["reference"], told["corrects"]
    except (ValueError, KeyError, TypeError):
        return None
    if work != Work.REISSUE:
        return None
    return Reissue(entry.entry_id, entry.subject, entry.generation, str(load))


def is_undone(entry: Entry) -> bool:
    """A fact after which the reissue that it is about never was."""
    return entry.kind is EntryKind.CARD_GIVEN_UP and entry.detail == UNDONE


def reissues_in(told: Iterable[Entry], identity: CardIdentity) -> tuple[Reissue, ...]:
    """The reissues of a card that stand, oldest first."""
    return _standing(_of_household(told, identity))[0]


def generation_told(filed: int, identity: CardIdentity, told: Sequence[Entry], ours: int) -> int:
    """The generation of a household's live card.

    Args:
        filed: On file here.
        identity: Of a card of it.
        told: What the ledger tells of the card number.
        ours: The highest that this desk itself has made, 0 when none.
    """
    known = _of_household(told, identity)
    standing, undone = _standing(known)
    shown = (one.generation for one in known if one.kind in _OF_LOADS)
    live = max((0, ours, *shown, *(one.generation for one in standing)))
    if filed > live and filed in undone:
        return filed - 1
    return max(filed, live)


def is_of_household(entry: Entry, identity: CardIdentity) -> bool:
    """A fact about a card of this number, whichever generation: numbers alone are not unique."""
    told = (entry.maker, entry.card_no, entry.account_no)
    return told == (identity.maker, identity.card_no, identity.account_no)


def _of_household(told: Iterable[Entry], identity: CardIdentity) -> list[Entry]:
    return [one for one in told if is_of_household(one, identity)]


def _standing(known: Sequence[Entry]) -> tuple[tuple[Reissue, ...], Collection[int]]:
    gone = {one.subject for one in known if is_undone(one)}
    begun: dict[str, Reissue] = {}
    for one in map(reissue_of, known):
        if one is not None:
            begun.setdefault(one.subject, one)
    standing = tuple(one for subject, one in begun.items() if subject not in gone)
    return standing, {one.generation for subject, one in begun.items() if subject in gone}
