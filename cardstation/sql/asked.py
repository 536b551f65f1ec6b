"""Statements that are asked for every card: made once, and handed straight to the driver.

SQLAlchemy makes a statement's text and knows the types of its values. What it builds around each
execution takes four times as long as SQLite does for one row, and a card asks some forty times.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Insert,
    SelectBase,
    Table,
    Update,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from cardstation.errors import ensure

_DIALECT = sqlite.dialect()

_Way = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Made:
    """A statement's text, how values go into it, and how its columns come out.

    Attributes:
        given: The values in order, each with how it is written; None = as it is.
        fixed: Those that are always the same, as they are written.
        row: Makes a row whose columns have names.
        read: How each column is read; None = as it is.
    """

    sql: str
    given: tuple[tuple[str, _Way | None], ...]
    fixed: Mapping[str, Any]
    row: Callable[..., Any]
    read: tuple[_Way | None, ...]


class Asked:
    """A statement whose values are `bindparam`s and constants; a list for IN is no constant.

    Values go in and columns come out as their types say, and errors are SQLAlchemy's, as elsewhere.
    It has no LIMIT: SQLite would make it anew each time its value is given (see `newest`).
    """

    def __init__(self, statement: SelectBase | Insert | Update) -> None:
        self._statement = statement

    def first(self, connection: Connection, **values: Any) -> Any:
        """The first row, its columns by name; None when there is none."""
        rows, _ = self._done(connection, values)
        return self._row(rows[0]) if rows else None

    def every(self, connection: Connection, **values: Any) -> list[Any]:
        """All rows, their columns by name."""
        rows, _ = self._done(connection, values)
        return [self._row(row) for row in rows]

    def write(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Change the store; says how many rows were changed."""
        _, changed = self._done(connection, values)
        return changed

    def _done(self, connection: Connection, values: Mapping[str, Any]) -> tuple[list[Any], int]:
        made = self._made
        said = {**made.fixed, **values}
        given = [said[name] if way is None else way(said[name]) for name, way in made.given]
        if not connection.in_transaction():
            connection.begin()
        held: Any = connection.connection.driver_connection
        try:
            cursor = held.execute(made.sql, given)
            return cursor.fetchall(), cursor.rowcount
        except driver.Error as error:
            told = DBAPIError.instance(made.sql, None, error, driver.Error, hide_parameters=True)
            raise told from error

    def _row(self, found: Sequence[Any]) -> Any:
        made = self._made
        ways = zip(found, made.read, strict=True)
        return made.row(*[one if way is None else way(one) for one, way in ways])

    @cached_property
    def _made(self) -> _Made:
        compiled = self._statement.compile(dialect=_DIALECT)
        ensure("LIMIT" not in str(compiled), "a statement that is made once has no LIMIT")
        names = compiled.positiontup or []
        ways = {name: compiled.binds[name].type.bind_processor(_DIALECT) for name in names}
        fixed = {
            name: way(value) if (way := ways[name]) is not None else value
            for name, value in compiled.params.items()
            if not compiled.binds[name].required
        }
        read = (
            list(self._statement.selected_columns)
            if isinstance(self._statement, SelectBase)
            else []
        )
        return _Made(
            sql=str(compiled),
            given=tuple((name, None if name in fixed else ways[name]) for name in names),
            fixed=fixed,
            row=namedtuple("Row", [one.key or "" for one in read], rename=True),  # noqa: PYI024
            read=tuple(one.type.result_processor(_DIALECT, None) for one in read),
        )


def newest(number: Column[int], *those: ColumnElement[bool]) -> ColumnElement[bool]:
    """The row with the highest number, of all or of some."""
    return number == select(func.max(number)).where(*those).scalar_subquery()


def adding(table: Table) -> Asked:
    """Adds a row to a table: every column is given, but a number that SQLite gives."""
    given: dict[str, Any] = {one.name: bindparam(one.name) for one in table.c if one.name != "no"}
    return Asked(table.insert().values(given))
