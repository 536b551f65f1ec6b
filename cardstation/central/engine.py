"""Connections to PostgreSQL and one way to commit, which never takes a doubtful COMMIT for done."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection as Link
from psycopg.errors import Diagnostic
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from sqlalchemy.pool import ConnectionPoolEntry

from cardstation.errors import Mishap, OutcomeUnknown, Refusal

# A commit may return success although a standby never confirmed it; only a warning tells
# (reference/ledger.md 0.3, PostgreSQL src/backend/replication/syncrep.c).
SYNC_WAIT_CUT = frozenset({"01000", "57P01"})

_NOTICES = "notices"
_REQUIRED = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_apply"),
    "data_checksums": ("on",),
}


def open_engine(dsn: str, *, connections: int = 8) -> Engine:
    """A pool of connections.

    Args:
        dsn: `postgresql+psycopg://…`.
        connections: The most that are open at once.
    """
    engine = create_engine(
        dsn,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def listen(link: Link, record: ConnectionPoolEntry) -> None:
        heard: list[str] = []
        record.info[_NOTICES] = heard

        def hear(said: Diagnostic) -> None:
            heard.append(said.sqlstate or "")

        link.add_notice_handler(hear)

    return engine


@contextmanager
def at_start(engine: Engine) -> Iterator[Connection]:
    """A connection for the checks before serving.

    Raises:
        Mishap: `ledger_database_gone`: no database answers at this address.
    """
    try:
        with engine.connect() as connection:
            yield connection
    except OperationalError as error:
        raise Mishap("ledger_database_gone") from error


def refuse_unsafe(engine: Engine) -> None:
    """Refuse a database that may forget what it confirmed, or a role that may change facts.

    Raises:
        Refusal: `ledger_not_durable` naming the setting, `ledger_role_too_strong`.
        Mishap: `ledger_database_gone`.
    """
    with at_start(engine) as connection:
        for name, allowed in _REQUIRED.items():
            found = str(connection.scalar(text(f"SHOW {name}")))
            if found not in allowed:
                raise Refusal("ledger_not_durable", setting=name, found=found)
        for table in ("journal", "postings"):
            strong = connection.scalar(
                text("SELECT has_table_privilege(:t, 'UPDATE,DELETE,TRUNCATE')"), {"t": table}
            )
            if strong:
                raise Refusal("ledger_role_too_strong", table=table)


@contextmanager
def transaction(engine: Engine, *, deadline_s: float = 10.0) -> Iterator[Connection]:
    """One transaction: committed at the end, undone on any error.

    Args:
        engine: Where.
        deadline_s: After this the connection is dropped. It is never cancelled: a cancel during
            the wait for a standby would make COMMIT report success.

    Raises:
        OutcomeUnknown: `ledger_commit_unknown`: it may or may not be committed.
        Mishap: `ledger_overloaded`: no connection was free, nothing was done.
    """
    try:
        with engine.connect() as connection:
            heard: list[str] = connection.connection.info[_NOTICES]
            heard.clear()
            with _dropped_after(connection, deadline_s), connection.begin():
                yield connection
            if not SYNC_WAIT_CUT.isdisjoint(heard):
                raise OutcomeUnknown("ledger_commit_unknown")
    except PoolEmpty as error:
        raise Mishap("ledger_overloaded") from error
    except (OperationalError, InterfaceError) as error:
        raise OutcomeUnknown("ledger_commit_unknown") from error


@contextmanager
def _dropped_after(connection: Connection, deadline_s: float) -> Iterator[None]:
    link = connection.connection.driver_connection
    if link is None:
        raise Mishap("ledger_overloaded")
    copy = os.dup(link.fileno())

    def drop() -> None:
        with socket.socket(fileno=os.dup(copy)) as wire:
            wire.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(deadline_s, drop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        os.close(copy)
