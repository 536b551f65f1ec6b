"""Judges accepted facts against what other stations said: who owns a load, which order is whose.

A conflict never refuses a fact, for the gas is already on the card: it is an exception for a
human, and where it puts revenue or a liability in doubt that leg goes to suspense. What undoes a
doubtful fact goes against the same suspense, so that suspense is explained to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cardstation.central.collected import Collected, collected_by
from cardstation.central.legs import AGAIN, FALSE_SEAL, MOVED, class_of
from cardstation.central.replaced import Replaced
from cardstation.domain.ledger import PROVISIONAL, Entry, EntryKind, postings_of
from cardstation.domain.payment import GIVEN, Tender

SALE, MAKE_UP = "sale", "make_up"


class Purse(NamedTuple):
    """What counts purchases: one meter and one generation of its card (R9)."""

    maker: str
    meter_no: str
    generation: int


@dataclass(slots=True)
class Load:
    """One row of `card_load`; live until a return frees it.

    Attributes:
        look: Of its seal, see `domain.ledger.Entry.target`; empty when nobody knows.
    """

    purse: Purse
    counter: int
    load_no: int
    entry_id: str
    freed_by: str = ""
    cause: str = SALE
    look: str = ""


@dataclass(slots=True)
class Seal:
    """A sealed fact that another may undo.

    Attributes:
        suspense: Where its doubtful legs went, empty when none did.
        load: Id of the load.
        first: The seal of the same load that came before it; undoing this one undoes that one.
        undone: A return or a correction has taken it back.
        look: As of a `Load`.
    """

    entry_id: str
    purse: Purse
    counter: int
    suspense: str
    undone: bool = False
    first: str = ""
    look: str = ""
    load: str = ""


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
    """What the books make of one entry.

    Attributes:
        code: The exception it is for a human, empty when it is none.
        suspense: Doubtful legs go to `suspense:<this>`, empty when none do.
        other: entry_id of the fact that stands against it, empty when none does; of a
            `counter_gap` the evidence, SHA-256 of the card's image that shows its counter.
    """

    code: str = ""
    suspense: str = ""
    other: str = ""


SOUND = Verdict()
_OF_ACCOUNTS = frozenset(
    {
        *(EntryKind.PAID, EntryKind.SEALED, EntryKind.REFUNDED),
        *(EntryKind.CHARGED, EntryKind.PAID_OUT, EntryKind.ACCOUNT_CLOSED, EntryKind.CARRIED),
    }
)


def purse_of(entry: Entry) -> Purse:
    """The purse of an entry; a card whose meter is not known yet counts for itself."""
    return Purse(entry.maker, entry.meter_no or f"card {entry.card_no}", entry.generation)


def counts(entry: Entry) -> bool:
    """Whether an entry moves a purchase counter (makers without one are never idempotent)."""
    moved = entry.kind in (EntryKind.SEALED, EntryKind.RETURNED)
    return moved and entry.counter_after != entry.counter_before


def undoes(entry: Entry) -> bool:
    """Whether an entry takes back a sealed one that it names."""
    return bool(entry.corrects) and entry.kind in (EntryKind.RETURNED, EntryKind.NOT_LOADED)


@dataclass(slots=True)
class Judge:
    """Takes entries in order and keeps what they change.

    Attributes:
        loads: Every known load of the counters these entries touch.
        highest: Highest live counter of each purse before these entries.
        orders: The orders these entries name.
        sealed: The first sealed entry of each subject these entries seal, but for one that was
            given for another desk's load.
        seals: The sealed entries that these entries may undo, by entry_id.
        collected: Arrears collected before from the households these entries collect from.
        replaced: Which cards took the place of others before these entries.
        closed: Account → the entry that closed it, where nothing was loaded for it since.
        made: New loads. freed: loads that a return freed.
    """

    loads: dict[tuple[Purse, int], list[Load]]
    highest: dict[Purse, int]
    orders: dict[str, OrderState]
    sealed: dict[str, str] = field(default_factory=dict)
    seals: dict[str, Seal] = field(default_factory=dict)
    collected: dict[str, list[Collected]] = field(default_factory=dict)
    replaced: Replaced = field(default_factory=Replaced)
    closed: dict[str, str] = field(default_factory=dict)
    made: list[Load] = field(default_factory=list)
    freed: list[Load] = field(default_factory=list)

    def judge(self, entry: Entry) -> Verdict:
        """What the books make of an entry.

        A load sealed before outranks all: it changes nothing any more. A double load or an order
        loaded twice outranks a gap: the first puts money in doubt, the second only says that an
        entry is still missing.
        """
        if entry.kind is EntryKind.SEALED:
            self.closed.pop(entry.account_no, "")
            return self._sealed(entry)
        if entry.kind is EntryKind.ACCOUNT_CLOSED:
            return _verdict(entry, [(self._account(entry), ""), self._closed(entry)])
        if undoes(entry):
            return self._undone(entry)
        if entry.kind is EntryKind.ARREARS_PAID:
            return _verdict(entry, [self._arrears(entry)])
        if entry.kind in (EntryKind.ARMED, EntryKind.CARD_ARMED, EntryKind.CARD_GIVEN_UP):
            if entry.corrects or entry.kind is not EntryKind.ARMED:
                self.replaced.note(entry)
            return SOUND
        found = [(self._account(entry), ""), (self._order(entry), "")]
        if entry.kind is EntryKind.RETURNED and counts(entry):
            found.append((self._return(entry), ""))
        return _verdict(entry, found)

    def _sealed(self, entry: Entry) -> Verdict:
        first = self.sealed.get(entry.subject, entry.entry_id)
        if first != entry.entry_id:
            verdict = Verdict("sealed_before", "sealed_before", first)
        else:
            found = [(self._account(entry), ""), (self._order(entry), "")]
            found += [self._load(entry)] if counts(entry) else []
            newer = self.replaced.newer(entry)
            found += [("loaded_on_old_card", newer)] if newer else []
            verdict = _verdict(entry, found)
            if verdict.code != FALSE_SEAL:
                self.sealed[entry.subject] = first
        self.seals[entry.entry_id] = Seal(
            entry.entry_id,
            purse_of(entry),
            entry.counter_after,
            verdict.suspense,
            first="" if first == entry.entry_id else first,
            look=entry.target,
            load=entry.subject,
        )
        return verdict

    def _undone(self, entry: Entry) -> Verdict:
        seal = self.seals.get(entry.corrects)
        if seal is None or seal.undone:
            return Verdict("return_without_load", "return_without_load", entry.corrects)
        if entry.kind is EntryKind.RETURNED:
            # The gas is off the card, whichever desk's seal stands for it, and only once.
            first = self.seals.get(seal.first, seal)
            if first.undone or any(one.freed_by for one in self._loads_of(first)):
                return Verdict("return_without_load", "return_without_load", first.entry_id)
            seal.undone = True
            seal = first
        seal.undone = True
        verdict = self._taken_off(entry, seal)
        again = self.replaced.newer(entry, seal.load)
        if entry.kind is EntryKind.RETURNED and again and not verdict.suspense:
            return Verdict(AGAIN, AGAIN, again)
        return verdict

    def _taken_off(self, entry: Entry, seal: Seal) -> Verdict:
        """The load of a seal is off its card: its counter is free, whoever else sealed it."""
        for own in self._loads_of(seal):
            self._free(own, entry)
        known = self.loads.get((seal.purse, seal.counter), [])
        same = [one for one in known if not one.freed_by and _looks_like(one, seal.look)]
        if entry.kind is EntryKind.RETURNED and seal.suspense == FALSE_SEAL and same:
            # Who only took the owner's load for theirs has taken it off the card all the same.
            self._free(same[0], entry)
            return Verdict(FALSE_SEAL, seal.suspense, same[0].entry_id)
        return Verdict(suspense=seal.suspense)

    def _loads_of(self, seal: Seal) -> list[Load]:
        known = self.loads.get((seal.purse, seal.counter), [])
        return [one for one in known if one.entry_id == seal.entry_id]

    def _arrears(self, entry: Entry) -> tuple[str, str]:
        """No more is collected on a figure than it says, whichever desks collect."""
        known = self.collected.setdefault(entry.account_no, [])
        # A figure cannot know of what was collected on its own day or later.
        since = [one for one in known if one.day >= entry.witness]
        known.append(collected_by(entry))
        owed = entry.balance_fen or entry.fen
        if entry.corrects:
            return "", ""
        if not since or sum(one.fen for one in since) + entry.fen <= owed:
            return "", ""
        return "arrears_paid_before", max(since, key=lambda one: (one.day, one.entry_id)).entry_id

    def _closed(self, entry: Entry) -> tuple[str, str]:
        """What one meter holds is paid back once, whichever desk closes the account."""
        first = self.closed.setdefault(entry.account_no, entry.entry_id)
        return ("", "") if first == entry.entry_id else ("account_closed_before", first)

    @staticmethod
    def _account(entry: Entry) -> str:
        if entry.account_no:
            return ""
        return "account_missing" if entry.kind in _OF_ACCOUNTS else ""

    def _order(self, entry: Entry) -> str:
        if not entry.order_id or entry.tender in GIVEN:
            return ""
        if entry.kind not in (EntryKind.PAID, EntryKind.SEALED, EntryKind.REFUNDED):
            return ""
        order = self.orders.get(entry.order_id)
        if order is None:
            return "order_unknown"
        owner = (order.claimed_station, order.claimed_subject)
        mine = owner in (("", ""), (entry.origin or entry.station, entry.subject))
        if entry.kind is EntryKind.PAID:
            if not mine or order.closed_by:
                return "order_claimed_twice"
            order.claimed_station, order.claimed_subject = entry.station, entry.subject
            order.changed = True
            return ""
        given_back = entry.kind is EntryKind.REFUNDED and self._taken_back(order)
        if not given_back and (order.closed_by or not mine):
            return "order_loaded_twice"
        order.closed_by, order.changed = entry.entry_id, True
        return "order_amount_differs" if entry.fen != order.fen else ""

    def _taken_back(self, order: OrderState) -> bool:
        """Whether what closed an order was undone: then its money may be paid back."""
        closing = self.seals.get(order.closed_by)
        return closing is not None and closing.undone

    def _load(self, entry: Entry) -> tuple[str, str]:
        purse, counter = purse_of(entry), entry.counter_after
        known = self.loads.setdefault((purse, counter), [])
        owner = next((load for load in known if not load.freed_by), None)
        if owner is not None and entry.tender == Tender.MAKE_UP and entry.witness != PROVISIONAL:
            # Two people found that the meter never took it: its counter is repeated (R9).
            again = Load(
                purse, counter, len(known), entry.entry_id, cause=MAKE_UP, look=entry.target
            )
            known.append(again)
            self.made.append(again)
            return "", ""
        if owner is not None:
            unsure = PROVISIONAL in (entry.witness, owner.cause)
            return (FALSE_SEAL if unsure else "double_load"), owner.entry_id
        gone = _seen_of(entry, known)
        if gone is not None:
            return FALSE_SEAL, gone.entry_id
        cause = PROVISIONAL if entry.witness == PROVISIONAL else SALE
        load = Load(purse, counter, len(known), entry.entry_id, cause=cause, look=entry.target)
        known.append(load)
        self.made.append(load)
        highest = self.highest.get(purse)
        self.highest[purse] = max(counter, highest or counter)
        # Counters below the highest fill a hole: another station's sale arrived first.
        gap = highest is not None and entry.counter_before > highest
        return ("counter_gap", entry.proof) if gap else ("", "")

    def _return(self, entry: Entry) -> str:
        """A return that names no load: the live load of its counter."""
        known = self.loads.get((purse_of(entry), entry.counter_before), [])
        live = next((load for load in known if not load.freed_by), None)
        if live is None:
            return "return_without_load"
        self._free(live, entry)
        return ""

    def _free(self, load: Load, entry: Entry) -> None:
        load.freed_by = entry.entry_id
        if load not in self.made:
            self.freed.append(load)


def _seen_of(entry: Entry, known: Sequence[Load]) -> Load | None:
    """The load that a desk saw on its card and took for its own, and that was taken back since.

    What looks the same was one load, for one of its two seals says that it was only seen. A load
    that was really sold anew with the freed counter looks different.
    """
    for load in reversed(known):
        unsure = PROVISIONAL in (entry.witness, load.cause)
        if unsure and _looks_like(load, entry.target):
            return load
    return None


def _looks_like(load: Load, look: str) -> bool:
    return bool(look) and load.look == look


def _verdict(entry: Entry, found: Iterable[tuple[str, str]]) -> Verdict:
    conflicts = [(code, other) for code, other in found if code]
    if not conflicts:
        return SOUND
    code, other = min(conflicts, key=lambda one: one[0] not in MOVED)
    moves = any(class_of(leg.account) in MOVED.get(code, ()) for leg in postings_of(entry))
    return Verdict(code, code if moves else "", other)
