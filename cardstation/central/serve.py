"""Starts the ledger service: on a given PostgreSQL, or on a private one in the data folder."""

from __future__ import annotations

import gc
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cardstation.central.doorway import (
    Certificate,
    listening_socket,
    refuse_open,
    run,
    server_of,
    url_of,
)
from cardstation.central.embedded import DATABASE, OWNER, SERVICE, EmbeddedPostgres
from cardstation.domain.checkpoint import RewindAsked
from cardstation.errors import Refusal

if TYPE_CHECKING:
    from sqlalchemy import Engine

LOOPBACK = "127.0.0.1"
FOLDER = "central"
CONSOLE_CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class Ready:
    """What a caller needs to know once the service answers.

    Attributes:
        enrolment_code: Enrols one new station, once, within ten minutes; empty where the books are
            no folder of our own: there two people give one out in the console.
        admin_token: For posting orders and seeing totals, from this machine only.
        start_ms: From the start of this call to ready.
    """

    url: str
    enrolment_code: str
    admin_token: str
    start_ms: int


def embedded_postgres(home: Path) -> EmbeddedPostgres:
    """The private cluster of a data folder, not started yet."""
    return EmbeddedPostgres(home / FOLDER)


def serve_embedded(
    home: Path,
    port: int = 0,
    *,
    announce: Callable[[Ready], None],
    host: str = LOOPBACK,
    leashed: bool = False,
    certificate: Certificate | None = None,
) -> None:
    """Serve over the private cluster of a data folder until interrupted.

    Args:
        home: The data folder.
        port: 0 picks a free one.
        announce: Called once the service answers.
        host: Loopback unless somebody says otherwise.
        leashed: Stop when standard input closes.
        certificate: For TLS; needed on any address but loopback.

    Raises:
        StationBusy: another process runs this cluster.
        Refusal: `tls_needed`, `tls_unreadable`.
        Mishap: `postgres_missing`, `postgres_needs_user`, `postgres_failed`, `port_taken`.
    """
    began = time.perf_counter()
    refuse_open(host, certificate)
    cluster = embedded_postgres(home)
    starting = threading.Thread(target=_import_service, daemon=True)
    starting.start()
    try:
        dsn = cluster.start()
        starting.join()
        prepare(cluster.dsn(OWNER, "postgres"))
        key_file = key_file_in(home)
        door = _Door(host, port, certificate, leashed=leashed)
        code = secrets.token_urlsafe(9)
        _serve(dsn, key_file, door, announce=announce, began=began, code=code)
    finally:
        cluster.stop()


def _import_service() -> None:
    """Import the service's libraries while PostgreSQL starts."""
    import uvicorn  # noqa: F401

    import cardstation.central.api
    import cardstation.central.schema  # noqa: F401


def prepare(owner_dsn: str) -> None:
    """Bring the ledger's database of a cluster to the current schema."""
    from cardstation.central.schema import prepare_database

    prepare_database(owner_dsn, database=DATABASE, service=SERVICE)


def migrate_database(owner_dsn: str) -> str:
    """Bring a database that somebody else runs to the current schema; returns its revision.

    Args:
        owner_dsn: `postgresql+psycopg://…`, as the owner of its tables.

    Raises:
        Refusal: `ledger_newer`.
    """
    from sqlalchemy import create_engine

    from cardstation.central.schema import HEAD, migrate

    engine = create_engine(owner_dsn)
    try:
        migrate(engine)
    finally:
        engine.dispose()
    return HEAD


def order_rewind(home: Path, dsn: str, key_file: Path | None, asked: RewindAsked) -> None:
    """Ask a station, signed, to send again what the books lost.

    Args:
        home: The data folder of an embedded ledger, running or not; its key is there too.
        dsn: Another ledger instead.
        key_file: The centre's key when it is elsewhere.
        asked: By whom, of whom, from where on.

    Raises:
        Refusal: `two_persons_needed`, `rewind_not_here`, `secret_unreadable`.
        LedgerRefused: `station_unknown`.
    """
    from cardstation.central import acts
    from cardstation.central.centre_key import load_or_create_centre_key

    key = load_or_create_centre_key(key_file or key_file_in(home))
    with open_books(home, dsn) as engine:
        acts.order_rewind(engine, key, asked)


def verify_books(home: Path, dsn: str = "") -> tuple[str, ...]:
    """What is wrong with the books, in words; empty when they are sound.

    Args:
        home: The data folder of an embedded ledger, running or not.
        dsn: Another ledger instead.
    """
    from cardstation.central import proving

    with open_books(home, dsn) as engine:
        return proving.disagreements(engine)


def read_totals(home: Path, dsn: str = "") -> dict[str, object]:
    """Totals of the books, and what disagrees in them (empty when they are sound).

    Args:
        home: The data folder of an embedded ledger, running or not.
        dsn: Another ledger instead.
    """
    from cardstation.central import books, proving

    with open_books(home, dsn) as engine:
        wrong = list(proving.disagreements(engine))
        return {**asdict(books.totals(engine)), "disagreements": wrong}


@contextmanager
def open_books(home: Path, dsn: str, *, connections: int = 1) -> Iterator[Engine]:
    """The books at an address, or those of a data folder, whose cluster may run or not.

    A cluster that did not run is brought to the current schema, as a start of the service does.
    """
    from cardstation.central.engine import open_engine

    cluster = embedded_postgres(home)
    address = dsn or cluster.running()
    try:
        if not address:
            address = cluster.start()
            prepare(cluster.dsn(OWNER, "postgres"))
        engine = open_engine(address, connections=connections)
        try:
            yield engine
        finally:
            engine.dispose()
    finally:
        cluster.stop()


def key_file_in(home: Path) -> Path:
    """Where the centre's key lies in a data folder."""
    return home / FOLDER / "centre.key"


def serve(
    dsn: str,
    key_file: Path,
    host: str = LOOPBACK,
    port: int = 0,
    *,
    announce: Callable[[Ready], None],
    leashed: bool = False,
    certificate: Certificate | None = None,
) -> None:
    """Serve over a PostgreSQL that somebody else runs, until interrupted.

    Args:
        dsn: `postgresql+psycopg://…`, as the service's role; the schema must be there.
        key_file: Holds the centre's signing key; made at the first start.
        host: Loopback unless somebody says otherwise.
        port: 0 picks a free one.
        announce: Called once the service answers.
        leashed: Stop when standard input closes.
        certificate: For TLS; needed on any address but loopback.

    Raises:
        Refusal: `tls_needed`, `tls_unreadable`, `secret_file_open`, `secret_unreadable`,
            `ledger_not_durable`, `ledger_role_too_strong`, `ledger_schema_old`.
        Mishap: `port_taken`, `ledger_database_gone`.
    """
    began = time.perf_counter()
    refuse_open(host, certificate)
    door = _Door(host, port, certificate, leashed=leashed)
    _serve(dsn, key_file, door, announce=announce, began=began)


@dataclass(frozen=True, slots=True)
class _Door:
    host: str
    port: int
    certificate: Certificate | None
    leashed: bool


def _serve(
    dsn: str,
    key_file: Path,
    door: _Door,
    *,
    announce: Callable[[Ready], None],
    began: float,
    code: str = "",
) -> None:
    from cardstation.central.api import Service, build
    from cardstation.central.centre_key import load_or_create_centre_key
    from cardstation.central.engine import at_start, open_engine, refuse_unsafe
    from cardstation.central.enrolment import CODE_VALID_S, EnrolmentCodes
    from cardstation.central.months import keep_months
    from cardstation.central.reception import CONNECTIONS
    from cardstation.central.schema import HEAD, revision

    engine = open_engine(dsn, connections=CONNECTIONS)
    pages = open_engine(dsn, connections=CONSOLE_CONNECTIONS)
    try:
        with at_start(engine) as connection:
            if (found := revision(connection)) != HEAD:
                raise Refusal("ledger_schema_old", found=found, known=HEAD)
        refuse_unsafe(engine)
        keep_months(engine)
        token = secrets.token_urlsafe(24)
        key = load_or_create_centre_key(key_file)
        codes = EnrolmentCodes(code, valid_s=CODE_VALID_S) if code else EnrolmentCodes()
        app = build(Service(engine, codes, token, key, pages))
        wire = listening_socket(door.host, door.port)
        url = url_of(wire, "https" if door.certificate else "http")

        def ready() -> None:
            # What a start made stays: looking through it for garbage took a quarter of a push.
            gc.collect()
            gc.freeze()
            took = round((time.perf_counter() - began) * 1000)
            announce(Ready(url, code, token, took))

        server = server_of(app, ready=ready, certificate=door.certificate)
        run(server, wire, leashed=door.leashed)
    finally:
        engine.dispose()
        pages.dispose()
