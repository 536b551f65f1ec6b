"""Logins for those who only read: reports over views without households, or the outbox.

What a login may see hangs on two roles that migration r0010 makes: `cardstation_reporting` (the
views of the schema `reporting`) and `cardstation_outbox` (outbox and postings). Neither may change
anything, and neither sees a key, a password's hash or a session.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from cardstation.central.embedded import OWNER
from cardstation.central.serve import embedded_postgres, prepare
from cardstation.errors import Refusal

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

CONNECTIONS = 5
_NAME = re.compile(r"[a-z][a-z0-9_]{2,40}")
_LIMITS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "120s",
    "idle_in_transaction_session_timeout": "120s",
}


class Reads(StrEnum):
    """What a login reads."""

    REPORTING = "reporting"
    OUTBOX = "outbox"

    @property
    def role(self) -> str:
        """The role that carries the right."""
        return f"cardstation_{self.value}"


def make_reader(home: Path, dsn: str, login: str, reads: Reads) -> str:
    """Make a login, or give the one that is there a new password; returns the password.

    Args:
        home: The data folder of an embedded ledger, running or not.
        dsn: Another ledger instead, as the owner of its tables.
        login: Its name.
        reads: What it may read, and nothing else.

    Raises:
        Refusal: `reader_name_bad`, `reader_name_taken` (a login of another kind).
    """
    if not _NAME.fullmatch(login):
        raise Refusal("reader_name_bad", name=login[:60])
    with _owner(home, dsn) as engine, engine.begin() as connection:
        return _made(connection, login, reads)


def _made(connection: Connection, login: str, reads: Reads) -> str:
    from sqlalchemy import text

    known = connection.scalar(
        text("SELECT oid FROM pg_roles WHERE rolname = :login"), {"login": login}
    )
    if known is None:
        # A name of small letters, digits and underscores: nothing to quote away.
        connection.execute(
            text(f'CREATE ROLE "{login}" LOGIN CONNECTION LIMIT {CONNECTIONS} IN ROLE {reads.role}')
        )
    elif not _only_of(connection, login, reads):
        raise Refusal("reader_name_taken", name=login)
    for name, value in _LIMITS.items():
        connection.execute(text(f"ALTER ROLE \"{login}\" SET {name} = '{value}'"))
    secret = secrets.token_urlsafe(24)
    hashed = _hashed(connection, login, secret)
    connection.exec_driver_sql(f"ALTER ROLE \"{login}\" PASSWORD '{hashed}'")
    return secret


def _only_of(connection: Connection, login: str, reads: Reads) -> bool:
    from sqlalchemy import text

    groups = connection.scalars(
        text(
            "SELECT roleid::regrole::text FROM pg_auth_members JOIN pg_roles ON member = oid"
            " WHERE rolname = :login AND NOT rolsuper AND NOT rolcreaterole"
        ),
        {"login": login},
    )
    return list(groups) == [reads.role]


def _hashed(connection: Connection, login: str, secret: str) -> str:
    """The password as the server keeps it: no log of statements ever holds the secret itself."""
    link = connection.connection.driver_connection
    if link is None:
        raise Refusal("reader_name_bad", name=login)
    hashed: bytes = link.pgconn.encrypt_password(secret.encode(), login.encode(), b"scram-sha-256")
    return hashed.decode("ascii")


@contextmanager
def _owner(home: Path, dsn: str) -> Iterator[Engine]:
    from sqlalchemy import create_engine

    cluster = embedded_postgres(home)
    try:
        if not dsn and not cluster.running():
            cluster.start()
            prepare(cluster.dsn(OWNER, "postgres"))
        engine = create_engine(dsn or cluster.dsn(OWNER), hide_parameters=True)
        try:
            yield engine
        finally:
            engine.dispose()
    finally:
        cluster.stop()
