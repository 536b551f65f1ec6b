"""The board of teams and zones: how many cards of each were collected, loaded and given back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from cardstation.central.console.batches import Life, lives, recent
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import Page, Visit

SHOWN = timedelta(days=14)
"""Closed bags stay on the board so long; open ones always do."""

MOST = 1_000
_STRICT = ("sealed", "controlled", "watched", "open", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One team in one zone; `team` and `zone` are empty where the desk did not say."""

    team: str
    zone: str
    bags: int
    open: int
    rows: int
    collected: int
    loaded: int
    returned: int


@dataclass(frozen=True, slots=True)
class Board:
    """The page's value, the strictest zones first."""

    rows: tuple[Row, ...]
    zones: tuple[Row, ...]


def show(visit: Visit) -> Board:
    """Every bag that is open or was closed lately."""
    found = [
        one
        for one in lives(visit.connection, recent(visit.connection, MOST))
        if one.stage != "closed" or visit.now - one.last_at < SHOWN
    ]
    zones = [_row("", zone, [one for one in found if one.zone == zone]) for zone in _STRICT]
    pairs = sorted({(one.zone, one.team) for one in found}, key=_order)
    rows = [
        _row(team, zone, [one for one in found if (one.zone, one.team) == (zone, team)])
        for zone, team in pairs
    ]
    return Board(tuple(rows), tuple(one for one in zones if one.bags))


def _order(pair: tuple[str, str]) -> tuple[int, str]:
    zone, team = pair
    return (_STRICT.index(zone) if zone in _STRICT else len(_STRICT)), team


def _row(team: str, zone: str, bags: Iterable[Life]) -> Row:
    found = list(bags)
    return Row(
        team=team,
        zone=zone,
        bags=len(found),
        open=sum(one.stage != "closed" for one in found),
        rows=sum(one.rows for one in found),
        collected=sum(one.collected for one in found),
        loaded=sum(one.loaded for one in found),
        returned=sum(one.returned for one in found),
    )


PAGES = (Page("board", "Board", Right.LOOK, show, icon="chart", key="o"),)
