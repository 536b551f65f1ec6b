"""The utility's ledger in memory: the one double of the real one, under the same contract.

What decides is the product's: a batch is read, placed, compared, judged and booked by the functions
of `cardstation.central`. Only what PostgreSQL does there is done here by lists and dictionaries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import NoReturn, TypeVar

from cardstation.central.batch import MOST_ENTRIES, Sent, first_seq, read_batch
from cardstation.central.books import MOST_LOADS, OF_A_CARD
from cardstation.central.contact import keeps_nothing_back
from cardstation.central.following import flag_reused, news, other_branch, placed, refuse_epoch
from cardstation.central.heads import refuse_inactive
from cardstation.central.judging import Judge, OrderState, Purse, Verdict, counts, purse_of
from cardstation.central.legs import class_of, legs
from cardstation.domain.batch_id import ids_of
from cardstation.domain.board_told import BoardTold
from cardstation.domain.ledger import TAIL_LOST, Entry, Order, Posting, order_postings
from cardstation.domain.order_lease import (
    as_it_stands,
    freed,
    heard_out,
    in_doubt,
    leased,
    why_held,
)
from cardstation.domain.seal_number import read_seal
from cardstation.errors import LedgerRefused, Refusal
from cardstation.ports.ledger import Ack, LedgerException, LedgerHead, SignedGrant
from tests.kit.memory_chain import Chain, Posted, under_seals
from tests.kit.memory_grants import MemoryGrants

CENTRE = "centre"
AUTUMN = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

Answer = TypeVar("Answer")


def _knows_all() -> Judge:
    return Judge({}, {}, {})


@dataclass
class Centre:
    """The books of all stations.

    Attributes:
        judge: Never forgets, so that it knows every precedent.
        counters: Every counter of a purse that was ever loaded.
        sold: Orders as they were posted. held: The same with who holds them until when.
        now: The centre's own clock.
        posted: Every accepted entry, in order.
        told: What stations said for the board. heard: Until when, by station.
        invoices: Number of the invoice that stands for a receipt.
    """

    chains: dict[str, Chain] = field(default_factory=dict)
    judge: Judge = field(default_factory=_knows_all)
    counters: dict[Purse, set[int]] = field(default_factory=dict)
    sold: dict[str, Order] = field(default_factory=dict)
    held: dict[str, Order] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: AUTUMN
    names: set[str] = field(default_factory=set)
    posted: list[Posted] = field(default_factory=list)
    of_card: dict[str, list[Entry]] = field(default_factory=dict)
    balances: dict[str, int] = field(default_factory=dict)
    told: list[BoardTold] = field(default_factory=list)
    heard: dict[str, datetime] = field(default_factory=dict)
    grants: MemoryGrants = field(default_factory=MemoryGrants)
    invoices: dict[str, str] = field(default_factory=dict)

    @property
    def orders(self) -> dict[str, OrderState]:
        return self.judge.orders

    def enrol(self, station: str) -> None:
        self.chains[station] = Chain(station, self.now())

    def head(self, station: str) -> LedgerHead:
        chain, head = self.chains[station], self.chains[station].head
        chain.heard_at = self.now()
        resend = chain.rewind == (head.last_seq, head.last_hash)
        return LedgerHead(
            head.epoch, head.last_seq, head.last_hash, head.nonce, head.status, resend
        )

    def grant(self, station: str, key: bytes, said: Mapping[str, str]) -> SignedGrant | None:
        """As `central.granting.grant_for`."""
        return self.grants.told(self.chains[station].head, key, said, self.now())

    def push(self, station: str, entries: Sequence[bytes], nonce: str) -> Ack:
        """As `central.ledger.push`."""
        chain = self.chains[station]
        chain.heard_at = self.now()
        head = chain.head
        if head.status == "revoked":
            refuse_inactive(head)
        read = read_batch(station, entries)
        sent = placed(head, read, first_seq(read) or chain.known_at(read[0]))
        ours = chain.hashes_at(sent)
        refused = other_branch(head, sent, ours)
        if refused is not None:
            if refused.code == "ledger_fork":
                chain.status = "suspended"
            chain.branches |= {one.hash: one.raw for one in sent if ours.get(one.seq) != one.hash}
            raise refused
        new = news(head, sent, nonce)
        if new:
            self._post(chain, flag_reused(new, self.names))
        found = tuple(one for one in chain.exceptions if one.seq >= sent[0].seq)
        return Ack(chain.last_seq, chain.last_hash, found, chain.head.nonce, chain.totals)

    def entries_after(self, station: str, seq: int) -> tuple[bytes, ...]:
        return tuple(one.raw for one in self.chains[station].sent[seq : seq + MOST_ENTRIES])

    def new_epoch(
        self, station: str, *, last_seq: int, last_hash: str, clerk: str, approver: str
    ) -> LedgerHead:
        """As `central.acts.grant_epoch`."""
        chain = self.chains[station]
        head = chain.head
        refuse_inactive(head)
        refuse_epoch(head, last_seq=last_seq, last_hash=last_hash, clerk=clerk, approver=approver)
        if chain.epoch_from != head.last_seq + 1:
            chain.epoch, chain.epoch_from = chain.epoch + 1, head.last_seq + 1
            chain.turn += 1
        return self.head(station)

    def loads_of(self, station: str, card_no: str) -> tuple[Entry, ...]:
        refuse_inactive(self.chains[station].head)
        return tuple(self.of_card.get(card_no, ())[-MOST_LOADS:])

    def invoice_of(self, station: str, receipt_no: str) -> str:
        refuse_inactive(self.chains[station].head)
        return self.invoices.get(receipt_no, "")

    def bag_steps(self, station: str, seal_no: str) -> tuple[Entry, ...]:
        """As `central.books.bag_steps`."""
        refuse_inactive(self.chains[station].head)
        try:
            _, short = read_seal(seal_no)
        except Refusal:
            return ()
        steps = [
            (one.station, entry)
            for one in self.posted
            if (entry := one.sent.entry) and entry.kind == "batch"
            if entry.subject in ids_of(short, one.station)
        ]
        whose = {name for name, entry in steps if seal_no in entry.detail}
        own = tuple(entry for name, entry in steps if name in whose)
        return own + under_seals(self.posted, seal_no, seal_no)

    def sealed_hand_overs(self, station: str, first: str, last: str) -> tuple[Entry, ...]:
        """As `central.books.sealed_hand_overs`."""
        refuse_inactive(self.chains[station].head)
        return under_seals(self.posted, first, last)

    def orders_for(self, station: str, *, heard: bool = False) -> tuple[Order, ...]:
        """As `central.orders.orders_for`; heard: after `central.orders.end_leases`."""
        refuse_inactive(self.chains[station].head)
        self.chains[station].heard_at = self.now()
        if heard:
            for name, order in self.held.items():
                if not self.orders[name].closed_by:
                    lost = self.chains[station].lost_at
                    self.held[name] = heard_out(order, station, self.now(), lost)
        return tuple(
            self.standing(order)
            for name, order in sorted(self.held.items())
            if self._waits(name, station)
        )

    def standing(self, order: Order) -> Order:
        """As `central.holders.standing`."""
        stopped = [one.station for one in self.chains.values() if one.status == "revoked"]
        return as_it_stands(order, self.now(), stopped)

    def lease_order(self, station: str, order_id: str) -> Order:
        """As `central.orders.lease_order`."""
        order = self._waiting(station, order_id)
        if order.leased_to not in ("", station) or self._in_doubt(order):
            self._refuse(order)
        self.held[order_id] = leased(order, station, self.now())
        return self.held[order_id]

    def release_order(self, station: str, order_id: str) -> Order:
        """As `central.orders.release_order`."""
        order = self._waiting(station, order_id)
        if order.leased_to == station and self._in_doubt(order):
            self._refuse(order)
        self.held[order_id] = freed(order) if order.leased_to == station else order
        return self.held[order_id]

    def tell_board(self, station: str, told: BoardTold) -> datetime | None:
        """As `central.boards.take_board`."""
        refuse_inactive(self.chains[station].head)
        self.told.append(told)
        if told.until is not None:
            self.heard[station] = told.until
        return self.heard.get(station)

    def _in_doubt(self, order: Order) -> bool:
        """As `central.holders.is_in_doubt`."""
        holder = self.chains.get(order.leased_to)
        return in_doubt(order, holder and holder.lost_at)

    def _refuse(self, order: Order) -> NoReturn:
        """As `central.holders.refused_for`."""
        holder = self.chains.get(order.leased_to)
        lost = holder and holder.lost_at
        code, said = why_held(order, self.now(), holder and holder.heard_at, lost)
        raise LedgerRefused(code, **said)

    def _waiting(self, station: str, order_id: str) -> Order:
        refuse_inactive(self.chains[station].head)
        if order_id not in self.held or not self._waits(order_id, station):
            raise LedgerRefused("order_not_waiting", order_id=order_id)
        return self.standing(self.held[order_id])

    def _waits(self, order_id: str, station: str) -> bool:
        state = self.orders[order_id]
        return not state.closed_by and state.claimed_station in ("", station)

    def sell_online(self, order: Order) -> None:
        """As `central.orders.post_order`."""
        had = self.sold.setdefault(order.order_id, order)
        if had != order:
            raise LedgerRefused("order_differs", order_id=order.order_id)
        self.held.setdefault(order.order_id, order)
        if order.order_id not in self.orders:
            self.orders[order.order_id] = OrderState(order.order_id, order.fen)
            self._book(CENTRE, order_postings(order))

    def bind_order(self, order_id: str, new: Order) -> None:
        """As `central.order_changes.bind_order`, whose number is told."""
        old = self.sold[order_id]
        self._book(CENTRE, [Posting(leg.account, -leg.fen) for leg in order_postings(old)])
        self.orders[order_id].closed_by = f"withdrawn {order_id}"
        self.sell_online(new)

    def back_from_backup(self, station: str, seq: int) -> None:
        """The books lost what follows one station's entry."""
        self.back_to([one for one in self.posted if one.station != station or one.sent.seq <= seq])

    def back_to(self, kept: Sequence[Posted]) -> None:
        """The books are an older copy of themselves; no number they gave out comes again."""
        old = Centre(held=self.held, now=self.now, grants=self.grants)
        for name, chain in self.chains.items():
            old.enrol(name)
            old.chains[name].turn = chain.turn
        for order in self.sold.values():
            old.sell_online(order)
        for one in kept:
            old._post(old.chains[one.station], (one.sent,))
        vars(self).update(vars(old))

    def ask_again(self, station: str) -> None:
        """Two people order a station to send again what follows the end of its chain here."""
        chain = self.chains[station]
        chain.rewind = chain.last_seq, chain.last_hash

    def _post(self, chain: Chain, new: Sequence[Sent]) -> None:
        judge = self.judge
        judge.made.clear()
        judge.freed.clear()
        self._highest([one.entry for one in new if one.entry])
        for one in new:
            verdict = Verdict(one.flaw) if one.entry is None else judge.judge(one.entry)
            booked = () if one.entry is None else legs(one.entry, verdict.suspense)
            self._book(chain.station, booked)
            if verdict.code:
                chain.exceptions.append(LedgerException(one.seq, verdict.code, verdict.other))
            self.posted.append(Posted(chain.station, one, booked, verdict))
            self.names.add(one.entry_id)
            if one.entry is not None and one.entry.witness == TAIL_LOST:
                chain.lost_at = self.now()
            if one.entry is not None and one.entry.kind in OF_A_CARD and one.entry.card_no:
                self.of_card.setdefault(one.entry.card_no, []).append(one.entry)
            chain.sent.append(one)
        for load in judge.made:
            self.counters.setdefault(load.purse, set()).add(load.counter)
        chain.turn += 1

    def _highest(self, entries: Sequence[Entry]) -> None:
        """The highest live counter of each purse, as it was before these entries."""
        for purse in {purse_of(one) for one in entries if counts(one)}:
            self.judge.highest.pop(purse, None)
            live = [
                counter
                for counter in self.counters.get(purse, ())
                if any(not load.freed_by for load in self.judge.loads[purse, counter])
            ]
            if live:
                self.judge.highest[purse] = max(live)

    def _book(self, station: str, posted: Sequence[Posting]) -> None:
        sums = self.chains[station].sums if station in self.chains else {}
        for leg in posted:
            self.balances[leg.account] = self.balances.get(leg.account, 0) + leg.fen
            kind = class_of(leg.account)
            sums[kind] = sums.get(kind, 0) + leg.fen


def _nothing(_name: str) -> None: ...


@dataclass
class MemoryLedger:
    """One station's line to the books; implements `ports.ledger.Ledger`.

    Attributes:
        boundary: Told before each message, by name; may raise.
        news: As of `sync.http_ledger.HttpLedger`.
        key: The public key of the station that asks.
    """

    station: str = "S001"
    centre: Centre = field(default_factory=Centre)
    boundary: Callable[[str], None] = _nothing
    news: Callable[[], Mapping[str, str]] = dict
    key: bytes = bytes(32)

    def __post_init__(self) -> None:
        if self.station not in self.centre.chains:
            self.centre.enrol(self.station)

    @property
    def chain(self) -> Chain:
        return self.centre.chains[self.station]

    def carry(self, name: str, ask: Callable[[], Answer]) -> Answer:
        """Bring one message there and its answer back; whatever hinders it stands here."""
        self.boundary(name)
        return ask()

    def head(self) -> LedgerHead:
        return self.carry("ledger.head", self._head)

    def _head(self) -> LedgerHead:
        grant = self.centre.grant(self.station, self.key, self.news())
        return replace(self.centre.head(self.station), grant=grant)

    def hurried(self) -> MemoryLedger | None:
        return self

    def push(self, entries: Sequence[bytes], nonce: str) -> Ack:
        return self.carry("ledger.push", lambda: self.centre.push(self.station, entries, nonce))

    def loads_of(self, card_no: str) -> tuple[Entry, ...]:
        return self.carry("ledger.loads", lambda: self.centre.loads_of(self.station, card_no))

    def bag_steps(self, seal_no: str) -> tuple[Entry, ...]:
        return self.carry("ledger.bag", lambda: self.centre.bag_steps(self.station, seal_no))

    def invoice_of(self, receipt_no: str) -> str:
        return self.carry(
            "ledger.invoice", lambda: self.centre.invoice_of(self.station, receipt_no)
        )

    def sealed_hand_overs(self, first: str, last: str) -> tuple[Entry, ...]:
        asked = partial(self.centre.sealed_hand_overs, self.station, first, last)
        return self.carry("ledger.bags", asked)

    def orders(self) -> tuple[Order, ...]:
        heard = keeps_nothing_back(self.news())
        return self.carry(
            "ledger.orders", lambda: self.centre.orders_for(self.station, heard=heard)
        )

    def lease_order(self, order_id: str) -> Order:
        return self.carry("ledger.lease", lambda: self.centre.lease_order(self.station, order_id))

    def release_order(self, order_id: str) -> Order:
        return self.carry(
            "ledger.release", lambda: self.centre.release_order(self.station, order_id)
        )

    def tell_board(self, told: BoardTold) -> datetime | None:
        return self.carry("ledger.board", lambda: self.centre.tell_board(self.station, told))

    def entries_after(self, seq: int) -> tuple[bytes, ...]:
        return self.carry("ledger.entries", lambda: self.centre.entries_after(self.station, seq))

    def new_epoch(self, *, last_seq: int, last_hash: str, clerk: str, approver: str) -> LedgerHead:
        said = {"last_hash": last_hash, "clerk": clerk, "approver": approver}
        return self.carry(
            "ledger.epoch",
            lambda: self.centre.new_epoch(self.station, last_seq=last_seq, **said),
        )
