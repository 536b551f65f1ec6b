"""Purchase counters per maker: the holes the cards show, and how many of them are explained."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, Connection, cast, func, select

from cardstation.central.reconcile.tables import off_book_loads
from cardstation.central.tables import card_load, journal

COUNTED, UNCOUNTED = "counted", "none"


@dataclass(frozen=True, slots=True)
class Counters:
    """The counters of one maker's cards.

    Attributes:
        school: As in `domain.meter`, where whoever asks knows it; else `counted`, or `none` where
            its cards were never seen to count: nothing is proved there by a counter.
        purses: Cards that count, each generation for itself. loads: Live loads on them.
        holes: Purchase numbers between the first and the last load that no desk sold.
        explained: Of them, told by a channel.
        jumps: Sales that moved a counter by more than one.
        uncounted: Sales that moved none.
    """

    maker: str
    school: str
    purses: int
    loads: int
    holes: int
    explained: int
    jumps: int
    uncounted: int


def counters(connection: Connection, schools: dict[str, str]) -> tuple[Counters, ...]:
    """The counters of every maker.

    Args:
        connection: The books.
        schools: The school of each maker, as far as whoever asks knows.
    """
    holes = _holes(connection)
    sales = _sales(connection)
    told = _explained(connection)
    found = []
    for maker in sorted(holes.keys() | sales.keys()):
        purses, loads, missing = holes.get(maker, (0, 0, 0))
        jumps, uncounted = sales.get(maker, (0, 0))
        found.append(
            Counters(
                maker=maker,
                school=schools.get(maker, COUNTED if loads else UNCOUNTED),
                purses=purses,
                loads=loads,
                holes=missing,
                explained=told.get(maker, 0),
                jumps=jumps,
                uncounted=uncounted,
            )
        )
    return tuple(found)


def _holes(connection: Connection) -> dict[str, tuple[int, int, int]]:
    load = card_load.c
    numbers = func.count(func.distinct(load.counter))
    purses = (
        select(
            load.maker,
            func.count().label("loads"),
            (func.max(load.counter) - func.min(load.counter) + 1 - numbers).label("holes"),
        )
        .where(load.freed_by.is_(None))
        .group_by(load.maker, load.meter_no, load.generation)
        .subquery()
    )
    sums = (cast(func.sum(purses.c[name]), BigInteger) for name in ("loads", "holes"))
    rows = connection.execute(select(purses.c.maker, func.count(), *sums).group_by(purses.c.maker))
    return {maker: (cards, loads, holes) for maker, cards, loads, holes in rows}


def _sales(connection: Connection) -> dict[str, tuple[int, int]]:
    moved = journal.c.counter_after - journal.c.counter_before
    rows = connection.execute(
        select(
            journal.c.maker,
            func.count().filter(moved.not_in((0, 1))),
            func.count().filter(moved == 0),
        )
        .where(journal.c.kind == "sealed")
        .group_by(journal.c.maker)
    )
    return {maker: (jumps, still) for maker, jumps, still in rows}


def _explained(connection: Connection) -> dict[str, int]:
    maker = off_book_loads.c.maker
    rows = connection.execute(select(maker, func.count()).group_by(maker))
    return {row[0]: row[1] for row in rows}
