"""What is wrong with a store below its meaning: pages, version, schema and row seals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection

from cardstation.sql.engine import memory_engine
from cardstation.store.schema import REVISION, VERSION, make_schema, version_of
from cardstation.store.seals import UNREADABLE, broken_seals

_MASTER = (
    "SELECT CAST(type AS BLOB), CAST(name AS BLOB), CAST(tbl_name AS BLOB), CAST(sql AS BLOB), "
    "typeof(type) || typeof(name) || typeof(tbl_name) || typeof(sql) "
    "FROM sqlite_master WHERE sql IS NOT NULL"
)
"""Each value as its bytes, and of which kind it is: a name kept as bytes still reads as one."""
_VERSION_TABLES = (
    b"CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)",
    (
        b"CREATE TABLE alembic_version ( version_num VARCHAR(32) NOT NULL, "
        b"CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num) )"
    ),
)
"""As this program makes it in a new store, and as Alembic makes it."""
_PIECES = re.compile(rb",(?![^(]*\))")


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing somebody or something else than this program did to the file.

    Attributes:
        code: `pages_damaged`, `object_missing`, `object_changed`, `object_added`, or of a row
            `row_changed`, `row_added`, `row_removed`, or `table_unreadable`.
        where: The table, index or trigger; of pages what SQLite says. key: The row.
    """

    code: str
    where: str
    key: str = ""


def damage_of(connection: Connection) -> Iterator[Damage]:
    """Name everything that is not as this version of the program made and left it.

    Raises:
        DatabaseError, ValueError: not even the schema can be read.
    """
    try:
        whole = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
    except UNREADABLE:
        whole = "unreadable"
    if whole != "ok":
        yield Damage("pages_damaged", whole.replace("\n", " "))
    yield from _version(connection)
    yield from _schema(connection)
    for seal in broken_seals(connection):
        code = "table_unreadable" if seal.what == "unreadable" else f"row_{seal.what}"
        yield Damage(code, seal.table, seal.key)


def _version(connection: Connection) -> Iterator[Damage]:
    stamped = connection.exec_driver_sql(
        "SELECT typeof(version_num), CAST(version_num AS BLOB) FROM alembic_version"
    )
    made = [("text", REVISION.encode())]
    if [tuple(row) for row in stamped] != made or version_of(connection) != VERSION:
        yield Damage("row_changed", "alembic_version", "version")


def _schema(connection: Connection) -> Iterator[Damage]:
    made, found = _as_made(), _objects(connection)
    for key in sorted(made.keys() | found.keys()):
        name = key[1].decode(errors="replace")
        if key not in found:
            yield Damage("object_missing", name)
        elif key not in made:
            yield Damage("object_added", name)
        elif made[key] != found[key]:
            yield Damage("object_changed", name)


@cache
def _as_made() -> Mapping[tuple[bytes, bytes, bytes], object]:
    """What this version makes, asked of SQLite itself."""
    engine = memory_engine()
    with engine.connect() as connection:
        make_schema(connection)
        made = _objects(connection)
    engine.dispose()
    return made


def _objects(connection: Connection) -> Mapping[tuple[bytes, bytes, bytes], object]:
    rows = connection.exec_driver_sql(_MASTER).all()
    return {
        (kind, name, table): (_pieces(kind, sql), kept) for kind, name, table, sql, kept in rows
    }


def _pieces(kind: bytes, sql: bytes) -> object:
    """A statement without its white space; a migrated table has the same parts in another order."""
    text = re.sub(rb"[ \n\t]+", b" ", sql)
    if text in _VERSION_TABLES:
        return _VERSION_TABLES[0]
    if kind != b"table":
        return text
    head, _, body = text.partition(b"(")
    body, _, tail = body.rpartition(b")")
    return head.strip(), tail.strip(), tuple(sorted(p.strip() for p in _PIECES.split(body)))
