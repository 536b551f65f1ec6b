"""Knows which cards took the place of others, by the facts that began them."""

from __future__ import annotations

from typing import NamedTuple

from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.reissue import Reissue, is_undone, reissue_of


class _Cards(NamedTuple):
    """The cards of one household, each in the place of the one before."""

    maker: str
    card_no: str
    account_no: str


class Replaced:
    """The reissues among the facts that it was told, in their order."""

    def __init__(self) -> None:
        self._begun: dict[_Cards, list[Reissue]] = {}
        self._before: dict[str, frozenset[str]] = {}

    def note(self, entry: Entry) -> None:
        """Keep the reissue that a fact begins; one that is undone never was.

        Of a return that begins, keep which reissues it came after: whom we heard first went on.
        """
        known = self._begun.setdefault(_cards(entry), [])
        if entry.kind is EntryKind.ARMED:
            self._before[entry.subject] = frozenset(one.subject for one in known)
        begun = reissue_of(entry)
        if is_undone(entry):
            known[:] = [one for one in known if one.subject != entry.subject]
        elif begun is not None and all(one.subject != begun.subject for one in known):
            known.append(begun)

    def newer(self, entry: Entry, load: str = "") -> str:
        """The fact that began a newer card than the one an entry is about, empty when none did.

        Args:
            entry: About a load.
            load: Only a card that carries this load once more.
        """
        known = self._begun.get(_cards(entry), ())
        before = self._before.get(entry.subject, frozenset(one.subject for one in known))
        for one in known:
            if one.generation > entry.generation and load in ("", one.load):
                return one.entry_id if one.subject in before else ""
        return ""


def _cards(entry: Entry) -> _Cards:
    return _Cards(entry.maker, entry.card_no, entry.account_no)
