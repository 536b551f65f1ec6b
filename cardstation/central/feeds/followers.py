"""How far every station is with every feed it follows, for the command line and the console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, and_, func, literal, or_, select

from cardstation.central.feeds.tables import (
    feed_rows,
    feed_snapshots,
    feeds,
    station_districts,
    station_feeds,
)
from cardstation.central.tables import stations
from cardstation.domain.feed import CLERKS, DIRECTORY, POLICY, district_of

NEVER = -1


@dataclass(frozen=True, slots=True)
class Follower:
    """A station and a feed.

    Attributes:
        number: Of the feed's last change. has: Of the station's, `NEVER` = it never asked.
        told_at: When it last said so.
    """

    station: str
    feed: str
    number: int
    has: int
    told_at: datetime | None

    @property
    def district(self) -> str:
        """Of households; empty for prices, rules, blocked cards, and for clerks."""
        return district_of(self.feed) if self.feed.startswith(DIRECTORY) else ""

    @property
    def of_clerks(self) -> bool:
        """Those whom the centre sends to the station."""
        return self.feed.startswith(CLERKS)

    @property
    def behind(self) -> bool:
        """There is something it has not taken yet; or it has more than the centre knows of."""
        return self.has != self.number


@dataclass(frozen=True, slots=True)
class FeedTold:
    """A feed at the centre.

    Attributes:
        number: Of its last change. rows: How many there are.
        snapshot, packed_bytes: After which change the newest snapshot is, and what it weighs.
        followers: How far each station is.
    """

    feed: str
    number: int
    rows: int
    snapshot: int
    packed_bytes: int
    published_at: datetime
    followers: tuple[Follower, ...]


def followers(connection: Connection, station: str = "") -> tuple[Follower, ...]:
    """Who follows what, of every station in service or of one, by station and feed."""
    follows = or_(
        feeds.c.feed == POLICY,
        feeds.c.feed == literal(CLERKS) + stations.c.station,
        select(station_districts.c.feed)
        .where(
            station_districts.c.station == stations.c.station,
            station_districts.c.feed == feeds.c.feed,
        )
        .exists(),
    )
    query = (
        select(
            *(stations.c.station, feeds.c.feed, feeds.c.number),
            *(func.coalesce(station_feeds.c.number, NEVER), station_feeds.c.told_at),
        )
        .select_from(stations)
        .join(feeds, follows)
        .outerjoin(
            station_feeds,
            and_(
                station_feeds.c.station == stations.c.station, station_feeds.c.feed == feeds.c.feed
            ),
        )
        .where(stations.c.status == "active")
        .order_by(stations.c.station, feeds.c.feed)
    )
    if station:
        query = query.where(stations.c.station == station)
    return tuple(Follower(*row) for row in connection.execute(query))


def every_feed(connection: Connection) -> tuple[FeedTold, ...]:
    """Every feed by name, with its followers."""
    who = followers(connection)
    newest = (
        select(feed_snapshots.c.feed, func.max(feed_snapshots.c.number).label("number"))
        .group_by(feed_snapshots.c.feed)
        .subquery()
    )
    rows = (
        select(feed_rows.c.feed, func.count().label("rows")).group_by(feed_rows.c.feed).subquery()
    )
    query = (
        select(
            *(feeds.c.feed, feeds.c.number, func.coalesce(rows.c.rows, 0)),
            *(newest.c.number, feed_snapshots.c.packed_bytes, feeds.c.published),
        )
        .join(newest, newest.c.feed == feeds.c.feed)
        .join(
            feed_snapshots,
            and_(feed_snapshots.c.feed == feeds.c.feed, feed_snapshots.c.number == newest.c.number),
        )
        .outerjoin(rows, rows.c.feed == feeds.c.feed)
        .order_by(feeds.c.feed)
    )
    return tuple(
        FeedTold(
            *row[:5],
            published_at=datetime.fromtimestamp(row[5] / 1_000_000, UTC),
            followers=tuple(one for one in who if one.feed == row[0]),
        )
        for row in connection.execute(query)
    )
