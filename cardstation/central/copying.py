"""Adds rows by COPY in PostgreSQL's binary form: the fastest way in, and no laxer than INSERT.

Every constraint and trigger holds as it does for INSERT; a row that is there already is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection as Link
from psycopg import IntegrityError as Violated
from sqlalchemy import BigInteger, Connection, DateTime, LargeBinary, Table, Text, Uuid
from sqlalchemy.exc import IntegrityError

from cardstation.errors import fail

# A field in binary form is its bytes alone, so the sixteen bytes of a UUID go in as they are.
_TYPES = {
    BigInteger: "int8",
    DateTime: "timestamptz",
    LargeBinary: "bytea",
    Text: "text",
    Uuid: "bytea",
}


def id_bytes(entry_id: str) -> bytes:
    """The sixteen bytes of a UUID."""
    return bytes.fromhex(entry_id.replace("-", ""))


class Copied:
    """What is copied into one table.

    Args:
        table: Where to.
        *names: Columns, in the order of the rows; UUIDs as their bytes.

    Attributes:
        table, names: The same.
    """

    def __init__(self, table: Table, *names: str) -> None:
        self.table, self.names = table, names
        self._types = [_TYPES[type(table.c[name].type)] for name in names]
        self._statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"

    def write(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add rows.

        Raises:
            IntegrityError: a constraint says no.
        """
        if not rows:
            return
        link = connection.connection.driver_connection
        if not isinstance(link, Link):
            fail("the ledger speaks psycopg")
        try:
            with link.cursor() as cursor, cursor.copy(self._statement) as copy:
                copy.set_types(self._types)
                for row in rows:
                    copy.write_row(row)
        except Violated as error:
            raise IntegrityError(self._statement, None, error) from error
