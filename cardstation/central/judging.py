"""Judges accepted facts against what other stations said: who owns a load, which order is whose.

A conflict never refuses a fact, for the gas is already on the card: it is an exception for a
human, and where it puts revenue or a liability in doubt that leg goes to suspense.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cardstation.domain.ledger import Entry, EntryKind, Posting, postings_of

SALE = "sale"

# Which accounts of an entry a conflict moves to suspense; tenders are counted cash and never move.
_MOVED = {
    "account_missing": ("unloaded", "balance"),
    "double_load": ("gas_sold",),
    "order_unknown": ("gas_sold",),
    "order_loaded_twice": ("gas_sold",),
    "return_without_load": ("gas_sold",),
}


@dataclass(frozen=True, slots=True)
class Purse:
    """What counts purchases: one meter and one generation of its card (R9)."""

    maker: str
    meter_no: str
    generation: int


@dataclass(slots=True)
class Load:
    """One row of `card_load`; live until a return frees it."""

    purse: Purse
    counter: int
    load_no: int
    entry_id: str
    freed_by: str = ""


@dataclass(slots=True)
class OrderState:
    """What the centre knows of an order: who claimed it, which entry closed it."""

    order_id: str
    fen: int
    claimed_station: str = ""
    claimed_subject: str = ""
    closed_by: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A business conflict of one entry.

    Attributes:
        suspended: Legs were moved to `suspense:<code>`.
    """

    code: str
    suspended: bool


def purse_of(entry: Entry) -> Purse:
    """The purse of an entry; a card whose meter is not known yet counts for itself."""
    return Purse(entry.maker, entry.meter_no or f"card {entry.card_no}", entry.generation)


def counts(entry: Entry) -> bool:
    """Whether an entry moves a purchase counter (makers without one are never idempotent)."""
    moved = entry.kind in (EntryKind.SEALED, EntryKind.RETURNED)
    return moved and entry.counter_after != entry.counter_before


@dataclass(slots=True)
class Judge:
    """Takes entries in order and keeps what they change.

    Attributes:
        loads: Every known load of the counters these entries touch.
        highest: Highest live counter of each purse before these entries.
        orders: The orders these entries name.
        made: New loads. freed: loads that a return freed.
    """

    loads: dict[tuple[Purse, int], list[Load]]
    highest: dict[Purse, int]
    orders: dict[str, OrderState]
    made: list[Load] = field(default_factory=list)
    freed: list[Load] = field(default_factory=list)

    def judge(self, entry: Entry) -> Verdict | None:
        """What is wrong with an entry, None when nothing is.

        A double load or an order loaded twice outranks a gap: the first puts money in doubt,
        the second only says that an entry is still missing.
        """
        found = [self._account(entry), self._order(entry)]
        if counts(entry):
            found.append(self._load(entry) if entry.kind == "sealed" else self._return(entry))
        codes = [code for code in found if code]
        if not codes:
            return None
        code = min(codes, key=lambda code: code not in _MOVED)
        moves = any(class_of(leg.account) in _MOVED.get(code, ()) for leg in postings_of(entry))
        return Verdict(code, moves)

    @staticmethod
    def _account(entry: Entry) -> str:
        needs = entry.kind in (EntryKind.PAID, EntryKind.SEALED, EntryKind.REFUNDED)
        return "account_missing" if needs and not entry.account_no else ""

    def _order(self, entry: Entry) -> str:
        if not entry.order_id:
            return ""
        order = self.orders.get(entry.order_id)
        if order is None:
            return "order_unknown"
        owner = (order.claimed_station, order.claimed_subject)
        mine = owner in (("", ""), (entry.station, entry.subject))
        if entry.kind == EntryKind.PAID:
            if not mine or order.closed_by:
                return "order_claimed_twice"
            order.claimed_station, order.claimed_subject = entry.station, entry.subject
            order.changed = True
        elif entry.kind in (EntryKind.SEALED, EntryKind.REFUNDED):
            if order.closed_by or not mine:
                return "order_loaded_twice"
            order.closed_by, order.changed = entry.entry_id, True
            return "order_amount_differs" if entry.fen != order.fen else ""
        return ""

    def _load(self, entry: Entry) -> str:
        purse, counter = purse_of(entry), entry.counter_after
        known = self.loads.setdefault((purse, counter), [])
        if any(not load.freed_by for load in known):
            return "double_load"
        load = Load(purse, counter, len(known), entry.entry_id)
        known.append(load)
        self.made.append(load)
        highest = self.highest.get(purse)
        self.highest[purse] = max(counter, highest or counter)
        # Counters below the highest fill a hole: another station's sale arrived first.
        return "counter_gap" if highest is not None and entry.counter_before > highest else ""

    def _return(self, entry: Entry) -> str:
        known = self.loads.get((purse_of(entry), entry.counter_before), [])
        live = next((load for load in known if not load.freed_by), None)
        if live is None:
            return "return_without_load"
        live.freed_by = entry.entry_id
        if live not in self.made:
            self.freed.append(live)
        return ""


def class_of(account: str) -> str:
    """The class of a posting account: `unloaded:0012` is of class `unloaded`."""
    return account.partition(":")[0]


def legs(entry: Entry, verdict: Verdict | None) -> tuple[Posting, ...]:
    """The postings of an entry, its doubtful legs moved to suspense, one per account."""
    moved = _MOVED.get(verdict.code, ()) if verdict else ()
    summed: dict[str, int] = {}
    for leg in postings_of(entry):
        doubtful = verdict is not None and class_of(leg.account) in moved
        account = f"suspense:{verdict.code}" if verdict and doubtful else leg.account
        summed[account] = summed.get(account, 0) + leg.fen
    return tuple(Posting(account, fen) for account, fen in sorted(summed.items()) if fen)


def per_account(postings: Iterable[Posting]) -> dict[str, int]:
    """Sums per account, in account order."""
    summed: dict[str, int] = {}
    for leg in postings:
        summed[leg.account] = summed.get(leg.account, 0) + leg.fen
    return dict(sorted(summed.items()))


def per_class(postings: Sequence[Posting]) -> dict[str, int]:
    """Sums per account class, in class order."""
    return per_account([Posting(class_of(leg.account), leg.fen) for leg in postings])
