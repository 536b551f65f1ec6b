"""A centre in memory that publishes feeds, and the lines of stations to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cardstation.central.centre_key import CentreKey
from cardstation.central.feeds.making import (
    Head,
    bodies_of,
    deltas_of,
    jump,
    pages_of,
    snapshot_of,
)
from cardstation.central.signatures import genuine
from cardstation.domain.feed import Delta, FeedHead, Row, Snapshot, directory_of
from cardstation.domain.feed_rows import household_row
from cardstation.domain.household import Household
from cardstation.errors import LedgerRefused, LedgerUnreachable
from cardstation.services.feed_state import feed_state
from cardstation.services.station import Station
from cardstation.store import Store
from tests.kit.desk import bare_desk
from tests.kit.postgres import CENTRE_KEY
from tests.kit.station import neighbours

A, B = directory_of("朝阳服务部"), directory_of("南关服务部")


@dataclass
class Published:
    """One feed as the centre has it."""

    head: Head
    rows: dict[str, Row] = field(default_factory=dict)
    deltas: list[Delta] = field(default_factory=list)
    snapshot: Snapshot | None = None
    bodies: list[bytes] = field(default_factory=list)
    published: int = 0


@dataclass
class FeedCentre:
    """Rows by feed; every publication goes the way a real one does, without a database."""

    key: CentreKey = CENTRE_KEY
    feeds: dict[str, Published] = field(default_factory=dict)
    moment: int = 0

    def publish(self, feed: str, rows: Sequence[Row], *, later: bool = True) -> None:
        """Say what a feed's rows are now; the first time, and on demand, as a snapshot."""
        self.moment += later
        one = self.feeds.setdefault(feed, Published(Head(feed)))
        wanted = {row[0]: row for row in rows}
        put = [row for key, row in sorted(wanted.items()) if one.rows.get(key) != row]
        gone = sorted(one.rows.keys() - wanted.keys())
        one.rows = wanted
        if one.head.number == 0:
            self.begin(feed, one.head.number + 1)
            return
        for delta in deltas_of(self.key, one.head, put, gone, self.moment):
            one.head = Head(feed, delta.number, delta.hash)
            one.deltas.append(delta)
            one.published = self.moment

    def begin(self, feed: str, number: int = 0) -> None:
        """A snapshot after the last change, or in the place of changes up to a number."""
        one = self.feeds[feed]
        bodies = list(bodies_of([one.rows[key] for key in sorted(one.rows)]))
        pages = pages_of(bodies)
        if number:
            one.head, one.published = jump(one.head, number, pages), self.moment
        one.snapshot = snapshot_of(self.key, one.head, pages, one.published)
        one.bodies = [body for _, body in bodies]

    def line(self) -> FeedsInMemory:
        """A station's line."""
        return FeedsInMemory(self)


@dataclass
class FeedsInMemory:
    """Implements `ports.feeds.Feeds`; `spoil` may change what a method answers."""

    centre: FeedCentre
    follows: tuple[str, ...] | None = None
    spoil: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    pages: list[tuple[str, int]] = field(default_factory=list)
    cut_after: int = 1_000_000
    said: dict[str, int] = field(default_factory=dict)

    def told(self, at: Mapping[str, int]) -> tuple[FeedHead, ...]:
        self.said = dict(at)
        return tuple(
            FeedHead(
                name, one.head.number, one.head.hash, one.snapshot.number if one.snapshot else 0
            )
            for name, one in self.centre.feeds.items()
            if self.follows is None or name in self.follows
        )

    def deltas(self, feed: str, after: int) -> tuple[Delta, ...]:
        found = [one for one in self.centre.feeds[feed].deltas if one.number > after]
        there = tuple(found) if found and found[0].number == after + 1 else ()
        return self._spoilt("deltas", there)

    def snapshot(self, feed: str) -> Snapshot:
        found = self.centre.feeds[feed].snapshot
        assert found is not None
        return self._spoilt("snapshot", found)

    def page(self, feed: str, number: int, page: int) -> bytes:
        one = self.centre.feeds[feed]
        if one.snapshot is None or one.snapshot.number != number:
            raise LedgerRefused("feed_page_gone", feed=feed)
        if len(self.pages) >= self.cut_after:
            raise LedgerUnreachable
        self.pages.append((feed, page))
        return self._spoilt("page", one.bodies[page])

    def genuine(self, message: bytes, signature: bytes) -> bool:
        return genuine(CENTRE_KEY.public, signature, message)

    def _spoilt(self, name: str, found: Any) -> Any:
        change = self.spoil.get(name)
        return found if change is None else change(found)


def homes(count: int, team: str = "朝阳服务部") -> list[Household]:
    """Households of a district."""
    return [replace(one, team=team) for one in neighbours(count)]


def rows_of(some: Sequence[Household]) -> list[Row]:
    """As the centre files them."""
    return [household_row(one) for one in some]


def following_desk(home: Path, line: FeedsInMemory) -> Station:
    """A desk with an empty store that follows a line; its store is to be closed."""
    return replace(bare_desk(Store.open(home)), feeds=line)


def directory(station: Station) -> dict[str, Row]:
    """What is on file, as the centre would file it."""
    with station.store.reading() as reading:
        return {one.account_no: household_row(one) for one in reading.households.every()}


def filed(centre: FeedCentre, *feeds: str) -> dict[str, Row]:
    """What the centre says should be on file."""
    return {key: row for feed in feeds for key, row in centre.feeds[feed].rows.items()}


@dataclass
class Town:
    """A centre and a desk that follows it."""

    centre: FeedCentre
    line: FeedsInMemory
    station: Station


def numbers(station: Station) -> dict[str, int]:
    return {one.feed: one.number for one in feed_state(station).feeds}
