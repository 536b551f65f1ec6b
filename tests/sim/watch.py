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

from cardstation.domain.ledger import GENESIS, Entry, EntryKind, postings_of
from cardstation.domain.topup import mark_of
from cardstation.domain.transitions import TABLES, Direction, TopUpEvent, TopUpState
from tests.sim.books import ASKING, CERTAIN, Terms, View, terms_of


class Broken(AssertionError):
    """The oracle saw what must never be."""


@dataclass
class Watch:
    """What was seen in one store so far.

    Attributes:
        log, seq, hash, payment: How far each of its records was read.
        asked: Batch payments by id: (state, fen).
        sums: Terms of money and gas by the entries. terms: The same by the rows.
        spent: What went back or paid arrears out of batch payments: (what, payment, fen,
            own id).
        counts: Cash counted at the ends of shifts. till: Cash that the open shift should have.
        hashes: Of every entry, in order. fresh: Intents that changed at the last look.
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
    sums: Terms = field(default_factory=Counter)
    terms: Terms = field(default_factory=Counter)
    spent: list[tuple[str, str, int, str]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    till: int = 0
    fresh: list[str] = field(default_factory=list)
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
            terms=Counter(self.terms),
            spent=list(self.spent),
            counts=list(self.counts),
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
        before = self.seq
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
            if state == "taken":
                self.terms.update({"tender": fen, "unallocated": -fen})
            self.fresh.append(payment_id)
        if self.seq != before:
            self._spent(before)
        for seq, digest in self._ask(
            "SELECT acked_seq, acked_hash FROM ledger_ack WHERE acked_seq > ? ORDER BY no",
            self.acked[0],
        ):
            self.acked = (seq, digest)

    def _ask(self, query: str, *after: int) -> Iterator[tuple[Any, ...]]:
        if self._connection is None:
            self._connection = driver.connect(
                f"{(self.folder / 'station.db').as_uri()}?mode=ro", uri=True, isolation_level=None
            )
        found: list[tuple[Any, ...]] = self._connection.execute(query, after).fetchall()
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
        self._shift(entry)
        self.till += sum(leg.fen for leg in legs if leg.account == "tender:cash")
        self.sums.update(terms_of(entry))
        self.seq, self.hash = seq, digest
        self.hashes.append(digest)

    def _shift(self, entry: Entry) -> None:
        """A shift's till: its float, and the cash of every fact since; then what was counted."""
        if entry.kind is EntryKind.SHIFT_OPENED:
            self.till = entry.fen
        elif entry.kind is EntryKind.SHIFT_CLOSED:
            self.counts.append(entry.fen)
            if entry.balance_fen != entry.fen - self.till:
                raise Broken(
                    f"{self.folder.name}: over or short is {entry.balance_fen} on record,"
                    f" counted {entry.fen} of {self.till}"
                )

    def _spent(self, after: int) -> None:
        """Rows that lie beside entries: arrears paid, remainders given back, shifts closed."""
        self._charged(after)
        for what, payment_id, fen, told in self._ask(_SPENT, after, after, after):
            match what:
                case "arrears":
                    self.terms.update({"unallocated": fen, "arrears": -fen})
                case "given_back":
                    self.terms.update({"unallocated": fen, "tender": -fen})
                case _:
                    over = int(json.loads(payment_id)["over_short"]["fen"])
                    self.terms.update({"tender": over, "cash_over_short": -over})
                    continue
            self.spent.append((what, payment_id, fen, told))
            self.fresh.append(payment_id)

    def _charged(self, after: int) -> None:
        """Charges and their way back: where the money went that came for them, or is owed."""
        for charge_id, what, corrects, frozen in self._ask(_CHARGED, after):
            told = json.loads(frozen)
            if told["tender"] and not corrects and self.asked.get(charge_id, ("",))[0] != "taken":
                # Put back by what the ledger knows: its payment is a part that was lost.
                self.asked[charge_id] = ("taken", told["money"]["fen"])
                self.terms.update({"tender": told["money"]["fen"]})
                self.terms.update({"unallocated": -told["money"]["fen"]})
            fen = told["money"]["fen"] * (-1 if corrects else 1)
            source = "unallocated" if told["tender"] else "arrears"
            self.terms.update({source: fen, _EARNED[what]: -fen})
            if corrects and told["tender"]:
                self.terms.update({"unallocated": -fen, "tender": fen})
                self.spent.append(("given_back", corrects, -fen, charge_id))
                self.fresh.append(corrects)

    def _move(self, number: int, topup_id: str, event: str | None, state: str, *row: Any) -> None:
        self.log = number
        before = self.views.get(topup_id)
        reached = TopUpState(state)
        view = _view(topup_id, reached, *row)
        if before is not None:
            move = (before.state, TopUpEvent(event or ""))
            if TABLES[before.direction].get(move) is not reached:
                raise Broken(f"{self.folder.name}: {topup_id} went {move} to {state}")
            self.terms.subtract(before.terms)
        self.terms.update(view.terms)
        self.views[topup_id] = view
        self.fresh.append(topup_id)


_LOG = (
    "SELECT l.no, l.topup_id, l.event, l.state, t.direction, t.corrects, t.origin, t.account_no,"
    " t.quote, t.quantity, t.tender, t.batch_id, t.order_id,"
    " t.counter_after"
    " FROM topup_log l JOIN topup t ON t.topup_id = l.topup_id WHERE l.no > ? ORDER BY l.no"
)

_SPENT = (
    "SELECT 'arrears', payment_id, money, arrears_id FROM arrears_paid WHERE seq > ?"
    " UNION ALL SELECT 'given_back', payment_id, money, back_id FROM given_back"
    " WHERE seq > ?"
    " UNION ALL SELECT 'shift', frozen, 0, '' FROM shift_close WHERE seq > ?"
)


_CHARGED = "SELECT charge_id, what, corrects, frozen FROM charge WHERE seq > ? ORDER BY seq"
_EARNED = {"over_use": "loaded", "fee": "fee", "deposit": "balance", "arrears": "arrears"}


def _view(topup_id: str, state: TopUpState, *row: Any) -> View:
    (
        direction,
        corrects,
        origin,
        account_no,
        quote,
        quantity,
        tender,
        batch_id,
        order_id,
        counter,
    ) = row
    amount: dict[str, int] = json.loads(quantity)
    price: dict[str, Any] = json.loads(quote)
    gas = next(iter(amount.values()))
    if direction == Direction.RETURN:  # writes nothing on the card: what comes off is its quote's
        gas = price["volume"]["litres"] if price["volume"] else price["total"]["fen"]
    return View(
        topup_id=topup_id,
        state=state,
        direction=Direction(direction),
        corrects=corrects,
        origin=origin,
        account_no=account_no,
        mark=mark_of(topup_id),
        gas=gas,
        fen=price["money"]["fen"],
        total=price["total"]["fen"],
        tender=tender,
        batch_id=batch_id,
        order_id=order_id,
        counter_after=counter,
    )


__all__ = ["ASKING", "CERTAIN", "Broken", "View", "Watch"]
