"""Adds up every stored sum anew from the postings, and puts right the ones that differ.

A sum that differs is a fault of a machine or somebody's hand: the facts it is made of are proven
by `proving.disagreements`. So a repair is an act of two people, and the audit log keeps each sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Insert,
    Select,
    Table,
    and_,
    func,
    join,
    literal,
    select,
    text,
    union_all,
)

from cardstation.central.console.audit import record_act
from cardstation.central.console.roles import Right
from cardstation.central.days import ADDED, Key, posted_by_day
from cardstation.central.engine import transaction
from cardstation.central.posting import BALANCES, CLASSES
from cardstation.central.tables import balances, class_totals, day_totals, entry_index, postings
from cardstation.central.two_people import ensure_two
from cardstation.errors import Refusal

DEADLINE_S = 12 * 3_600.0
"""Of whoever looks through all books: a night, where they are large."""
_ONE_REPAIR = text("SELECT pg_try_advisory_xact_lock(7239005)")

BALANCE, CLASS_TOTAL, DAY_TOTAL = "balance", "class total", "day total"
_ADDED: tuple[tuple[str, tuple[str, ...], Insert], ...] = (
    (BALANCE, ("account", "station"), BALANCES),
    (CLASS_TOTAL, ("account_class", "station"), CLASSES),
    (DAY_TOTAL, ("day", "posted_on", "station", "account_class"), ADDED),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored sum that is not the one of its postings.

    Attributes:
        what: `balance` of an account at a station, `class total` of a station, `day total`.
        key: Account or class and station; of a day: day, day of posting, station, class.
        posted_fen: What the postings sum to. stored_fen: What is kept.
    """

    what: str
    key: tuple[str | date, ...]
    posted_fen: int
    stored_fen: int

    def __str__(self) -> str:
        """In an engineer's words."""
        key = tuple(map(str, self.key))
        return f"{self.what} {key}: postings {self.posted_fen}, stored {self.stored_fen}"


@dataclass(frozen=True, slots=True)
class Recount:
    """How many sums were added up anew, of which kind, and which differ."""

    sums: Mapping[str, int]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Repair:
    """Two people of the centre have stored sums put right, and say why."""

    by: str
    approved_by: str
    reason: str


def recount(engine: Engine) -> Recount:
    """Add up every sum at one moment; stations go on posting meanwhile."""
    still = engine.execution_options(isolation_level="REPEATABLE READ")
    with transaction(still, deadline_s=DEADLINE_S) as connection:
        found = sum_differences(connection)
        found += day_differences(connection, posted_by_day(connection), {})
        return Recount(_stored(connection), tuple(found))


def repair(engine: Engine, asked: Repair) -> Recount:
    """Recount, and add to each sum what it lacks: what is posted meanwhile is not lost by it.

    Args:
        engine: The books, with two connections at least.
        asked: By whom and why.

    Raises:
        Refusal: `two_persons_needed`, `name_unknown`, `recount_runs` (another repair is at it).
    """
    with transaction(engine, deadline_s=DEADLINE_S) as connection:
        ensure_two(connection, asked.by, asked.approved_by, Right.RECONCILE)
        if not connection.scalar(_ONE_REPAIR):
            raise Refusal("recount_runs")
        # On a connection of its own: its moment is after the turn was got.
        done = recount(engine)
        _put_right(connection, done.differences)
        _keep(connection, asked, done.differences)
    return done


def day_differences(
    connection: Connection, facts: Mapping[Key, int], since: Mapping[str, date]
) -> list[Difference]:
    """Sums of days that are not what was posted.

    Args:
        connection: The books.
        facts: What was posted.
        since: Of some stations: only sums of what was posted after this day are looked at.
    """

    def looked_at(posted_on: date, station: str) -> bool:
        return posted_on > since.get(station, date.min)

    rows = connection.execute(select(day_totals))
    stored = {
        (row.day, row.posted_on, row.station, row.account_class): row.fen
        for row in rows
        if looked_at(row.posted_on, row.station)
    }
    told = {key: fen for key, fen in facts.items() if looked_at(key[1], key[2])}
    return _differences(DAY_TOTAL, told, stored)


def sum_differences(connection: Connection) -> list[Difference]:
    """Balances and class totals that are not what their postings sum to; added up over there."""
    booked = (
        select(
            postings.c.account.label("name"),
            entry_index.c.station,
            func.sum(postings.c.fen).label("fen"),
        )
        .join(entry_index, entry_index.c.entry_id == postings.c.entry_id)
        .group_by(postings.c.account, entry_index.c.station)
        .cte("booked")
    )
    of_class = func.split_part(booked.c.name, ":", 1)
    classes = (
        select(of_class.label("name"), booked.c.station, func.sum(booked.c.fen).label("fen"))
        .group_by(of_class, booked.c.station)
        .cte("classes")
    )
    found = union_all(
        _compared(BALANCE, booked, balances, balances.c.account),
        _compared(CLASS_TOTAL, classes, class_totals, class_totals.c.account_class),
    )
    return [
        Difference(row.what, (row.name, row.station), int(row.posted), int(row.kept))
        for row in connection.execute(found.order_by("what", "name", "station"))
    ]


def _compared(
    what: str, booked: FromClause, stored: Table, name: ColumnElement[str]
) -> Select[Any]:
    posted, kept = func.coalesce(booked.c.fen, 0), func.coalesce(stored.c.fen, 0)
    same = and_(booked.c.name == name, booked.c.station == stored.c.station)
    columns: tuple[ColumnElement[Any], ...] = (
        literal(what).label("what"),
        func.coalesce(booked.c.name, name).label("name"),
        func.coalesce(booked.c.station, stored.c.station).label("station"),
        posted.label("posted"),
        kept.label("kept"),
    )
    both = join(booked, stored, same, full=True)
    return select(*columns).select_from(both).where(posted != kept)


def _stored(connection: Connection) -> dict[str, int]:
    """How many sums of each kind are stored."""
    tables = {BALANCE: balances, CLASS_TOTAL: class_totals, DAY_TOTAL: day_totals}
    counts = {what: select(func.count()).select_from(table) for what, table in tables.items()}
    return {what: connection.scalar(count) or 0 for what, count in counts.items()}


def _differences(
    what: str, facts: Mapping[Any, int], stored: Mapping[Any, int]
) -> list[Difference]:
    return [
        Difference(what, key, facts.get(key, 0), stored.get(key, 0))
        for key in sorted(facts.keys() | stored.keys())
        if facts.get(key, 0) != stored.get(key, 0)
    ]


def _put_right(connection: Connection, found: Iterable[Difference]) -> None:
    """In the order in which pushes take the rows."""
    for what, names, statement in _ADDED:
        ours = [one for one in found if one.what == what]
        if ours:
            columns = zip(*(one.key for one in ours), strict=True)
            lacks = [one.posted_fen - one.stored_fen for one in ours]
            values = dict(zip(names, map(list, columns), strict=True))
            connection.execute(statement, {**values, "fen": lacks})


def _keep(connection: Connection, asked: Repair, found: tuple[Difference, ...]) -> None:
    for one in found:
        record_act(connection, asked.by, "sum_put_right", " ".join(map(str, one.key)), str(one))
    if found:
        record_act(connection, asked.approved_by, "approved", f"recount {len(found)}", asked.reason)
