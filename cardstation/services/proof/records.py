"""Everything on file, read once, for the proofs to compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cardstation.domain.ledger import Entry, EntryKind, Order, Posting, order_postings, postings_of
from cardstation.domain.meter import CounterSchool
from cardstation.domain.receipt import Receipt
from cardstation.domain.topup import TopUp
from cardstation.errors import Value
from cardstation.services.station import Station
from cardstation.store.anchor import AnchorMark
from cardstation.store.funds import BatchPayment
from cardstation.store.journal import StoredEntry
from cardstation.store.topups import LogRow


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two records that contradict each other: what, and the facts of it."""

    code: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Records:
    """One consistent look at the whole store, and the anchor beside it."""

    stored: tuple[StoredEntry, ...]
    misfiled: frozenset[int]
    topups: tuple[TopUp, ...]
    log: tuple[LogRow, ...]
    receipts: Mapping[str, Receipt]
    payments: tuple[BatchPayment, ...]
    balances: Mapping[str, int]
    acked: tuple[int, str]
    ledger_totals: Mapping[str, int]
    shared_counters: tuple[str, ...]
    anchor: AnchorMark | None

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The facts, oldest first; those that are no entries are left to the chain's proof."""
        return tuple(entry for one in self.stored if (entry := _entry(one)) is not None)

    @cached_property
    def by_subject(self) -> Mapping[str, tuple[Entry, ...]]:
        """Facts by the top-up or payment they are about."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.subject, []).append(entry)
        return {subject: tuple(facts) for subject, facts in found.items()}


def collect_records(station: Station) -> Records:
    """Read everything in one transaction.

    Raises:
        Mishap: `store_damaged`: something on file cannot be read at all.
    """
    uncounted = {rules.code for rules in station.makers if rules.school is CounterSchool.NONE}
    with station.store.proving() as reading:
        return Records(
            stored=tuple(reading.journal.every()),
            misfiled=frozenset(reading.journal.misfiled()),
            topups=reading.topups.every(),
            log=reading.topups.log(),
            receipts=reading.receipts.every(),
            payments=reading.funds.payments(),
            balances={
                household.account_no: household.balance.fen
                for household in reading.households.every()
                if household.balance
            },
            acked=reading.outbox.acked(),
            ledger_totals=reading.outbox.totals(),
            shared_counters=tuple(
                topup_id
                for maker, topup_id in reading.topups.shared_counters()
                if maker not in uncounted
            ),
            anchor=station.store.anchor.read(),
        )


def booked(entry: Entry) -> tuple[Posting, ...]:
    """Postings of a fact as the station's books see them: a claimed order brings its money."""
    if entry.kind is EntryKind.PAID and entry.order_id:
        order = Order(entry.order_id, entry.account_no, entry.fen, entry.litres, "", 0, "")
        return order_postings(order)
    return postings_of(entry)


def _entry(stored: StoredEntry) -> Entry | None:
    try:
        return stored.entry
    except (ValueError, KeyError, TypeError):
        return None
