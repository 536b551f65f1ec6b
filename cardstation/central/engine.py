"""Connections to PostgreSQL and one way to commit, which never takes a doubtful COMMIT for done."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import msgspec
from psycopg import Connection as Link
from psycopg import OperationalError as LinkLost
from psycopg.abc import Buffer
from psycopg.errors import Diagnostic, ReadOnlySqlTransaction
from psycopg.types.array import ListDumper
from psycopg.types.string import BytesBinaryDumper
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InterfaceError, InternalError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from cardstation.central.deadlines import Deadlines
from cardstation.errors import Mishap, OutcomeUnknown, Refusal

# A commit may return success although a standby never confirmed it; only a warning tells
# (reference/ledger.md 0.3, PostgreSQL src/backend/replication/syncrep.c).
SYNC_WAIT_CUT = frozenset({"01000", "57P01"})

# A server that froze still takes what is sent, and answers nothing: no setting of the line helps.
CONNECT_S = 3
PING_S = 2.0

_WHOLE = {str, int, date}
_DEADLINES = Deadlines()
_NOTICES = "notices"
_FRESH = "fresh"
_REQUIRED = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_apply"),
    "data_checksums": ("on",),
}
_FACTS = (
    *("journal", "entry_index", "postings", "acts", "decisions", "day_seals", "epochs"),
    *("rewinds", "outbox"),
)
# Any role counts that this login is, or may take on with SET ROLE; and every month of a table.
_MAY_CHANGE = text(
    "SELECT EXISTS (SELECT FROM pg_roles, (SELECT CAST(:t AS regclass) AS part"
    " UNION SELECT relid FROM pg_partition_tree(:t)) AS parts WHERE pg_has_role(oid, 'MEMBER')"
    " AND has_table_privilege(oid, part, 'UPDATE,DELETE,TRUNCATE'))"
)


class Arrays(ListDumper):
    """Writes arrays of words, whole numbers and days at once; psycopg asks for each item alone."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        """An array as text, as PostgreSQL reads it."""
        if _WHOLE.issuperset(map(type, obj)):
            said = msgspec.json.encode(obj)
            # Without an escape the items of a JSON list are those of an array.
            if b"\\" not in said:
                return b"{" + said[1:-1] + b"}"
        return super().dump(obj)


def open_engine(dsn: str, *, connections: int = 8) -> Engine:
    """A pool of connections, each asked whether it still answers before it is used again.

    Args:
        dsn: `postgresql+psycopg://…`; of several servers it names all of them, and
            `target_session_attrs=read-write`. Each is given `CONNECT_S` unless it says otherwise.
        connections: The most that are open at once.
    """
    address = make_url(dsn)
    patience = {} if "connect_timeout" in address.query else {"connect_timeout": CONNECT_S}
    engine = create_engine(
        address,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=5,
        connect_args=patience,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def listen(link: Link, record: ConnectionPoolEntry) -> None:
        heard: list[str] = []
        record.info[_NOTICES] = heard
        record.info[_FRESH] = True

        def hear(said: Diagnostic) -> None:
            heard.append(said.sqlstate or "")

        link.add_notice_handler(hear)
        # Bytes go as they are; psycopg's newest for them is one in Python, of an older standard.
        link.adapters.register_dumper(bytes, BytesBinaryDumper)
        link.adapters.register_dumper(list, Arrays)

    @event.listens_for(engine, "checkout")
    def ask(link: Link, record: ConnectionPoolEntry, _used: PoolProxiedConnection) -> None:
        if record.info.pop(_FRESH, False):
            return
        try:
            with _dropped_after(link, PING_S):
                engine.dialect.do_ping(link)  # type: ignore[arg-type]  # psycopg's own connection
        except LinkLost as lost:
            raise InvalidatePoolError from lost

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
        for table in _FACTS:
            if connection.scalar(_MAY_CHANGE, {"t": table}):
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
        Mishap: `ledger_overloaded`: no connection was free; `ledger_database_gone`: the server
            that answers may only be read. Nothing was done.
    """
    try:
        with engine.connect() as connection:
            heard: list[str] = connection.connection.info[_NOTICES]
            heard.clear()
            link = connection.connection.driver_connection
            if link is None:
                raise Mishap("ledger_overloaded")
            with _dropped_after(link, deadline_s), connection.begin():
                yield connection
            if not SYNC_WAIT_CUT.isdisjoint(heard):
                raise OutcomeUnknown("ledger_commit_unknown")
    except PoolEmpty as error:
        raise Mishap("ledger_overloaded") from error
    except (OperationalError, InterfaceError, LinkLost) as error:
        raise OutcomeUnknown("ledger_commit_unknown") from error
    except InternalError as error:
        if not isinstance(error.orig, ReadOnlySqlTransaction):
            raise
        # It led once: who reaches it through a balancer must be led elsewhere.
        engine.dispose()
        raise Mishap("ledger_database_gone") from error


@contextmanager
def _dropped_after(link: Link, deadline_s: float) -> Iterator[None]:
    copy = os.dup(link.fileno())

    def drop() -> None:
        with socket.socket(fileno=os.dup(copy)) as wire:
            wire.shutdown(socket.SHUT_RDWR)

    try:
        with _DEADLINES.within(deadline_s, drop):
            yield
    finally:
        os.close(copy)
