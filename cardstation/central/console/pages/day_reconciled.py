"""One day of the books for people: each station's seal, what came later, how much is explained."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Connection, Text, case, cast, func, select

from cardstation.central.centre_chain import CENTRE
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import Cell, Export, Sheet, Visit, ends, yuan
from cardstation.central.console.words import ACCOUNTS
from cardstation.central.days import revenue_of
from cardstation.central.posting import UNREADABLE_KIND
from cardstation.central.reconcile.seals import Kept, corrections, root_of, seals_of
from cardstation.central.reconcile.tables import day_runs, day_seals
from cardstation.central.tables import journal, stations

RECENT = 7
MOST_CORRECTIONS = 200


@dataclass(frozen=True, slots=True)
class StationDay:
    """A station on a day.

    Attributes:
        kept: Its seal, None while the day is not sealed.
        money_fen: Taken by any tender, less what was given back. sold_fen: Gas on cards.
        since: Entries that no seal covers yet. late: Of them, of days that are sealed.
    """

    station: str
    kept: Kept | None
    money_fen: int
    sold_fen: int
    since: int
    late: int


@dataclass(frozen=True, slots=True)
class RunShown:
    """A run as it was kept."""

    day: date
    ok: bool
    asked_by: str
    ended_at: datetime
    report: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day's value.

    Attributes:
        over: The day is over and can be sealed. root: One fingerprint over all its seals.
        corrections: Entries of this day that came after its seal.
        revenue: Gas the desks sold on the day, and what of it was posted later.
        explained: The figure as the newest run that looked at the day found it, or empty.
        runs: The newest first.
    """

    day: date
    over: bool
    stations: tuple[StationDay, ...]
    root: str
    corrections: tuple[Any, ...]
    revenue: Mapping[str, int]
    explained: Mapping[str, Any]
    explained_at: datetime | None
    runs: tuple[RunShown, ...]

    @property
    def run(self) -> RunShown | None:
        """The newest run of this very day."""
        return next((one for one in self.runs if one.day == self.day), None)

    @property
    def sealed(self) -> int:
        """How many chains are sealed."""
        return sum(one.kept is not None for one in self.stations)


def day_shown(visit: Visit) -> DayShown:
    """The day that was asked for, else the last one that was run, else yesterday."""
    connection = visit.connection
    day = visit.day if visit.get("day") else _last_day(connection, visit.now)
    seals = seals_of(connection, day)
    explained, at = _explained(connection, day)
    return DayShown(
        day=day,
        over=ends(day) <= visit.now,
        stations=_stations(connection, day, seals),
        root=root_of(seals) if seals else "",
        corrections=corrections(connection, day)[:MOST_CORRECTIONS],
        revenue=revenue_of(connection, day),
        explained=explained,
        explained_at=at,
        runs=_runs(connection, day),
    )


def _last_day(connection: Connection, now: datetime) -> date:
    last = connection.scalar(select(func.max(day_runs.c.day)))
    return last or now.date() - timedelta(days=1)


def _runs(connection: Connection, day: date) -> tuple[RunShown, ...]:
    """The newest run of each of the last days up to this one."""
    newest = (
        select(func.max(day_runs.c.number))
        .where(day_runs.c.day <= day, day_runs.c.day > day - timedelta(days=RECENT))
        .group_by(day_runs.c.day)
    )
    rows = connection.execute(
        select(day_runs)
        .where(day_runs.c.number.in_(newest.scalar_subquery()))
        .order_by(day_runs.c.day.desc())
    )
    return tuple(
        RunShown(row.day, row.ok, row.asked_by, row.ended_at, json.loads(row.report))
        for row in rows
    )


def _explained(connection: Connection, day: date) -> tuple[Mapping[str, Any], datetime | None]:
    """The figure of a day by the newest run that told it: its own, or that of the next day."""
    row = connection.execute(
        select(day_runs.c.day, day_runs.c.report, day_runs.c.ended_at)
        .where(day_runs.c.day.in_((day, day + timedelta(days=1))))
        .order_by(day_runs.c.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return {}, None
    report = json.loads(row.report)
    return report["explained" if row.day == day else "explained_before"], row.ended_at


def _stations(connection: Connection, day: date, seals: tuple[Kept, ...]) -> tuple[StationDay, ...]:
    by_station = {one.seal.station: one for one in seals}
    after = _after(connection)
    names = connection.scalars(
        select(stations.c.station)
        .where(stations.c.enrolled_at < ends(day))
        .order_by(stations.c.station)
    )
    found = []
    for name in names:
        kept = by_station.get(name)
        sums = json.loads(kept.seal.sums) if kept else {}
        since, late = after.get(name, (0, 0))
        found.append(
            StationDay(
                station=name,
                kept=kept,
                money_fen=sums.get("tender", 0),
                sold_fen=-sums.get("gas_sold", 0),
                since=since,
                late=late,
            )
        )
    return tuple(found)


def _after(connection: Connection) -> dict[str, tuple[int, int]]:
    """Entries that no seal covers yet, by station, and how many of them are of sealed days.

    By the day a station says; an entry that cannot be read says none.
    """
    last = (
        select(
            day_seals.c.station,
            func.max(day_seals.c.day).label("day"),
            func.max(day_seals.c.to_seq).label("to_seq"),
        )
        .group_by(day_seals.c.station)
        .subquery()
    )
    read = cast(func.convert_from(journal.c.raw, "UTF8"), JSON)
    said = func.left(func.json_extract_path_text(read, "at"), 10)
    own = case((journal.c.kind != UNREADABLE_KIND, said), else_="")
    late = (own >= "2000") & (own <= cast(last.c.day, Text)) & (journal.c.station != CENTRE)
    rows = connection.execute(
        select(journal.c.station, func.count(), func.count().filter(late))
        .join(last, (last.c.station == journal.c.station) & (journal.c.seq > last.c.to_seq))
        .group_by(journal.c.station)
    )
    return {station: (since, behind) for station, since, behind in rows}


def sheet(visit: Visit) -> Sheet:
    """The seals of a day to take along, with everything that proves them."""
    t, shown = visit.t, day_shown(visit)
    headings = [
        *(t("Day"), t("Station"), t("From entry"), t("To entry"), t("Late ones in it")),
        *(t("Heard since"), t("Hash of the last entry"), t("Seal before"), t("Signature")),
        *(t(ACCOUNTS[name]) for name in ("tender", "gas_sold")),
    ]
    rows: list[list[Cell]] = []
    for one in shown.stations:
        if one.kept is None:
            continue
        seal = one.kept.seal
        rows.append(
            [
                *(seal.day.isoformat(), seal.station, seal.from_seq, seal.to_seq, seal.late),
                *(t("yes") if seal.heard else t("no"), seal.hash, seal.before),
                *(one.kept.signature.hex(), yuan(one.money_fen), yuan(one.sold_fen)),
            ]
        )
    return Sheet(headings, rows)


EXPORTS = (Export("seals", "Seals of the day", Right.LOOK, sheet),)
