"""Says how far the bags of every team, zone and community are: the board of the service teams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from cardstation.domain.batch import LineState, Zone
from cardstation.domain.batch_life import Stage, Step
from cardstation.domain.custody import Where
from cardstation.services.custody_state import CustodyState, custody_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.station import Station

SHOWN = timedelta(days=14)
"""Closed bags stay on the board so long; open ones always do."""

_NEVER_CAME = (Where.NOT_COLLECTED, Where.ELSEWHERE)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One community of a team: cards on its lists, and how far they came.

    Attributes:
        batches: Their ids, the oldest first.
        expected: Cards on the lists. collected: that came into our hands. loaded: with gas on
            them. returned: that are back.
        exceptions: What stands among the exceptions for its batches, counted there.
    """

    team: str
    zone: Zone
    community: str
    batches: tuple[str, ...]
    expected: int
    collected: int
    loaded: int
    returned: int
    exceptions: int


@dataclass(frozen=True, slots=True)
class Board:
    """Every community with a bag, by team, the strictest zone first."""

    rows: tuple[BoardRow, ...]

    @property
    def expected(self) -> int:
        """Cards on all lists."""
        return sum(row.expected for row in self.rows)

    @property
    def collected(self) -> int:
        """Cards that came into our hands."""
        return sum(row.collected for row in self.rows)

    @property
    def loaded(self) -> int:
        """Cards with gas on them."""
        return sum(row.loaded for row in self.rows)

    @property
    def returned(self) -> int:
        """Cards that are back."""
        return sum(row.returned for row in self.rows)

    @property
    def exceptions(self) -> int:
        """What waits for a person."""
        return sum(row.exceptions for row in self.rows)


def board_state(station: Station) -> Board:
    """Look at every bag that is open, or was closed lately."""
    since = station.clock.now() - SHOWN
    with station.store.reading() as reading:
        stages = reading.steps.stages()
        lately = {one.batch_id for one in reading.steps.of_kind(Step.CLOSED) if one.at >= since}
        ids = sorted(
            batch_id
            for batch_id in reading.batches.ids()
            if stages.get(batch_id) is not Stage.CLOSED or batch_id in lately
        )
    waits = Counter(one.batch_id for one in exceptions_state(station) if one.batch_id)
    found: dict[tuple[str, int, str], list[CustodyState]] = {}
    for batch_id in ids:
        one = custody_state(station, batch_id)
        batch = one.batch.batch
        key = (batch.team, list(Zone).index(batch.zone), batch.community)
        found.setdefault(key, []).append(one)
    return Board(tuple(_row(key, found[key], waits) for key in sorted(found)))


def _row(
    key: tuple[str, int, str], bags: Iterable[CustodyState], waits: Mapping[str, int]
) -> BoardRow:
    some = tuple(bags)
    team, zone, community = key
    return BoardRow(
        team=team,
        zone=list(Zone)[zone],
        community=community,
        batches=tuple(one.batch.batch.batch_id for one in some),
        expected=sum(one.custody.cards for one in some),
        collected=sum(map(_collected, some)),
        loaded=sum(_count(one, (LineState.DONE,)) for one in some),
        returned=sum(one.custody.tally[Where.RETURNED] for one in some),
        exceptions=sum(waits[one.batch.batch.batch_id] for one in some),
    )


def _collected(one: CustodyState) -> int:
    return one.custody.cards - sum(one.custody.tally[where] for where in _NEVER_CAME)


def _count(one: CustodyState, states: tuple[LineState, ...]) -> int:
    return sum(outcome.state in states for outcome in one.batch.outcomes)
