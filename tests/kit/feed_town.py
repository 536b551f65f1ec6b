"""A centre that publishes from real books, the real line, and the desk at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import insert

from cardstation.central.engine import transaction
from cardstation.central.feeds.publishing import Published, Said, publish
from cardstation.central.feeds.tables import station_districts
from cardstation.domain.feed import Row, directory_of
from cardstation.domain.feed_rows import household_row
from cardstation.domain.household import Household
from cardstation.services.station import Station
from cardstation.store import Store
from cardstation.sync.feed_line import FeedLine
from tests.kit.desk import bare_desk
from tests.kit.feeds import homes
from tests.kit.postgres import CENTRE_KEY, CODES, Centre, TestKey, TestPin

NIGHTLY = Said("households.csv", "command line")
EAST, SOUTH = "朝阳服务部", "南关服务部"


@dataclass
class Following:
    """A centre, a line to it and the desk at its end."""

    centre: Centre
    line: FeedLine
    station: Station

    def publish(
        self, some: Sequence[Household], *, whole: bool = True, said: Said = NIGHTLY
    ) -> dict[str, Published]:
        rows: list[tuple[str, Row]] = [(directory_of(one.team), household_row(one)) for one in some]
        with transaction(self.centre.books.engine) as connection:
            done = publish(
                connection, CENTRE_KEY, rows, said, whole=lambda named: named if whole else ()
            )
        return {one.feed: one for one in done}

    def give(self, *feeds: str) -> None:
        rows = [{"station": "S001", "feed": feed, "given_by": "test"} for feed in feeds]
        with transaction(self.centre.books.engine) as connection:
            connection.execute(insert(station_districts), rows)


def line_of(centre: Centre, name: str, **given: object) -> FeedLine:
    line = FeedLine(centre.url, name, TestKey(), TestPin(CENTRE_KEY.public), **given)  # type: ignore[arg-type]
    centre.opened.callback(line.close)
    return line


@contextmanager
def following(centre: Centre, home: Path) -> Iterator[Following]:
    line = line_of(centre, "S001")
    line.enrol(CODES[1])
    with Store.open(home) as store:
        yield Following(centre, line, replace(bare_desk(store), ledger=line, feeds=line))


def two_districts(count: int = 6) -> list[Household]:
    some = homes(count)
    return [replace(one, team=SOUTH) if at % 2 else one for at, one in enumerate(some)]


def said(some: Sequence[Household], *teams: str) -> dict[str, Row]:
    return {one.account_no: household_row(one) for one in some if one.team in teams}
