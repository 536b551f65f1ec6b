"""Today at a glance: cards, gas, money, what is open, and which station keeps something back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, select

from cardstation.central.console.charts import Bars, Donut, Line
from cardstation.central.console.pages.station_states import Lagging, lagging
from cardstation.central.console.roles import Right
from cardstation.central.console.tables import explanations
from cardstation.central.console.visit import ZONE, Page, Visit, begins, ends
from cardstation.central.console.words import TENDERS
from cardstation.central.tables import (
    class_totals,
    day_totals,
    exceptions,
    journal,
    orders,
    postings,
)

DAYS = 14
_OPENS, _CLOSES = 7, 19


@dataclass(frozen=True, slots=True)
class Figures:
    """What was posted on one day.

    Attributes:
        cards: Loads, less those taken off again. fen: What their gas cost.
        money_fen: Taken in all ways, less what went back.
    """

    cards: int
    litres: int
    fen: int
    money_fen: int


@dataclass(frozen=True, slots=True)
class Kind:
    """Open items of one kind; `oldest` is when the first of them was opened."""

    code: str
    number: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Today:
    """The page's value.

    Attributes:
        totals: Fen per class of account over all days.
        hours: Cards per hour. days: Money per day, in fen. tenders: Money by way of paying.
        waiting: Orders paid online and not loaded; `oldest_order` of them.
    """

    day: date
    figures: Figures
    before: Figures
    totals: dict[str, int]
    hours: Bars
    days: Line
    tenders: Donut
    open: tuple[Kind, ...]
    lagging: tuple[Lagging, ...]
    waiting: int
    oldest_order: datetime | None


def show(visit: Visit) -> Today:
    """The figures of a day; everything that has no day is as it is now."""
    connection, day = visit.connection, visit.day
    waiting = connection.execute(
        select(func.count(), func.min(orders.c.paid_at)).where(orders.c.closed_by.is_(None))
    ).one()
    return Today(
        day=day,
        figures=figures(connection, day),
        before=figures(connection, day - timedelta(days=1)),
        totals=totals(connection),
        hours=Bars.of(_hours(connection, day)),
        days=Line.of(_days(connection, day)),
        tenders=Donut.of(_tenders(visit, day)),
        open=open_kinds(connection),
        lagging=lagging(connection, visit.now),
        waiting=waiting[0],
        oldest_order=waiting[1],
    )


def figures(connection: Connection, day: date) -> Figures:
    """What was posted on a day."""
    sold = journal.c.kind == "sealed", journal.c.verdict != "sealed_before"
    undone = (
        journal.c.kind.in_(("returned", "not_loaded")),
        journal.c.corrects != "",
        journal.c.verdict != "return_without_load",
    )
    loads, back = (
        connection.execute(
            select(
                func.count(),
                func.coalesce(func.sum(journal.c.litres), 0),
                func.coalesce(func.sum(journal.c.fen), 0),
            ).where(_on(day), *which)
        ).one()
        for which in (sold, undone)
    )
    money = connection.scalar(_money().where(day_totals.c.posted_on == day)) or 0
    return Figures(loads[0] - back[0], int(loads[1] - back[1]), int(loads[2] - back[2]), int(money))


def totals(connection: Connection) -> dict[str, int]:
    """Fen per class of account, over all stations and days."""
    rows = connection.execute(
        select(class_totals.c.account_class, func.sum(class_totals.c.fen)).group_by(
            class_totals.c.account_class
        )
    )
    return {name: int(fen) for name, fen in rows}


def open_kinds(connection: Connection) -> tuple[Kind, ...]:
    """Items nobody has explained yet, by kind, the most first."""
    rows = connection.execute(
        select(exceptions.c.code, func.count(), func.min(exceptions.c.opened_at))
        .outerjoin(explanations, explanations.c.exception == exceptions.c.number)
        .where(explanations.c.exception.is_(None))
        .group_by(exceptions.c.code)
        .order_by(func.count().desc(), exceptions.c.code)
    )
    return tuple(Kind(*row) for row in rows)


def _on(day: date) -> Any:
    return and_(journal.c.posted_at >= begins(day), journal.c.posted_at < ends(day))


def _money() -> Any:
    return select(func.sum(day_totals.c.fen)).where(day_totals.c.account_class == "tender")


def _hours(connection: Connection, day: date) -> list[tuple[str, int]]:
    hour = func.extract("hour", func.timezone(ZONE.key, journal.c.posted_at))
    rows = connection.execute(
        select(hour.label("hour"), func.count().label("cards"))
        .where(_on(day), journal.c.kind == "sealed", journal.c.verdict != "sealed_before")
        .group_by(hour)
    ).all()
    found = {int(row.hour): int(row.cards) for row in rows}
    first, last = min([_OPENS, *found]), max([_CLOSES, *found])
    return [(f"{at}", found.get(at, 0)) for at in range(first, last + 1)]


def _days(connection: Connection, day: date) -> list[tuple[str, int]]:
    first = day - timedelta(days=DAYS - 1)
    posted_on = day_totals.c.posted_on
    rows = connection.execute(
        _money().add_columns(posted_on).where(posted_on.between(first, day)).group_by(posted_on)
    )
    found = {on: int(fen) for fen, on in rows}
    days = [first + timedelta(days=at) for at in range(DAYS)]
    return [(f"{one:%m-%d}", found.get(one, 0)) for one in days]


def _tenders(visit: Visit, day: date) -> list[tuple[str, int]]:
    rows = visit.connection.execute(
        select(func.sum(postings.c.fen), postings.c.account)
        .join(journal, journal.c.entry_id == postings.c.entry_id)
        .where(postings.c.account.like("tender:%"), _on(day))
        .group_by(postings.c.account)
    )
    named = [(account.partition(":")[2], int(fen)) for fen, account in rows]
    return [
        (visit.t(TENDERS[name]) if name in TENDERS else name, fen)
        for name, fen in sorted(named, key=lambda one: -one[1])
    ]


PAGE = Page("today", "Today", Right.LOOK, show, path="/", icon="home", key="t")
