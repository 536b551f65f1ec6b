"""Reads a station's store as it grows, past the product's own code, and remembers every record."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver

from cardstation.domain.ledger import GENESIS, Entry, postings_of
from cardstation.domain.topup import mark_of
from cardstation.domain.transitions import TABLES, Direction, TopUpEvent, TopUpState

_S = TopUpState
ASKING = frozenset({_S.PAY_PENDING, _S.PAY_UNKNOWN})
CERTAIN = frozenset(TopUpState) - ASKING - {_S.QUOTED, _S.VOIDED}


class Broken(AssertionError):
    """The oracle saw what must never be."""


@dataclass(frozen=True)
class View:
    """One intent as one store knows it.

    Attributes:
        gas: Litres, or fen for a money meter. fen: What the customer gives. total: Price of it.
    """

    topup_id: str
    state: TopUpState
    direction: Direction
    corrects: str
    origin: str
    account_no: str
    mark: bytes
    gas: int
    fen: int
    total: int
    tender: str
    batch_id: str
    counter_after: int

    @property
    def owed(self) -> int:
        """What goes back when it goes back: a load taken off keeps its household's balance."""
        return self.fen if self.direction is Direction.SALE else self.total

    @property
    def at_tender(self) -> int:
        """What it must have brought to the desk's tenders by now, less what it took from them."""
        if self.tender == "batch":
            return 0
        sold = self.direction is Direction.SALE and not self.origin and self.tender != "order"
        taken = self.fen if sold and self.state in CERTAIN else 0
        return taken - (self.owed if self.state is _S.REFUNDED else 0)


@dataclass
class Watch:
    """What was seen in one store so far.

    Attributes:
        log, seq, hash, payment: How far each of its records was read.
        asked: Batch payments by id: (state, fen). sums: Postings by account class.
        hashes: Of every entry, in order. fresh: Intents that changed at the last look.
        tender: What all intents and batch payments must have brought.
    """

    folder: Path
    log: int = 0
    seq: int = 0
    hash: str = GENESIS
    payment: int = 0
    acked: tuple[int, str] = (0, GENESIS)
    views: dict[str, View] = field(default_factory=dict)
    asked: dict[str, tuple[str, int]] = field(default_factory=dict)
    hashes: list[str] = field(default_factory=list)
    sums: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    fresh: list[str] = field(default_factory=list)
    tender: int = 0
    _connection: Any = None

    def copy(self, folder: Path | None = None) -> Watch:
        """The same knowledge about a copy of the store."""
        return replace(
            self,
            folder=folder or self.folder,
            views=dict(self.views),
            asked=dict(self.asked),
            hashes=list(self.hashes),
            sums=Counter(self.sums),
            facts=Counter(self.facts),
            fresh=[],
            _connection=None,
        )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def look(self) -> None:
        """Read everything that is new and hold it against what was known."""
        self.fresh = []
        for seq, digest, raw in self._ask(
            "SELECT seq, hash, raw FROM journal WHERE seq > ? ORDER BY seq", self.seq
        ):
            self._entry(seq, digest, bytes(raw))
        for row in self._ask(_LOG, self.log):
            self._move(*row)
        for number, payment_id, state, fen in self._ask(
            "SELECT no, payment_id, state, money FROM payment_log WHERE no > ? ORDER BY no",
            self.payment,
        ):
            self.payment = number
            self.asked[payment_id] = (state, fen)
            self.tender += fen if state == "taken" else 0
            self.fresh.append(payment_id)
        for seq, digest in self._ask(
            "SELECT acked_seq, acked_hash FROM ledger_ack WHERE acked_seq > ? ORDER BY no",
            self.acked[0],
        ):
            self.acked = (seq, digest)

    def _ask(self, query: str, after: int) -> Iterator[tuple[Any, ...]]:
        if self._connection is None:
            self._connection = driver.connect(
                f"{(self.folder / 'station.db').as_uri()}?mode=ro", uri=True, isolation_level=None
            )
        found: list[tuple[Any, ...]] = self._connection.execute(query, (after,)).fetchall()
        return iter(found)

    def _entry(self, seq: int, digest: str, raw: bytes) -> None:
        entry = Entry.from_bytes(raw)
        if (entry.seq, seq, entry.prev_hash) != (self.seq + 1, self.seq + 1, self.hash):
            raise Broken(f"{self.folder.name}: the chain breaks at {seq}")
        if hashlib.sha256(raw).hexdigest() != digest:
            raise Broken(f"{self.folder.name}: entry {seq} has another hash")
        legs = postings_of(entry)
        if sum(leg.fen for leg in legs):
            raise Broken(f"{self.folder.name}: entry {seq} does not balance")
        for leg in legs:
            self.sums[leg.account.partition(":")[0]] += leg.fen
        self.facts[entry.kind.value] += entry.fen
        self.seq, self.hash = seq, digest
        self.hashes.append(digest)

    def _move(self, number: int, topup_id: str, event: str | None, state: str, *row: Any) -> None:
        self.log = number
        before = self.views.get(topup_id)
        reached = TopUpState(state)
        if before is None:
            view = _view(topup_id, reached, *row)
        else:
            move = (before.state, TopUpEvent(event or ""))
            if TABLES[before.direction].get(move) is not reached:
                raise Broken(f"{self.folder.name}: {topup_id} went {move} to {state}")
            view = replace(before, state=reached, counter_after=row[-1])
        self.tender += view.at_tender - (before.at_tender if before else 0)
        self.views[topup_id] = view
        self.fresh.append(topup_id)


_LOG = (
    "SELECT l.no, l.topup_id, l.event, l.state, t.direction, t.corrects, t.origin, t.account_no,"
    " t.quote, t.quantity, t.tender, t.batch_id, t.counter_after"
    " FROM topup_log l JOIN topup t ON t.topup_id = l.topup_id WHERE l.no > ? ORDER BY l.no"
)


def _view(topup_id: str, state: TopUpState, *row: Any) -> View:
    direction, corrects, origin, account_no, quote, quantity, tender, batch_id, counter = row
    amount: dict[str, int] = json.loads(quantity)
    price: dict[str, dict[str, int]] = json.loads(quote)
    return View(
        topup_id=topup_id,
        state=state,
        direction=Direction(direction),
        corrects=corrects,
        origin=origin,
        account_no=account_no,
        mark=mark_of(topup_id),
        gas=next(iter(amount.values())),
        fen=price["money"]["fen"],
        total=price["total"]["fen"],
        tender=tender,
        batch_id=batch_id,
        counter_after=counter,
    )
