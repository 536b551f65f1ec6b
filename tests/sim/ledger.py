"""The utility's ledger in memory: one set of books for all stations, by the referee's own rules.

Chain, replay, gap, fork and epoch follow `cardstation.central.ledger` step by step; what is read,
judged and booked is the real thing: `read_batch`, `numbered`, `may_follow`, `Judge` and `legs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cardstation.central.batch import REUSED, Sent, first_seq, numbered, read_batch
from cardstation.central.books import OF_A_CARD
from cardstation.central.heads import may_follow
from cardstation.central.judging import (
    Judge,
    Load,
    OrderState,
    Purse,
    Seal,
    Verdict,
    counts,
    legs,
    purse_of,
    undoes,
)
from cardstation.domain.ledger import (
    GENESIS,
    Entry,
    EntryKind,
    Order,
    Posting,
    order_postings,
)
from cardstation.errors import LedgerRefused
from cardstation.ports.ledger import Ack, LedgerException, LedgerHead

CENTRE = "centre"
MOST = 500


@dataclass
class Chain:
    """What the books have of one station; stands where the real ledger has a `Head`."""

    station: str
    epoch: int = 1
    epoch_from: int = 0
    last_epoch: int = 1
    status: str = "active"
    turn: int = 0
    sent: list[Sent] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    exceptions: list[LedgerException] = field(default_factory=list)
    branches: dict[str, bytes] = field(default_factory=dict)

    @property
    def nonce(self) -> str:
        return f"{self.station}-{self.turn}"

    @property
    def last_seq(self) -> int:
        return len(self.sent)

    @property
    def last_hash(self) -> str:
        return self.sent[-1].hash if self.sent else GENESIS

    def ensure_active(self) -> None:
        if self.status != "active":
            raise LedgerRefused(f"station_{self.status}", station=self.station)


@dataclass
class Posted:
    """One accepted entry with the legs it was booked by."""

    station: str
    sent: Sent
    legs: tuple[Posting, ...]
    verdict: Verdict


@dataclass
class Centre:
    """The books of all stations. `posted` is every accepted entry, in order."""

    chains: dict[str, Chain] = field(default_factory=dict)
    loads: dict[tuple[Purse, int], list[Load]] = field(default_factory=dict)
    counters: dict[Purse, set[int]] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)
    seals: dict[str, Seal] = field(default_factory=dict)
    waiting: dict[str, Order] = field(default_factory=dict)
    orders: dict[str, OrderState] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    posted: list[Posted] = field(default_factory=list)
    of_card: dict[str, list[Entry]] = field(default_factory=dict)
    balances: dict[str, int] = field(default_factory=dict)

    def enrol(self, station: str) -> None:
        self.chains[station] = Chain(station)

    def head(self, station: str) -> LedgerHead:
        chain = self.chains[station]
        known: Any = {"epoch": chain.epoch, "last_seq": chain.last_seq}
        known |= {"last_hash": chain.last_hash, "nonce": chain.nonce}
        return LedgerHead(**known, **_if_known(LedgerHead, status=chain.status))

    def push(self, station: str, entries: Sequence[bytes], nonce: str) -> Ack:
        """As `central.ledger.push`.

        Raises:
            LedgerRefused: `station_suspended`, `ledger_epoch`, `ledger_gap`, `ledger_fork`,
                `nonce_stale`, and what `read_batch` says.
        """
        chain = self.chains[station]
        read = read_batch(station, entries)
        first = first_seq(read) or chain.last_seq + 1
        if first > chain.last_seq + 1:
            raise LedgerRefused("ledger_gap", expected_seq=chain.last_seq + 1)
        place = read[0].place
        epoch = chain.last_epoch if place is None else place.epoch - place.opens_epoch
        sent = numbered(read, first, epoch)
        refused = self._other_branch(chain, sent)
        if refused is not None:
            ours = {one.hash for one in chain.sent[first - 1 : sent[-1].seq]}
            chain.branches |= {one.hash: one.raw for one in sent if one.hash not in ours}
            raise refused
        new = tuple(one for one in sent if one.seq > chain.last_seq)
        if new:
            if nonce != chain.nonce:
                raise LedgerRefused("nonce_stale")
            self._post(chain, new)
        found = tuple(one for one in chain.exceptions if one.seq >= first)
        totals = {kind: fen for kind, fen in sorted(chain.totals.items()) if fen}
        return Ack(chain.last_seq, chain.last_hash, found, chain.nonce, totals)

    def entries_after(self, station: str, seq: int) -> tuple[bytes, ...]:
        return tuple(one.raw for one in self.chains[station].sent[seq : seq + MOST])

    def new_epoch(
        self, station: str, *, last_seq: int, last_hash: str, clerk: str, approver: str
    ) -> LedgerHead:
        """As `central.acts.grant_epoch`."""
        chain = self.chains[station]
        chain.ensure_active()
        if not clerk or not approver or clerk == approver:
            raise LedgerRefused("two_persons_needed")
        if last_seq != chain.last_seq:
            raise LedgerRefused("ledger_ahead", ours=last_seq, theirs=chain.last_seq)
        if last_hash != chain.last_hash:
            raise LedgerRefused("ledger_fork", seq=last_seq)
        if chain.epoch_from != chain.last_seq + 1:
            chain.epoch, chain.epoch_from = chain.epoch + 1, chain.last_seq + 1
            chain.turn += 1
        return self.head(station)

    def loads_of(self, station: str, card_no: str) -> tuple[Entry, ...]:
        self.chains[station].ensure_active()
        return tuple(self.of_card.get(card_no, ())) if card_no else ()

    def orders_for(self, station: str) -> tuple[Order, ...]:
        self.chains[station].ensure_active()
        return tuple(
            order
            for name, order in sorted(self.waiting.items())
            if not self.orders[name].closed_by
            and order.leased_to in ("", station)
            and self.orders[name].claimed_station in ("", station)
        )

    def sell_online(self, order: Order) -> None:
        """An order was paid online: the centre books it."""
        self.waiting[order.order_id] = order
        self.orders[order.order_id] = OrderState(order.order_id, order.fen)
        self._book(CENTRE, order_postings(order))

    def _other_branch(self, chain: Chain, sent: Sequence[Sent]) -> LedgerRefused | None:
        """Why these entries are not of the history the books have, None when they are."""
        head: Any = chain
        if chain.status == "suspended":
            return LedgerRefused("station_suspended", station=chain.station)
        epoch = chain.last_epoch
        for one in sent:
            if one.seq > chain.last_seq:
                if not may_follow(head, one, epoch):
                    return LedgerRefused("ledger_epoch", expected=chain.epoch)
                epoch = one.epoch
        if any(one.epoch < chain.epoch and one.seq >= chain.epoch_from > 0 for one in sent):
            return LedgerRefused("ledger_epoch", expected=chain.epoch)
        if self._contradicts(chain, sent):
            chain.status = "suspended"
            return LedgerRefused("ledger_fork", station=chain.station)
        return None

    def _contradicts(self, chain: Chain, sent: Sequence[Sent]) -> bool:
        first = sent[0]
        if first.seq == chain.last_seq + 1:
            return first.place is not None and first.place.prev_hash != chain.last_hash
        ours = chain.sent[first.seq - 1 : sent[-1].seq]
        return any(mine.hash != theirs.hash for mine, theirs in zip(ours, sent, strict=False))

    def _post(self, chain: Chain, new: tuple[Sent, ...]) -> None:
        new = self._flag_reused(new)
        judge = self._judge([one.entry for one in new if one.entry])
        for one in new:
            verdict = Verdict(one.flaw) if one.entry is None else judge.judge(one.entry)
            booked = () if one.entry is None else legs(one.entry, verdict.suspense)
            self._book(chain.station, booked)
            if verdict.code:
                told = _if_known(LedgerException, other=verdict.other)
                chain.exceptions.append(LedgerException(one.seq, verdict.code, **told))
            self.posted.append(Posted(chain.station, one, booked, verdict))
            self.names.add(one.entry_id)
            if one.entry is not None and one.entry.kind in OF_A_CARD and one.entry.card_no:
                self.of_card.setdefault(one.entry.card_no, []).append(one.entry)
            chain.sent.append(one)
        for load in judge.made:
            self.counters.setdefault(load.purse, set()).add(load.counter)
        self.sealed.update(judge.sealed)
        self.seals.update(judge.seals)
        chain.last_epoch = new[-1].epoch
        chain.turn += 1

    def _flag_reused(self, new: tuple[Sent, ...]) -> tuple[Sent, ...]:
        seen = set(self.names)
        flagged = []
        for one in new:
            flagged.append(one.flawed(REUSED) if one.entry and one.entry_id in seen else one)
            seen.add(one.entry_id)
        return tuple(flagged)

    def _judge(self, entries: Sequence[Entry]) -> Judge:
        """A judge who knows every precedent of these entries (`central.precedents`)."""
        named = {
            one.order_id: self.orders[one.order_id]
            for one in entries
            if one.order_id in self.orders
        }
        undone = {one.corrects for one in entries if undoes(one)}
        undone |= {order.closed_by for order in named.values()}
        undone |= {self.seals[one].first for one in undone if one in self.seals}
        subjects = {one.subject for one in entries if one.kind is EntryKind.SEALED}
        undone |= {self.sealed[name] for name in subjects if name in self.sealed}
        seals = {name: self.seals[name] for name in sorted(undone) if name in self.seals}
        touched = {(purse_of(one), _counter(one)) for one in entries if counts(one)}
        touched |= {(seal.purse, seal.counter) for seal in seals.values()}
        return Judge(
            loads={key: self.loads.setdefault(key, []) for key in touched},
            highest=self._highest({purse for purse, _ in touched}),
            orders=named,
            sealed={name: self.sealed[name] for name in subjects if name in self.sealed},
            seals=seals,
        )

    def _highest(self, purses: Iterable[Purse]) -> dict[Purse, int]:
        found = {}
        for purse in purses:
            live = [
                counter
                for counter in self.counters.get(purse, ())
                if any(not load.freed_by for load in self.loads.get((purse, counter), ()))
            ]
            if live:
                found[purse] = max(live)
        return found

    def _book(self, station: str, posted: Sequence[Posting]) -> None:
        totals = self.chains[station].totals if station in self.chains else {}
        for leg in posted:
            self.balances[leg.account] = self.balances.get(leg.account, 0) + leg.fen
            kind = leg.account.partition(":")[0]
            totals[kind] = totals.get(kind, 0) + leg.fen


def _counter(entry: Entry) -> int:
    return entry.counter_after if entry.kind == EntryKind.SEALED else entry.counter_before


def _if_known(kind: Any, **fields: object) -> dict[str, Any]:
    return {name: told for name, told in fields.items() if name in kind.__dataclass_fields__}
