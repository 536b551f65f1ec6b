"""The central ledger beside its floors: what PostgreSQL takes by COPY, and an ORM row by row.

The service runs in its own process over a real PostgreSQL; stations sign real batches. The floor
writes the same journal rows (with their index and outbox, which the database adds), postings and
sums, of entries that were read and judged before; as many clients, as many commits to the disk. It
adds no loads of cards, no sums by day and no head of a chain: those are the protocol's own.

Entries are made, and connections opened, before the clock runs. Within it each side has its own
hands: a station writes and signs its requests (the nonce comes with the answer before) and checks
the answers, a copying client writes its rows in binary form. Measured, that was 4 microseconds of
processor an entry on either side, of 75 that a push takes in all and 38 that a copy takes; runs
four times as long gave the same ratio. PostgreSQL takes about as much of either (35 and 33, by its
backend's clock, at 500 a batch): what a push takes more is this program's own reading, judging and
signing, some 30 for the books and 10 for the request, and it shares the cores with its clients.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine

from cardstation.central.batch import Sent
from cardstation.central.centre_key import load_or_create_centre_key
from cardstation.central.embedded import OWNER, SERVICE, EmbeddedPostgres
from cardstation.central.process import CentralProcess
from cardstation.central.schema import prepare_database
from cardstation.central.serve import embedded_postgres, key_file_in
from cardstation.domain.ledger import Entry, entry_hash
from cardstation.sync.http_ledger import HttpLedger
from tests.bench.row import Row, timed
from tests.kit.copied import CopyFloor, RowByRow
from tests.kit.crowd import crowd_catches_up
from tests.kit.hostile import enrolled_row
from tests.kit.ledger_load import Facts
from tests.kit.postgres import TestKey, TestPin

CLIENTS = 4
ROUNDS = 3
BATCHES = {500: 4, 100: 12}
ROWS = 90
CROWD, EACH = 40, 300


@dataclass
class Line:
    """One station: what it sends next, and the same as rows for the floor."""

    ledger: HttpLedger
    facts: Facts
    nonce: str
    seq: int = 0

    def batches(self, size: int, count: int) -> list[list[bytes]]:
        """The next batches, made before anything is timed."""
        self.facts.forget(self.seq)
        raw: list[bytes] = []
        while len(raw) < size * count:
            raw += self.facts.since(self.seq + len(raw))
        return [raw[at : at + size] for at in range(0, size * count, size)]

    def push(self, batches: Sequence[Sequence[bytes]]) -> None:
        for batch in batches:
            ack = self.ledger.push(batch, self.nonce)
            self.nonce, self.seq = ack.nonce, ack.acked_seq


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="cs-bench-") as folder:
        home = Path(folder)
        with CentralProcess(home) as service:
            cluster = embedded_postgres(home)
            cluster.running()
            owner = create_engine(cluster.dsn(OWNER))
            try:
                rows = _beside(home, service.url, cluster, owner)
                rows.append(_catch_up(home, service.url, owner))
            finally:
                owner.dispose()
    return rows


def _beside(home: Path, url: str, cluster: EmbeddedPostgres, owner: Engine) -> list[Row]:
    prepare_database(cluster.dsn(OWNER, "postgres"), database="floor", service=SERVICE)
    pin = TestPin(load_or_create_centre_key(key_file_in(home)).public)
    lines = [_line(url, owner, pin, f"S{number:03d}") for number in range(1, CLIENTS + 1)]
    names = [line.facts.name for line in lines]
    floors = [CopyFloor(cluster.dsn(SERVICE, "floor"), name) for name in names]
    naive = RowByRow(cluster.dsn(SERVICE, "floor"), "S900")
    best: dict[str, float] = {}
    try:
        for name in (*names, "S900"):
            floors[0].enrol(cluster.dsn(OWNER, "floor"), name)
        for _ in range(ROUNDS):
            for size, times in BATCHES.items():
                work = [line.batches(size, times) for line in lines]
                ready = [
                    [floor.ready(_read(batch, line.facts.name)) for batch in one]
                    for line, floor, one in zip(lines, floors, work, strict=True)
                ]
                count = CLIENTS * size * times
                _keep(best, f"push {size}", count, [line.push for line in lines], work)
                _keep(best, f"copy {size}", count, [floor.write for floor in floors], ready)
            rows = _read(Facts("S900", 10**9, ROWS).since(naive.written)[:ROWS], "S900")
            _keep(best, "rows", ROWS, [naive.write], [rows])
    finally:
        for line in lines:
            line.ledger.close()
        for floor in (*floors, naive):
            floor.close()
    told = [_row(f"push, {size} a batch", best, f"push {size}", f"copy {size}") for size in BATCHES]
    naive_row = _row("push, 500 a batch", best, "push 500", "rows")
    return [*told, naive_row]


def _row(name: str, best: dict[str, float], ours: str, peer: str) -> Row:
    against = "an ORM, row by row, one client" if peer == "rows" else f"COPY, {CLIENTS} clients"
    return Row(f"ledger: {name}, {CLIENTS} stations", best[ours], best[peer], "/s", against)


def _line(url: str, owner: Engine, pin: TestPin, name: str) -> Line:
    key = TestKey()
    enrolled_row(owner, name, key)
    ledger = HttpLedger(url, name, key, pin)
    return Line(ledger, Facts(name, 10**9, 2_000), ledger.head().nonce)


def _read(batch: Sequence[bytes], station: str) -> tuple[Sent, ...]:
    return tuple(
        Sent(raw, entry_hash(raw), None, entry, station=station, seq=entry.seq, epoch=1)
        for raw, entry in ((raw, Entry.from_bytes(raw)) for raw in batch)
    )


def _keep(
    best: dict[str, float],
    name: str,
    count: int,
    writers: Sequence[Callable[[Any], None]],
    work: Sequence[Any],
) -> None:
    """Let all of them write at once, and keep the best of entries a second."""
    with ThreadPoolExecutor(len(writers)) as hands:
        spent, _ = timed(lambda: [*hands.map(lambda write, one: write(one), writers, work)])
    best[name] = max(best.get(name, 0.0), count / spent)


def _catch_up(home: Path, url: str, owner: Engine) -> Row:
    pin = TestPin(load_or_create_centre_key(key_file_in(home)).public)
    told = crowd_catches_up(url, owner, pin, stations=CROWD, each=EACH)
    return Row(
        f"ledger: {CROWD} stations catch up {EACH} entries each, told to wait {told.busy} times",
        told.entries / told.seconds,
        unit="/s",
        against="./dev soak load: 1000 stations, 2000 each",
    )
