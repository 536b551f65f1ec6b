"""Many stations push at once under a hostile network and a database that is killed in commits.

The service runs in its own process over a real PostgreSQL. Requests are doubled, sent too early,
sent again late, and cut after they left; backends are ended while they work. At the end nothing
may be lost or doubled.
"""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import Engine, create_engine, func, insert, select, text

from cardstation.central import proving
from cardstation.central.centre_key import load_or_create_centre_key
from cardstation.central.embedded import OWNER, EmbeddedPostgres
from cardstation.central.engine import open_engine
from cardstation.central.process import CentralProcess
from cardstation.central.serve import embedded_postgres, key_file_in
from cardstation.central.tables import balances, journal, postings, stations
from cardstation.domain.ids import CHANCE_BITS, id_at
from cardstation.domain.ledger import GENESIS, entry_hash
from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.ports.ledger import Ack
from cardstation.sync.http_ledger import HttpLedger
from cardstation.sync.trust import trusted
from tests.kit.facts import Chain
from tests.kit.made_cluster import begin_cluster
from tests.kit.postgres import TestKey, TestPin

STATIONS = 50
FEN = 3_000
PATIENCE = 200
_BEGAN = datetime(2026, 11, 2, tzinfo=UTC)
KINDS = ("paid", "armed", "sealed")

KILL = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'cardstation_service'"
    " AND state = 'active' ORDER BY query <> 'COMMIT', random() LIMIT 1"
)


@dataclass
class Figures:
    """What a run did, and what the books hold after it."""

    entries: int
    seconds: float = 0.0
    proof_seconds: float = 0.0
    events: Counter[str] = field(default_factory=Counter)
    held: int = 0
    distinct: int = 0
    sum_fen: int = -1
    sold_fen: int = 0
    whole_chains: int = 0
    wrong: tuple[str, ...] = ()

    @property
    def per_second(self) -> int:
        return round(self.entries / self.seconds)

    @property
    def reordered(self) -> int:
        """Requests that came out of order: before what they follow, or again after it."""
        return self.events["sent too early"] + self.events["late copies"]

    @property
    def told(self) -> dict[str, int]:
        """The figures for people."""
        return {
            "entries": self.entries,
            "seconds": round(self.seconds),
            "entries a second": self.per_second,
            "seconds of proof": round(self.proof_seconds),
            **self.events,
            "reordered": self.reordered,
            "lost": self.entries - self.distinct,
            "doubled": self.held - self.distinct,
            "sum of postings": self.sum_fen,
            "chains whole": self.whole_chains,
            "wrong": len(self.wrong),
        }

    @property
    def sound(self) -> bool:
        """Nothing lost, nothing doubled, in balance, every chain whole."""
        facts = (self.held, self.distinct, self.sum_fen, self.whole_chains, self.wrong)
        sold = -FEN * (self.entries // len(KINDS))
        return facts == (self.entries, self.entries, 0, STATIONS, ()) and self.sold_fen == sold


class Facts:
    """A station's entries, made when they are needed: real chains out of three templates."""

    def __init__(self, name: str, count: int, batch: int) -> None:
        self.name, self.count, self._batch = name, count, batch
        self._seq, self.last = 0, GENESIS
        self._made: list[tuple[str, bytes]] = []
        self._templates = []
        for kind in KINDS:
            raw = Chain(name).draft(
                kind,
                entry_id="@id",
                subject="@subject",
                account_no="@account",
                card_no="C@account",
                meter_no="M@account",
                maker="CS01",
                counter_before=1,
                counter_after=2,
                fen=FEN,
                litres=10_000,
                tariff="residential 2026-01-01",
                tiers=((1, 10_000, FEN),),
                tender="cash",
                proof="ab" * 32,
            )
            self._templates.append(raw.replace(GENESIS.encode(), b"@prev"))
        self._dice = random.Random(name)

    def since(self, seq: int) -> list[bytes]:
        """The batch that follows an entry; what is acknowledged long ago is forgotten."""
        while self._seq < min(seq + 2 * self._batch, self.count):
            self._make()
        start = seq - (self._seq - len(self._made))
        return [raw for _, raw in self._made[start : start + self._batch]]

    def forget(self, seq: int) -> None:
        first = self._seq - len(self._made)
        del self._made[: max(0, seq - first - 2 * self._batch)]

    def _make(self) -> None:
        sale, step = divmod(self._seq, len(KINDS))
        self._seq += 1
        account = f"{self.name}{sale:08d}"
        moment = _BEGAN + timedelta(seconds=self._seq)
        made = id_at(moment, self._dice.getrandbits(CHANCE_BITS))
        raw = self._templates[step].replace(b"@account", account.encode())
        raw = raw.replace(b'"seq":1,', b'"seq":%d,' % self._seq).replace(
            b"@prev", self.last.encode()
        )
        raw = raw.replace(b"@id", made.encode()).replace(b"@subject", b"T" + account.encode())
        self.last = entry_hash(raw)
        self._made.append((self.last, raw))


class Cutting(httpx.BaseTransport):
    """Cuts the wire after a request has left, when it is told to."""

    def __init__(self) -> None:
        self.cut = False
        self._wire = httpx.HTTPTransport(verify=trusted())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self.cut:
            return self._wire.handle_request(request)
        self.cut = False
        head = f"{request.method} {request.url.raw_path.decode()} HTTP/1.1\r\n"
        lines = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        with socket.create_connection((request.url.host, request.url.port or 80)) as wire:
            wire.sendall((head + lines + "\r\n").encode() + request.read())
        raise httpx.ReadError("cut")

    def close(self) -> None:
        self._wire.close()


@dataclass
class Pusher:
    """One station: pushes all its facts, whatever happens to its requests."""

    ledger: HttpLedger
    wire: Cutting
    facts: Facts
    dice: random.Random
    events: Counter[str]

    def run(self) -> None:
        left = PATIENCE + self.facts.count // 100
        while left:
            left -= 1
            try:
                head = self.ledger.head()
                if head.last_seq == self.facts.count:
                    return
                self._push_on(head.last_seq, head.nonce)
            except LedgerUnreachable:
                self.events["unreachable"] += 1
            except LedgerRefused as refused:
                if refused.code != "nonce_stale":
                    raise
                self.events["nonce stale"] += 1
        raise AssertionError(f"{self.facts.name} never came to an end")

    def _push_on(self, seq: int, nonce: str) -> None:
        before: list[bytes] = []
        while seq < self.facts.count:
            batch = self.facts.since(seq)
            fate = self.dice.random()
            if fate < 0.05:
                self._too_early(seq, nonce)
            elif fate < 0.10 and before:
                self.ledger.push(before, nonce)
                self.events["late copies"] += 1
            elif fate < 0.15:
                self.wire.cut = True
                self.events["cuts"] += 1
            ack = self.ledger.push(batch, nonce)
            if fate > 0.90:
                self._twice(batch, nonce, ack)
            seq, nonce, before = ack.acked_seq, ack.nonce, batch
            self.facts.forget(seq)

    def _too_early(self, seq: int, nonce: str) -> None:
        batch = self.facts.since(seq)
        later = self.facts.since(seq + len(batch))
        if not later:
            return
        self.events["sent too early"] += 1
        try:
            self.ledger.push(later, nonce)
        except LedgerRefused as refused:
            # Stale when a request that we cut was posted after all, a moment after we asked.
            if refused.code not in ("ledger_gap", "nonce_stale"):
                raise

    def _twice(self, batch: list[bytes], nonce: str, ack: Ack) -> None:
        self.events["duplicates"] += 1
        again = self.ledger.push(batch, nonce)
        assert (again.acked_seq, again.acked_hash) == (ack.acked_seq, ack.acked_hash)


def run_load(home: Path, count: int, *, batch: int = 200, seed: int = 1) -> Figures:
    """Push `count` entries from all stations and prove the books."""
    each = count // STATIONS // len(KINDS) * len(KINDS)
    figures = Figures(each * STATIONS)
    cluster = embedded_postgres(home)
    begin_cluster(cluster)
    with CentralProcess(home) as service:
        cluster.running()
        owner = create_engine(cluster.dsn(OWNER))
        pin = TestPin(load_or_create_centre_key(key_file_in(home)).public)
        every = [Facts(f"S{number:03d}", each, batch) for number in range(1, STATIONS + 1)]
        pushers = [_pusher(service.url, owner, pin, facts, figures, seed) for facts in every]
        began = time.perf_counter()
        done = threading.Event()
        saboteur = threading.Thread(target=_kill_backends, args=(owner, done, figures.events))
        saboteur.start()
        try:
            with ThreadPoolExecutor(STATIONS) as pool:
                for ended in [pool.submit(pusher.run) for pusher in pushers]:
                    ended.result()
        finally:
            done.set()
            saboteur.join()
            figures.seconds = time.perf_counter() - began
            for pusher in pushers:
                pusher.ledger.close()
        _look(cluster, owner, pushers, figures)
        owner.dispose()
    return figures


def _pusher(
    url: str, owner: Engine, pin: TestPin, facts: Facts, figures: Figures, seed: int
) -> Pusher:
    """A station that is enrolled already: the service gives out one code only."""
    key, wire = TestKey(), Cutting()
    with owner.begin() as connection:
        connection.execute(
            insert(stations).values(
                station=facts.name,
                epoch=1,
                public_key=key.public,
                status="active",
                last_seq=0,
                last_hash=bytes.fromhex(GENESIS),
                nonce=facts.name,
            )
        )
    ledger = HttpLedger(url, facts.name, key, pin, transport=wire)
    return Pusher(ledger, wire, facts, random.Random(f"{seed} {facts.name}"), figures.events)


def _kill_backends(owner: Engine, done: threading.Event, events: Counter[str]) -> None:
    """End a working backend again and again, one in COMMIT if there is one."""
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not done.wait(0.4):
            if connection.scalar(KILL):
                events["backends killed"] += 1


def _look(
    cluster: EmbeddedPostgres, owner: Engine, pushers: list[Pusher], figures: Figures
) -> None:
    with owner.connect() as connection:
        mine = journal.c.station != "centre"
        figures.held = connection.scalar(select(func.count()).where(mine)) or 0
        figures.distinct = (
            connection.scalar(select(func.count(journal.c.entry_id.distinct())).where(mine)) or 0
        )
        figures.sum_fen = int(connection.scalar(select(func.sum(postings.c.fen))) or 0)
        sold = select(func.sum(balances.c.fen)).where(balances.c.account == "gas_sold")
        figures.sold_fen = int(connection.scalar(sold) or 0)
        heads = {row.station: row for row in connection.execute(select(stations))}
    figures.whole_chains = sum(
        heads[one.facts.name].last_hash.hex() == one.facts.last for one in pushers
    )
    began = time.perf_counter()
    engine = open_engine(cluster.dsn("cardstation_service"), connections=1)
    figures.wrong = proving.disagreements(engine)
    engine.dispose()
    figures.proof_seconds = time.perf_counter() - began
