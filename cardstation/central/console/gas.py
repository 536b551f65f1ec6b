"""Whose gas runs out first, over all stations: what they told, beside what was loaded since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, Text, case, cast, func, select

from cardstation.central.boards import gas_left
from cardstation.central.tables import entry_index, journal
from cardstation.domain.forecast import OLDEST

STATES = ("out", "days_3", "days_7", "days_14", "later", "loaded", "unknown", "stale")
"""`loaded`: a load followed that is not in the figure. The last two are not known: nobody can
reckon it, or the reading is too old."""

_DAY = timedelta(days=1)
_LESS_THAN = (("out", 1), ("days_3", 4), ("days_7", 8), ("days_14", 15))
_NO_LOAD = ("sealed_before", "false_seal")


@dataclass(frozen=True, slots=True)
class Home:
    """A household's gas.

    Attributes:
        station: The desk that told.
        state: One of `STATES`. days: Whole days from now; of `loaded`, at least; None = not known.
    """

    account_no: str
    team: str
    zone: str
    station: str
    state: str
    days: int | None
    read_at: datetime


def homes(
    connection: Connection, now: datetime, *, team: str, zone: str, most: int | None
) -> tuple[Home, ...]:
    """Households of a team, a zone or both, who runs out first before the others.

    Args:
        connection: Of the books.
        now: When it is asked.
        team: Whose households, empty = of every one.
        zone: In which, empty = in every one.
        most: So many at the most.
    """
    found = _found(now, team, zone).subquery()
    known = case((found.c.state.in_(STATES[:5]), 0), (found.c.state == "loaded", 1), else_=2)
    out_at = case((known < 2, found.c.out_at))
    order = known, out_at.nulls_last(), found.c.read_at.desc(), found.c.account_no
    rows = connection.execute(select(found).order_by(*order).limit(most))
    return tuple(
        Home(
            *(row.account_no, row.team, row.zone, row.station, row.state),
            days=None if row.state in STATES[-2:] else max(0, (row.out_at - now) // _DAY),
            read_at=row.read_at,
        )
        for row in rows
    )


def counts(connection: Connection, now: datetime, *, team: str, zone: str) -> Mapping[str, int]:
    """How many households each state has, in the order of `STATES`."""
    found = _found(now, team, zone).subquery()
    query = select(found.c.state, func.count()).group_by(found.c.state)
    told = dict(map(tuple, connection.execute(query)))
    return {state: told.get(state, 0) for state in STATES}


def teams(connection: Connection) -> tuple[str, ...]:
    """Teams of households that were told of."""
    named = select(gas_left.c.team).where(gas_left.c.team != "").distinct()
    return tuple(sorted(connection.scalars(named)))


def _found(now: datetime, team: str, zone: str) -> Select[tuple[object, ...]]:
    gas = gas_left.c
    state: ColumnElement[str] = case(
        (gas.read_at < now - OLDEST, "stale"),
        (gas.out_at.is_(None), "unknown"),
        (_loaded_since(), "loaded"),
        *((gas.out_at < now + days * _DAY, name) for name, days in _LESS_THAN),
        else_="later",
    )
    query = select(
        *(gas.account_no, gas.team, gas.zone, gas.station, gas.out_at, gas.read_at),
        state.label("state"),
    )
    if team:
        query = query.where(gas.team == team)
    return query.where(gas.zone == zone) if zone else query


def _loaded_since() -> ColumnElement[bool]:
    """A load of any desk above the counter of the figure, that was not taken off again."""
    undone = (
        select(entry_index.c.seq)
        .where(entry_index.c.undone == cast(journal.c.entry_id, Text))
        .exists()
    )
    return (
        select(journal.c.seq)
        .where(
            journal.c.card_no == gas_left.c.card_no,
            journal.c.card_no != "",
            journal.c.kind == "sealed",
            journal.c.counter_after > gas_left.c.counter,
            journal.c.verdict.not_in(_NO_LOAD),
            ~undone,
        )
        .exists()
    )
