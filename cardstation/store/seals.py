"""Row seals: beside every row of every table lies its digest, kept by triggers.

A row changed, added or removed by anything but this program is named by `broken_seals`. The
triggers call `row_digest`, which only the writer's connection knows: another program must drop
them before it can write, and a trigger that is gone is named by the schema's proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Table, Text
from sqlalchemy.exc import DatabaseError

from cardstation.errors import Mishap
from cardstation.sql.digest import digest_of_raw
from cardstation.store.tables import metadata

row_seal = Table(
    "row_seal",
    metadata,
    Column("table_name", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("seal", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

UNREADABLE = (DatabaseError, ValueError)
"""What SQLite says of a damaged file; a message may quote bytes that are no text any more."""

NOT_SEALED = frozenset({row_seal.name, "alembic_version"})
"""The seals themselves: a changed one no longer fits its row. The version is one known value."""


@dataclass(frozen=True, slots=True)
class BrokenSeal:
    """A row that is not as this program left it.

    Attributes:
        what: `changed`, `added` (no seal), `removed` (only its seal is left), or `unreadable`.
    """

    table: str
    key: str
    what: str


@dataclass(frozen=True, slots=True)
class _Shape:
    """A table's columns by name, and its primary key in order."""

    columns: tuple[str, ...]
    key: tuple[str, ...]

    def key_of(self, row: str) -> str:
        """SQL for the text that names a row; `row` is `NEW.`, `OLD.` or empty."""
        names = ", ".join(f'{row}"{name}"' for name in self.key)
        return f"json_array({names})" if len(self.key) > 1 else f"CAST({names} AS TEXT)"


def seal_rows(connection: Connection) -> None:
    """Seal every row there is, and put the triggers up; the last step of making or migrating."""
    for table in _tables(connection):
        shape = _shape(connection, table)
        for trigger in _triggers(table, shape):
            connection.exec_driver_sql(trigger)
        connection.exec_driver_sql(
            f"INSERT INTO row_seal SELECT '{table}', {shape.key_of('')}, "  # noqa: S608
            f"{_digest(table, shape, '')} FROM {table}"
        )


def open_seals(connection: Connection) -> None:
    """Take every seal away before a migration; `seal_rows` puts them up again at its end.

    Raises:
        Mishap: `store_damaged`: a row is not as it was left. A migration never hides that.
    """
    for table in _tables(connection):
        for broken in _broken(connection, table):
            raise Mishap("store_damaged", file=f"{broken.table} {broken.key}")
    for table in _tables(connection):
        for verb in ("insert", "update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER seal_{table}_{verb}")
    connection.exec_driver_sql("DELETE FROM row_seal")


def broken_seals(connection: Connection) -> Iterator[BrokenSeal]:
    """Recompute every seal over the raw rows, and name what does not fit."""
    known = sorted(metadata.tables.keys() - NOT_SEALED)
    for table in known:
        try:
            yield from _broken(connection, table)
        except UNREADABLE:
            yield BrokenSeal(table, "", "unreadable")
    try:
        yield from _misfiled(connection, known)
    except UNREADABLE:
        yield BrokenSeal(row_seal.name, "", "unreadable")


def _misfiled(connection: Connection, known: list[str]) -> Iterator[BrokenSeal]:
    """Seals of tables nobody knows, and seals kept as another kind of value than they were."""
    names = "SELECT DISTINCT CAST(table_name AS BLOB) FROM row_seal"
    for (name,) in connection.exec_driver_sql(names).all():
        if _text(name) not in known:
            yield BrokenSeal(row_seal.name, _text(name), "changed")
    kinds = "SELECT CAST(table_name AS BLOB), CAST(key AS BLOB) FROM row_seal WHERE "
    kinds += "(typeof(table_name), typeof(key), typeof(seal)) <> ('text', 'text', 'blob')"
    for name, key in connection.exec_driver_sql(kinds):
        yield BrokenSeal(row_seal.name, f"{_text(name)} {_text(key)}", "changed")


def _broken(connection: Connection, table: str) -> Iterator[BrokenSeal]:
    shape = _shape(connection, table)
    sealed = "SELECT CAST(key AS BLOB), CAST(seal AS BLOB) FROM row_seal WHERE table_name = ?"
    seals = dict(map(tuple, connection.exec_driver_sql(sealed, (table,))))
    raw = ", ".join(f'typeof("{name}"), CAST("{name}" AS BLOB)' for name in shape.columns)
    rows = f"SELECT CAST({shape.key_of('')} AS BLOB), {raw} FROM {table}"  # noqa: S608
    for key, *values in connection.exec_driver_sql(rows):
        seal = seals.pop(key, None)
        if seal is None:
            yield BrokenSeal(table, _text(key), "added")
        elif seal != digest_of_raw(table, zip(values[::2], values[1::2], strict=True)):
            yield BrokenSeal(table, _text(key), "changed")
    for key in seals:
        yield BrokenSeal(table, _text(key), "removed")


def _triggers(table: str, shape: _Shape) -> tuple[str, ...]:
    new, digest = shape.key_of("NEW."), _digest(table, shape, "NEW.")
    where = f"WHERE table_name = '{table}' AND key = {shape.key_of('OLD.')}"
    step = {
        "INSERT": f"INSERT INTO row_seal VALUES ('{table}', {new}, {digest})",  # noqa: S608
        "UPDATE": f"UPDATE row_seal SET key = {new}, seal = {digest} {where}",  # noqa: S608
        "DELETE": f"DELETE FROM row_seal {where}",  # noqa: S608
    }
    return tuple(
        f"CREATE TRIGGER seal_{table}_{verb.lower()} AFTER {verb} ON {table} BEGIN {sql}; END"
        for verb, sql in step.items()
    )


def _digest(table: str, shape: _Shape, row: str) -> str:
    values = ", ".join(f'{row}"{name}"' for name in shape.columns)
    return f"row_digest('{table}', {values})"


def _tables(connection: Connection) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return sorted(set(connection.exec_driver_sql(query).scalars()) - NOT_SEALED)


def _shape(connection: Connection, table: str) -> _Shape:
    """Columns by name: a migrated table may have them in another order than a new one."""
    rows: Any = connection.exec_driver_sql(f"PRAGMA table_info({table})").all()
    keys = sorted((row.pk, row.name) for row in rows if row.pk)
    return _Shape(tuple(sorted(row.name for row in rows)), tuple(name for _, name in keys))


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode(errors="replace")
