"""Proves that what was changed in accounts is on file as the chain says, and that it holds."""

from __future__ import annotations

from collections.abc import Iterator

from cardstation.domain.account_change import FACTS, AccountChange, facts_of
from cardstation.domain.ledger import EntryKind
from cardstation.services.proof.records import Disagreement, Records
from cardstation.store.frozen import freeze

_MOVED_BY_SALES = "purchase_counter"


def account_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every change without its fact, and every household that is not as it was changed."""
    stored = {(seq, one.change_id, freeze(one)) for seq, one in records.account_changes}
    facts = {
        (entry.seq, entry.subject, entry.detail)
        for entry in records.entries
        if entry.kind is EntryKind.ACCOUNT
    }
    for seq, change_id, _ in sorted(stored ^ facts):
        yield Disagreement("account_change_disagrees", {"change_id": change_id, "seq": seq})
    for account_no, changes in records.open_changes.items():
        household = records.households.get(account_no)
        said = _last_said(changes)
        if household is None or any(
            getattr(facts_of(household), fact) != value for fact, value in said.items()
        ):
            yield Disagreement("account_disagrees", {"account_no": account_no})


def _last_said(changes: tuple[AccountChange, ...]) -> dict[str, object]:
    return {
        fact: getattr(one.after, fact)
        for one in changes
        for fact in FACTS
        if one.touches(fact) and fact != _MOVED_BY_SALES
    }
