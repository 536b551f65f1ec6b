"""What the outbox costs: a push of 500 entries with it, and the same push without, turn about."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import Engine, create_engine, insert, text

from cardstation.central import ledger, serve
from cardstation.central.embedded import OWNER, SERVICE, EmbeddedPostgres
from cardstation.central.engine import open_engine
from cardstation.central.heads import head_of
from cardstation.central.tables import stations
from cardstation.domain.ledger import GENESIS
from tests.bench.row import Row, timed
from tests.kit.ledger_load import Facts

BATCH = 498
ROUNDS = 30
NAME = "S001"


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        cluster = EmbeddedPostgres(Path(folder) / "pg")
        try:
            cluster.start()
            serve.prepare(cluster.dsn(OWNER, "postgres"))
            engine, owner = open_engine(cluster.dsn(SERVICE)), create_engine(cluster.dsn(OWNER))
            found = _measured(engine, owner)
            engine.dispose()
            owner.dispose()
        finally:
            cluster.stop()
    return found


def _measured(engine: Engine, owner: Engine) -> list[Row]:
    with owner.begin() as connection:
        row = {"station": NAME, "epoch": 1, "public_key": b"", "status": "active", "nonce": "n"}
        row |= {"last_seq": 0, "last_hash": bytes.fromhex(GENESIS)}
        connection.execute(insert(stations).values(row))
    facts = Facts(NAME, 2 * (ROUNDS + 1) * BATCH, BATCH)
    taken: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
    for _ in range(ROUNDS + 1):
        for verb, times in taken.items():
            with owner.begin() as connection:
                connection.execute(text(f"ALTER TABLE journal {verb} TRIGGER journal_to_outbox"))
            times.append(_push(engine, facts))
    with_it, without = (min(times[1:]) * 1000 for times in taken.values())
    with owner.connect() as connection:
        size = "SELECT pg_total_relation_size('outbox')::float / count(*) FROM outbox"
        each = float(connection.scalar(text(size)) or 0)
    return [
        Row("push of 498 entries, with its outbox", with_it, without, against="without"),
        Row("a row of the outbox, with its index", each, unit="B"),
    ]


def _push(engine: Engine, facts: Facts) -> float:
    head = head_of(engine, NAME)
    batch = facts.since(head.last_seq)
    took, _ = timed(
        lambda: ledger.push(engine, NAME, batch, nonce=head.nonce, signed_by=lambda _key: True)
    )
    facts.forget(head.last_seq)
    return took
