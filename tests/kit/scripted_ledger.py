"""A ledger in memory that follows the rules of the real one: chain, replay, gap, fork."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cardstation.domain.ledger import GENESIS, Entry, EntryKind, Order, entry_hash, postings_of
from cardstation.errors import LedgerRefused
from cardstation.ports.ledger import Ack, LedgerHead


def _nothing(_name: str) -> None: ...


@dataclass
class MemoryLedger:
    """Implements `ports.ledger.Ledger`; `boundary` is told before and after each effect."""

    waiting: list[Order] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)
    boundary: Callable[[str], None] = _nothing
    order_postings: int = 0

    def head(self) -> LedgerHead:
        self.boundary("ledger.head")
        last = entry_hash(self.entries[-1]) if self.entries else GENESIS
        return LedgerHead(1, len(self.entries), last, f"n{len(self.entries)}")

    def push(self, entries: Sequence[bytes], nonce: str) -> Ack:  # noqa: ARG002
        self.boundary("ledger.send")
        for raw in entries:
            self._take(raw)
        self.boundary("ledger.receive")
        return Ack(
            len(self.entries),
            entry_hash(self.entries[-1]),
            (),
            f"n{len(self.entries)}",
            self.totals,
        )

    def loads_of(self, card_no: str) -> tuple[Entry, ...]:
        found = (Entry.from_bytes(raw) for raw in self.entries)
        wanted = (EntryKind.ARMED, EntryKind.SEALED)
        return tuple(one for one in found if one.card_no == card_no and one.kind in wanted)

    def orders(self) -> tuple[Order, ...]:
        self.boundary("ledger.orders")
        return tuple(self.waiting)

    @property
    def totals(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for raw in self.entries:
            for posting in postings_of(Entry.from_bytes(raw)):
                kind = posting.account.partition(":")[0]
                sums[kind] = sums.get(kind, 0) + posting.fen
        return sums

    def _take(self, raw: bytes) -> None:
        entry = Entry.from_bytes(raw)
        if entry.seq <= len(self.entries):
            if self.entries[entry.seq - 1] != raw:
                raise LedgerRefused("ledger_fork", station=entry.station)
            return
        last = entry_hash(self.entries[-1]) if self.entries else GENESIS
        if entry.seq != len(self.entries) + 1 or entry.prev_hash != last:
            raise LedgerRefused("ledger_gap", expected_seq=len(self.entries) + 1)
        self.entries.append(raw)
