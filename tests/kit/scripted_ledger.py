"""A ledger in memory that follows the rules of the real one: chain, replay, gap, fork, epoch.

What is judged and booked is the real thing (`central.judging`); several lines may share it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cardstation.central.batch import REUSED, Sent, first_seq, numbered, read_batch
from cardstation.central.books import OF_A_CARD
from cardstation.central.judging import (
    Judge,
    OrderState,
    Verdict,
    counts,
    legs,
    per_class,
    purse_of,
)
from cardstation.domain.ledger import GENESIS, Entry, EntryKind, Order, Posting
from cardstation.errors import LedgerRefused
from cardstation.ports.ledger import Ack, LedgerException, LedgerHead


def _nothing(_name: str) -> None: ...


@dataclass
class MemoryLedger:
    """Implements `ports.ledger.Ledger` for one station; `boundary` is told before each effect."""

    waiting: list[Order] = field(default_factory=list)
    boundary: Callable[[str], None] = _nothing
    station: str = "S001"
    sent: list[Sent] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    branch: dict[str, bytes] = field(default_factory=dict)
    epoch: int = 1
    epoch_from: int = 0
    status: str = "active"
    resend: bool = False
    judge: Judge = field(default_factory=lambda: Judge({}, {}, {}))
    sums: dict[str, int] = field(default_factory=dict)

    @property
    def totals(self) -> dict[str, int]:
        return {kind: fen for kind, fen in sorted(self.sums.items()) if fen}

    @property
    def entries(self) -> list[bytes]:
        return [one.raw for one in self.sent]

    @property
    def last_hash(self) -> str:
        return self.sent[-1].hash if self.sent else GENESIS

    def head(self) -> LedgerHead:
        self.boundary("ledger.head")
        return self._head()

    def hurried(self) -> MemoryLedger:
        return self

    def push(self, entries: Sequence[bytes], nonce: str) -> Ack:  # noqa: ARG002
        self.boundary("ledger.send")
        read = read_batch(self.station, entries)
        first = first_seq(read) or len(self.sent) + 1
        if first > len(self.sent) + 1:
            raise LedgerRefused("ledger_gap", expected_seq=len(self.sent) + 1)
        place = read[0].place
        before = place.epoch - place.opens_epoch if place else self._last_epoch()
        sent = numbered(read, first, before)
        self._refuse_other_branch(sent)
        for one in sent[len(self.sent) + 1 - first :]:
            self._post(one)
        self.boundary("ledger.receive")
        found = enumerate(self.verdicts[first - 1 :], start=first)
        return Ack(
            acked_seq=len(self.sent),
            acked_hash=self.last_hash,
            exceptions=tuple(
                LedgerException(seq, one.code, one.other) for seq, one in found if one.code
            ),
            nonce=self._nonce(),
            totals=self.totals,
        )

    def loads_of(self, card_no: str) -> tuple[Entry, ...]:
        facts = (one.entry for one in self.sent if one.entry is not None)
        return tuple(one for one in facts if one.card_no == card_no and one.kind in OF_A_CARD)

    def entries_after(self, seq: int) -> tuple[bytes, ...]:
        self.boundary("ledger.entries")
        return tuple(self.entries[seq:][:500])

    def new_epoch(self, *, last_seq: int, last_hash: str, clerk: str, approver: str) -> LedgerHead:
        self.boundary("ledger.epoch")
        if not clerk or not approver or clerk == approver:
            raise LedgerRefused("two_persons_needed")
        if last_seq != len(self.sent):
            raise LedgerRefused("ledger_ahead", ours=last_seq, theirs=len(self.sent))
        if last_hash != self.last_hash:
            raise LedgerRefused("ledger_fork", seq=last_seq)
        if self.epoch_from != last_seq + 1:
            self.epoch, self.epoch_from = self.epoch + 1, last_seq + 1
        return self._head()

    def orders(self) -> tuple[Order, ...]:
        self.boundary("ledger.orders")
        return tuple(self.waiting)

    def _head(self) -> LedgerHead:
        return LedgerHead(
            epoch=self.epoch,
            last_seq=len(self.sent),
            last_hash=self.last_hash,
            nonce=self._nonce(),
            status=self.status,
            resend=self.resend,
        )

    def _nonce(self) -> str:
        return f"n{len(self.sent)}"

    def _last_epoch(self) -> int:
        return self.sent[-1].epoch if self.sent else 1

    def _refuse_other_branch(self, sent: tuple[Sent, ...]) -> None:
        code = f"station_{self.status}" if self.status != "active" else ""
        epoch = self._last_epoch()
        for one in sent:
            if one.seq > len(self.sent) and not code:
                opens = one.opens_epoch and one.epoch == epoch + 1 <= self.epoch
                goes_on = one.epoch == epoch == self.epoch
                code = "" if opens or goes_on else "ledger_epoch"
                epoch = one.epoch
        first, ours = sent[0], self.sent[sent[0].seq - 1 :]
        before = self.sent[first.seq - 2].hash if first.seq > 1 else GENESIS
        follows = first.place is None or first.place.prev_hash == before
        same = all(a.hash == b.hash for a, b in zip(ours, sent, strict=False))
        if not code and not (follows and same):
            code, self.status = "ledger_fork", "suspended"
        if code:
            known = {one.hash for one in self.sent}
            self.branch |= {one.hash: one.raw for one in sent if one.hash not in known}
            raise LedgerRefused(code, station=self.station, expected=self.epoch)

    def _post(self, one: Sent) -> None:
        known = {had.entry_id for had in self.sent} if one.entry else set()
        one = one.flawed(REUSED) if one.entry and one.entry_id in known else one
        verdict = Verdict(one.flaw) if one.entry is None else self._judged(one.entry)
        booked: tuple[Posting, ...] = ()
        if one.entry is not None:
            booked = legs(one.entry, verdict.suspense)
        for kind, fen in per_class(booked).items():
            self.sums[kind] = self.sums.get(kind, 0) + fen
        self.sent.append(one)
        self.verdicts.append(verdict)

    def _judged(self, entry: Entry) -> Verdict:
        """The judge knows everything; a return that frees the highest counter lowers it."""
        if entry.order_id:  # orders of tests are shown to the station, never posted
            self.judge.orders.setdefault(entry.order_id, OrderState(entry.order_id, entry.fen))
        verdict = self.judge.judge(entry)
        if entry.kind in (EntryKind.RETURNED, EntryKind.NOT_LOADED) and counts(entry):
            live = [
                counter
                for (purse, counter), known in self.judge.loads.items()
                if purse == purse_of(entry) and any(not load.freed_by for load in known)
            ]
            self.judge.highest.pop(purse_of(entry), None)
            if live:
                self.judge.highest[purse_of(entry)] = max(live)
        return verdict
