"""SQLite engines of a station: WAL, full sync, one writer; everything else may only read.

The driver is `sqlcipher3` (SQLite ≥ 3.51.3: older ones carry the WAL-reset bug), without a key.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, PoolProxiedConnection, QueuePool, StaticPool

from cardstation.sql.digest import row_digest

BUSY_TIMEOUT_MS = 5_000
_KEPT_OPEN = 10
"""Reading connections that stay open: lanes and window of a desk with eight readers."""


def writer_engine(path: Path) -> Engine:
    """The one writing connection; transactions begin IMMEDIATE and sync fully at commit.

    What is deleted or overwritten is gone from the file, not only from its tables.
    """
    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=lambda: _connect(path, "rwc"),
        poolclass=StaticPool,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_writer)
    return _beginning(engine, "BEGIN IMMEDIATE")


@contextmanager
def unforced(connection: Connection) -> Iterator[None]:
    """A commit of the writer that waits for no disk: the next one takes it along.

    Begun outside a transaction, and ended outside one: what was not committed is undone.
    """
    held: Any = connection.connection.driver_connection
    [before] = held.execute("PRAGMA synchronous").fetchone()
    held.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        connection.rollback()
        held.execute(f"PRAGMA synchronous = {before:d}")


def reader_engine(path: Path) -> Engine:
    """Connections that cannot write and never checkpoint; kept open from one look to the next.

    Opening one reads the whole schema anew, which takes longer than what a card asks of it.
    """
    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=lambda: _connect(path, "ro"),
        poolclass=QueuePool,
        pool_size=_KEPT_OPEN,
        max_overflow=-1,
        pool_use_lifo=True,
        hide_parameters=True,
    )
    return _only_reading(engine)


def prover_engine(path: Path) -> Engine:
    """As `reader_engine`, but every connection reads the file itself: none remembers a page."""
    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=lambda: _connect(path, "ro"),
        poolclass=NullPool,
        hide_parameters=True,
    )
    return _only_reading(engine)


def _only_reading(engine: Engine) -> Engine:
    event.listen(engine, "connect", _prepare_reader)
    return _beginning(engine, "BEGIN")


def _beginning(engine: Engine, words: str) -> Engine:
    """Transactions of an engine begin with these words, straight to the driver.

    No event does it: while an engine has one of these, each statement looks for listeners.
    """

    def begin(dbapi_connection: PoolProxiedConnection) -> None:
        held: Any = dbapi_connection.driver_connection
        held.execute(words)

    engine.dialect.do_begin = begin  # type: ignore[method-assign]
    return engine


def memory_engine() -> Engine:
    """An empty database that is gone with its engine."""
    engine = create_engine("sqlite://", module=driver, poolclass=StaticPool, hide_parameters=True)
    event.listen(engine, "connect", _know_digest)
    return engine


def _connect(path: Path, mode: str) -> Any:
    return driver.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_TIMEOUT_MS / 1000,
    )


def _know_digest(connection: Any, _record: object) -> None:
    connection.create_function("row_digest", -1, row_digest, deterministic=True)


def _prepare_writer(connection: Any, record: object) -> None:
    _know_digest(connection, record)
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_reader(connection: Any, _record: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA query_only = ON")
