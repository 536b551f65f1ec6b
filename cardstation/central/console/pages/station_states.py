"""How every station stands: what it last said, what it keeps back, how old that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, select

from cardstation.central.console.tables import explanations, station_states
from cardstation.central.tables import exceptions, journal, stations

CENTRE = "centre"
QUIET = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class StationState:
    """One station as the centre knows it.

    Attributes:
        version: Of its program, empty when it never said.
        unsent: Entries it had not sent when it last spoke; `oldest_at` of them.
        seen_at: Its last contact. posted_at: Of its last entry, None before the first.
        open: Items of its entries that nobody has explained.
    """

    station: str
    status: str
    epoch: int
    last_seq: int
    enrolled_at: datetime
    version: str
    unsent: int | None
    oldest_at: datetime | None
    seen_at: datetime | None
    posted_at: datetime | None
    open: int

    def quiet(self, now: datetime) -> bool:
        """In service, and not heard of for a day."""
        heard = max(filter(None, (self.seen_at, self.posted_at, self.enrolled_at)))
        return self.status == "active" and now - heard > QUIET


@dataclass(frozen=True, slots=True)
class Lagging:
    """A station that keeps entries back, is silent, or may not speak."""

    state: StationState
    quiet: bool


def states(connection: Connection, station: str = "") -> tuple[StationState, ...]:
    """Every station, or one of them, by name."""
    last = journal.alias()
    open_items = (
        select(exceptions.c.station, func.count().label("open"))
        .outerjoin(explanations, explanations.c.exception == exceptions.c.number)
        .where(explanations.c.exception.is_(None))
        .group_by(exceptions.c.station)
        .subquery()
    )
    query = (
        select(
            *(stations.c.station, stations.c.status, stations.c.epoch, stations.c.last_seq),
            *(stations.c.enrolled_at, func.coalesce(station_states.c.version, "")),
            *(station_states.c.unsent, station_states.c.oldest_at, station_states.c.seen_at),
            *(last.c.posted_at, func.coalesce(open_items.c.open, 0)),
        )
        .outerjoin(station_states, station_states.c.station == stations.c.station)
        .outerjoin(
            last, and_(last.c.station == stations.c.station, last.c.seq == stations.c.last_seq)
        )
        .outerjoin(open_items, open_items.c.station == stations.c.station)
        .where(stations.c.status != CENTRE)
        .order_by(stations.c.station)
    )
    if station:
        query = query.where(stations.c.station == station)
    return tuple(StationState(*row) for row in connection.execute(query))


def lagging(connection: Connection, now: datetime) -> tuple[Lagging, ...]:
    """Stations a person should look at, the oldest unsent first."""
    found = [Lagging(one, one.quiet(now)) for one in states(connection)]
    kept = [one for one in found if one.state.unsent or one.quiet or one.state.status != "active"]
    return tuple(sorted(kept, key=lambda one: one.state.oldest_at or one.state.enrolled_at))
