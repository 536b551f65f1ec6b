"""The double and the real ledger hear the same facts, whatever they are, and answer alike."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest

from cardstation.domain.ledger import Entry, Order
from cardstation.errors import LedgerRefused
from cardstation.ports.ledger import Ack, Ledger
from tests.kit.facts import Chain
from tests.kit.memory_ledger import Centre as Double
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

NAMES = ("S001", "S002", "S003")
WORLDS, ROUNDS = 8, 25
KINDS = (
    "paid",
    "sealed",
    "sealed",
    "sealed",
    "returned",
    "not_loaded",
    "refunded",
    "armed",
    "arrears_paid",
)
CASH = ("cash", "order", "batch", "balance")


@dataclass
class Writer:
    """Writes facts of three stations about two meters, often about the same load."""

    dice: Random
    chains: dict[str, Chain] = field(default_factory=lambda: {one: Chain(one) for one in NAMES})
    sealed: list[Entry] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)

    def batch(self, name: str) -> list[bytes]:
        return [self._one(self.chains[name]) for _ in range(self.dice.randrange(1, 6))]

    def order(self) -> Order:
        number, lease = len(self.orders), self.dice.choice(("", *NAMES))
        made = Order(f"O{number}", "1", 3_000, 10_000, "T", 0, lease)
        self.orders.append(made)
        return made

    def _one(self, chain: Chain) -> bytes:
        if self.dice.random() < 0.03:
            return chain.put(self.dice.randbytes(8))
        kind = self.dice.choice(KINDS)
        facts = self._load(chain)
        if kind in ("returned", "not_loaded") and self.sealed and self.dice.random() < 0.9:
            owner = self.dice.choice(self.sealed[-6:])
            names = ("subject", "account_no", "maker", "card_no", "meter_no", "fen", "order_id")
            facts |= {name: getattr(owner, name) for name in names}
            facts |= {"corrects": owner.entry_id, "tender": owner.tender}
            before, after = owner.counter_before, owner.counter_after
            facts |= {"counter_before": after, "counter_after": before}
        if self.ids and self.dice.random() < 0.03:
            facts["entry_id"] = self.dice.choice(self.ids)
        raw = chain.add(kind, **facts)
        entry = Entry.from_bytes(raw)
        self.ids.append(entry.entry_id)
        self.sealed += [entry] if kind == "sealed" else []
        return raw

    def _load(self, chain: Chain) -> dict[str, Any]:
        dice = self.dice
        counter = dice.randrange(1, 5)
        if not self.subjects or dice.random() < 0.6:
            self.subjects.append(self._uuid())
        order = dice.choice(("", "", *(one.order_id for one in self.orders), "nobody's"))
        meter = dice.choice(("M1", "M1", "M2", ""))
        return {
            "entry_id": self._uuid(),
            "subject": dice.choice(self.subjects[-3:]),
            "account_no": dice.choice(("1", "1", "1", "")),
            "maker": "CS01",
            "card_no": f"C{meter}",
            "meter_no": meter,
            "counter_before": counter - dice.choice((0, 1, 1, 1)),
            "counter_after": counter,
            "fen": dice.choice((3_000, 3_000, 500)),
            "litres": 10_000,
            "order_id": order,
            "tender": "order" if order else dice.choice(CASH),
            "witness": dice.choice(("", "card", "provisional")),
            "target": dice.choice(("", "5e", "5e", "6f")),
            "origin": dice.choice(("", "", *(n for n in NAMES if n != chain.station))),
        }

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))


def said(ask: Callable[[], Ack]) -> object:
    """An answer without its nonce, which only its own ledger knows; or why there is none."""
    try:
        ack = ask()
    except LedgerRefused as error:
        return error.code, error.values
    return ack.acked_seq, ack.acked_hash, ack.exceptions, ack.totals


def sent(ledger: Ledger, batch: list[bytes]) -> object:
    return said(lambda: ledger.push(batch, ledger.head().nonce))


@pytest.mark.parametrize("seed", range(WORLDS))
def test_the_same_facts_get_the_same_answers(
    centre: Centre, seed: int, record_property: Callable[[str, object], None]
) -> None:
    dice = Random(seed)
    writer, double = Writer(dice), Double()
    real = {name: centre.station(name) for name in NAMES}
    played = {name: MemoryLedger(name, double) for name in NAMES}
    for _ in range(ROUNDS):
        name = dice.choice(NAMES)
        if dice.random() < 0.2:
            order = writer.order()
            centre.desk().post_order(order)
            double.sell_online(order)
        writer.batch(name)
        written = writer.chains[name].written
        known = played[name].head().last_seq
        first = dice.randrange(len(written)) if dice.random() < 0.2 else known
        batch = written[first:]
        assert sent(real[name], batch) == sent(played[name], batch)
    for name in NAMES:
        assert looked(real[name]) == looked(played[name])
        chain = writer.chains[name]
        assert sent(real[name], chain.written) == sent(played[name], chain.written)
        assert ends(real[name], chain) == ends(played[name], chain)
        assert replace(real[name].head(), nonce="") == replace(played[name].head(), nonce="")
    record_property("counted", {"worlds in which both ledgers answer the same:": 1})


def ends(ledger: Ledger, chain: Chain) -> list[object]:
    """A new epoch, an entry of the old one, one of the new one, and another history."""

    def granted() -> Ack:
        people = {"clerk": "li", "approver": "wang"}
        head = ledger.new_epoch(last_seq=chain.seq, last_hash=chain.last_hash, **people)
        return Ack(head.last_seq, head.last_hash, (), "", {"epoch": head.epoch})

    facts = {"entry_id": str(uuid.UUID(int=chain.seq)), "tender": "cash", "fen": 1}
    old = Chain(chain.station, seq=chain.seq, last_hash=chain.last_hash)
    new = Chain(chain.station, 2, chain.seq, chain.last_hash)
    told: list[object] = [said(granted), sent(ledger, [old.add("paid", **facts)]), said(granted)]
    told.append(sent(ledger, [new.add("epoch", **facts)]))
    other = Chain(chain.station, 2, chain.seq, chain.last_hash)
    told.append(sent(ledger, [other.add("epoch", **{**facts, "fen": 2})]))
    return [*told, said(granted)]


def looked(ledger: Ledger) -> object:
    head = ledger.head()
    facts = [ledger.loads_of(card) for card in ("CM1", "CM2", "C", "")]
    orders = ledger.orders()
    return head.epoch, head.last_seq, head.last_hash, head.status, facts, orders
