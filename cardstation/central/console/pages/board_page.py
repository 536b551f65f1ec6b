"""The board of teams and zones: cards collected, loaded, given back, and what waits for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from cardstation.central.boards import boards_heard, open_cases
from cardstation.central.console.batches import Life, lives, recent
from cardstation.central.console.charts import Bars
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import Export, Page, Sheet, Visit
from cardstation.sentences import word

SHOWN = timedelta(days=14)
"""Closed bags stay on the board so long; open ones always do."""
SILENT = timedelta(days=1)
"""What a desk said of its open exceptions longer ago may be otherwise by now."""

MOST = 1_000
_MOST_BARS = 10
_STRICT = ("sealed", "controlled", "watched", "open", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One team in one zone; `team` and `zone` are empty where the desk did not say.

    Attributes:
        cases: Open exceptions, as their desks said. unsaid: Bags of desks that never said.
    """

    team: str
    zone: str
    bags: int
    open: int
    rows: int
    collected: int
    loaded: int
    returned: int
    cases: int
    unsaid: int


@dataclass(frozen=True, slots=True)
class Board:
    """The page's value, the strictest zones first.

    Attributes:
        silent: Desks of these bags that said nothing of open exceptions for a day, or never.
        bars: Cards that are still to be loaded, by team.
    """

    rows: tuple[Row, ...]
    zones: tuple[Row, ...]
    silent: tuple[str, ...]
    bars: Bars

    @property
    def cases(self) -> int:
        """Open exceptions of all."""
        return sum(one.cases for one in self.rows)


@dataclass(frozen=True, slots=True)
class _Said:
    """What desks said beside the facts: open exceptions by bag, and when each spoke last."""

    cases: Mapping[tuple[str, str], int]
    heard: Mapping[str, datetime]


def show(visit: Visit) -> Board:
    """Every bag that is open or was closed lately."""
    found, said = _bags(visit), _said(visit.connection)
    zones = [_row("", zone, [one for one in found if one.zone == zone], said) for zone in _STRICT]
    rows = _rows(found, said)
    silent = sorted(
        {
            one.station
            for one in found
            if one.station not in said.heard or visit.now - said.heard[one.station] > SILENT
        }
    )
    kept = tuple(one for one in zones if one.bags)
    return Board(rows, kept, tuple(silent), Bars.of(_to_load(visit, rows)))


def _bags(visit: Visit) -> list[Life]:
    return [
        one
        for one in lives(visit.connection, recent(visit.connection, MOST))
        if one.stage != "closed" or visit.now - one.last_at < SHOWN
    ]


def _said(connection: Connection) -> _Said:
    told = connection.execute(select(open_cases))
    heard = connection.execute(select(boards_heard.c.station, boards_heard.c.heard_at))
    return _Said(
        {(row.station, row.batch): row.number for row in told},
        {row.station: row.heard_at for row in heard},
    )


def _rows(found: Iterable[Life], said: _Said) -> tuple[Row, ...]:
    pairs: dict[tuple[str, str], list[Life]] = {}
    for one in found:
        pairs.setdefault((one.zone, one.team), []).append(one)
    return tuple(
        _row(team, zone, pairs[zone, team], said) for zone, team in sorted(pairs, key=_order)
    )


def _order(pair: tuple[str, str]) -> tuple[int, str]:
    zone, team = pair
    return (_STRICT.index(zone) if zone in _STRICT else len(_STRICT)), team


def _row(team: str, zone: str, found: list[Life], said: _Said) -> Row:
    return Row(
        team=team,
        zone=zone,
        bags=len(found),
        open=sum(one.stage != "closed" for one in found),
        rows=sum(one.rows for one in found),
        collected=sum(one.collected for one in found),
        loaded=sum(one.loaded for one in found),
        returned=sum(one.returned for one in found),
        cases=sum(said.cases.get((one.station, one.batch), 0) for one in found),
        unsaid=sum(one.station not in said.heard for one in found),
    )


def _to_load(visit: Visit, rows: Iterable[Row]) -> list[tuple[str, int]]:
    """The teams with most cards still to be loaded."""
    left: dict[str, int] = {}
    for one in rows:
        left[one.team] = left.get(one.team, 0) + max(0, one.rows - one.loaded)
    most = sorted(left.items(), key=lambda team: (-team[1], team[0]))[:_MOST_BARS]
    return [(team or visit.t("No team"), cards) for team, cards in most]


def sheet(visit: Visit) -> Sheet:
    """The board to take along."""
    t = visit.t
    headings = [
        *(t("Zone"), t("Team"), t("Bags"), t("Still open"), t("Cards on lists"), t("Collected")),
        *(t("Loaded"), t("Given back"), t("Open exceptions"), t("Bags of desks that never said")),
    ]
    return Sheet(
        headings,
        [
            [
                word(f"zone.{one.zone}", t) if one.zone else "",
                *(one.team, one.bags, one.open, one.rows, one.collected),
                *(one.loaded, one.returned, one.cases, one.unsaid),
            ]
            for one in _rows(_bags(visit), _said(visit.connection))
        ],
    )


PAGES = (Page("board", "Board", Right.LOOK, show, icon="chart", key="o"),)
EXPORTS = (Export("board", "Board", Right.LOOK, sheet),)
