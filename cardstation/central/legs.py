"""The legs of an entry in the books, doubtful ones in suspense, and their sums."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter

from cardstation.domain.ledger import Entry, Posting, postings_of

FALSE_SEAL, AGAIN = "false_seal", "returned_after_reissue"
MOVED = {
    "account_closed_before": ("gas_sold",),
    "account_missing": ("unloaded", "balance", "arrears"),
    "arrears_paid_before": ("arrears",),
    "double_load": ("gas_sold",),
    FALSE_SEAL: ("gas_sold",),
    "order_unknown": ("gas_sold",),
    "order_loaded_twice": ("gas_sold",),
    "return_without_load": ("gas_sold",),
    AGAIN: ("gas_sold",),
    "sealed_before": ("unloaded", "gas_sold"),
}
"""Which accounts of an entry a conflict moves to suspense; tenders are counted cash and stay."""
_BY_ACCOUNT = itemgetter(0)


def class_of(account: str) -> str:
    """The class of a posting account: `unloaded:0012` is of class `unloaded`."""
    return account.partition(":")[0]


def legs(entry: Entry, suspense: str) -> tuple[Posting, ...]:
    """The postings of an entry, its doubtful legs moved to suspense, one per account.

    Args:
        entry: A fact.
        suspense: As in its `Verdict`.
    """
    found = postings_of(entry)
    if not suspense and len({leg.account for leg in found}) == len(found):
        return tuple(sorted(found, key=_BY_ACCOUNT))
    moved = MOVED.get(suspense, ())
    summed: dict[str, int] = {}
    for leg in found:
        doubtful = class_of(leg.account) in moved
        account = f"suspense:{suspense}" if doubtful else leg.account
        summed[account] = summed.get(account, 0) + leg.fen
    return tuple(Posting(account, fen) for account, fen in sorted(summed.items()) if fen)


def per_account(postings: Iterable[Posting]) -> dict[str, int]:
    """Sums per account, in account order."""
    summed: dict[str, int] = {}
    for account, fen in postings:
        summed[account] = summed.get(account, 0) + fen
    return dict(sorted(summed.items()))


def per_class(postings: Iterable[Posting]) -> dict[str, int]:
    """Sums per account class, in class order."""
    summed: dict[str, int] = {}
    for account, fen in postings:
        name = class_of(account)
        summed[name] = summed.get(name, 0) + fen
    return dict(sorted(summed.items()))
