"""Desks and the machine of their ledger, which can be put back to its backup of yesterday."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection, create_engine, insert, text

from cardstation.central.binaries import postgres_binaries
from cardstation.central.centre_key import load_or_create_centre_key
from cardstation.central.embedded import OWNER, PORT
from cardstation.central.outbox import START, read_outbox
from cardstation.central.process import CentralProcess
from cardstation.central.serve import embedded_postgres, key_file_in
from cardstation.central.tables import stations
from cardstation.cli.central import main
from cardstation.domain.household import Household
from cardstation.domain.ledger import GENESIS, Order
from cardstation.errors import Mishap
from cardstation.services.sync import sync
from cardstation.sync.centre_desk import CentreDesk
from cardstation.sync.http_ledger import HttpLedger
from tests.kit.made_cluster import begin_cluster
from tests.kit.pcsc import until
from tests.kit.postgres import TestKey, TestPin
from tests.kit.proven import not_proven
from tests.kit.station import Desk, card_of, neighbours, open_desk

Told = dict[tuple[str, ...], int]

# Facts of the centre's own chain get new ids and times when they are posted again: what they say,
# and every sum, is the same.
_BOOKS = {
    "per account and station": (
        "SELECT account, station, sum(postings.fen) FROM postings JOIN journal USING (entry_id)"
        " GROUP BY account, station"
    ),
    "per household": (
        "SELECT account_no, station, kind, sum(fen) FROM journal GROUP BY account_no, station, kind"
    ),
    "gas per household": "SELECT account_no, kind, sum(litres) FROM journal GROUP BY 1, 2",
    "balance": "SELECT account, station, fen FROM balances",
    "class": "SELECT account_class, station, fen FROM class_totals",
    "chain": "SELECT station, last_hash, last_seq FROM stations WHERE station <> 'centre'",
    "fact": (
        "SELECT station, seq, hash, verdict, suspense, 1 FROM journal WHERE station <> 'centre'"
    ),
    "load": (
        "SELECT maker, meter_no, generation, counter, load_no, entry_id, freed_by, 1 FROM card_load"
    ),
    "order": "SELECT order_id, claimed_station, closed_by, fen FROM orders",
    "question": "SELECT station, code, count(*) FROM exceptions GROUP BY station, code",
}


@dataclass
class Town:
    """Desks, and the machine of the ledger with its backups."""

    folder: Path
    homes: list[Household]
    service: CentralProcess
    desks: dict[str, Desk] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The ledger's data folder."""
        return self.folder / "centre"

    def open(self, name: str) -> Desk:
        """A desk whose key the books know: the service itself gives out one code only."""
        key, pin = TestKey(), TestPin(load_or_create_centre_key(key_file_in(self.home)).public)
        row = {"station": name, "epoch": 1, "public_key": key.public, "status": "active"}
        row |= {"last_seq": 0, "last_hash": bytes.fromhex(GENESIS), "nonce": name}
        with self.owner() as connection:
            connection.execute(insert(stations).values(row))
        desk = open_desk(self.folder / name, households=self.homes)
        line = HttpLedger(self.service.url, name, key, pin)
        desk.station = replace(desk.station, ledger=line, name=name, number=int(name[1:]))
        self.desks[name] = desk
        return desk

    def sell(self, name: str, *places: int) -> None:
        """Cards sold at a desk and confirmed by the ledger."""
        desk = self.desks[name]
        for place in places:
            desk.sell(card_of(self.homes[place]), "75.50")
        assert sync(desk.station).unsent == 0

    def pay_online(self, order: Order) -> None:
        """The shop posts what was paid online; the same order again is harmless."""
        CentreDesk(self.service.url, self.service.admin_token).post_order(order)

    @contextmanager
    def owner(self) -> Iterator[Connection]:
        """The running database, as its owner."""
        cluster = embedded_postgres(self.home)
        assert cluster.running()
        engine = create_engine(cluster.dsn(OWNER))
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def back_up(self) -> Path:
        """A base backup of the running cluster, held against its own manifest."""
        cluster, target = embedded_postgres(self.home), self.folder / "yesterday"
        assert cluster.running()
        place = cluster.dsn(OWNER).partition("host=")[2].partition("&")[0]
        words = ("-h", place, "-p", PORT, "-U", OWNER, "-D", target, "-c", "fast", "-X", "fetch")
        _program("pg_basebackup", *words, "--no-sync")
        _program("pg_verifybackup", "--quiet", target)
        return target

    def lose(self, backup: Path) -> None:
        """The machine dies, and comes back with what the backup holds."""
        port = int(self.service.url.rsplit(":", 1)[1])
        self.service.kill()
        self.service.stop()
        cluster = embedded_postgres(self.home)
        assert until(lambda: not cluster.running())
        shutil.rmtree(cluster.data)
        shutil.copytree(backup, cluster.data)
        self.service = CentralProcess(self.home, port=port).start()

    def ask_again(self, name: str) -> None:
        """Two people order a rewind, on the command line as they would."""
        ledger = self.desks[name].station.ledger
        assert ledger is not None
        people = ("--by", "chen", "--approved-by", "zhao", "--reason", "disk of the ledger")
        words = ("rewind", name, "--to", str(ledger.head().last_seq), *people)
        assert main([*words, "--home", str(self.home)]) == 0

    def proved(self) -> bool:
        """What `cardstation-central verify` says."""
        return main(["verify", "--home", str(self.home)]) == 0

    def books(self) -> Told:
        """Every sum and every fact of the books, by what it is of."""
        with self.owner() as connection:
            return {
                (what, *map(str, of)): int(value)
                for what, query in _BOOKS.items()
                for *of, value in connection.execute(text(query))
            }

    def facts(self, after: str = START) -> tuple[set[str], str]:
        """What another system reads of the desks' facts, and where it goes on."""
        with self.owner() as connection:
            page = read_outbox(connection, after)
        return {one.entry_id for one in page.rows if one.station in self.desks}, page.next

    def close(self) -> None:
        """End everything."""
        for desk in self.desks.values():
            assert isinstance(desk.station.ledger, HttpLedger)
            desk.station.ledger.close()
            desk.station.store.close()
        self.service.stop()


def _program(name: str, *words: object) -> None:
    command = [str(postgres_binaries() / name), *map(str, words)]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def town_with(folder: Path, *names: str) -> Town:
    """A ledger that runs, and desks that have sold nothing yet."""
    try:
        postgres_binaries()
    except Mishap as missing:
        not_proven(f"no PostgreSQL here: {missing}")
    (folder / "centre").mkdir()
    begin_cluster(embedded_postgres(folder / "centre"))
    town = Town(folder, neighbours(12), CentralProcess(folder / "centre").start())
    for name in names:
        town.open(name)
    return town


def lost(before: Told, after: Told) -> set[str]:
    """What is not as it was, by the stations and accounts it is of."""
    return {
        " ".join(key) for key in before.keys() | after.keys() if before.get(key) != after.get(key)
    }
