"""Two desks of one utility over one set of books: what one begins, the other may finish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cardstation.errors import LedgerUnreachable
from cardstation.services.sync import sync
from tests.kit.desk import StandingClock
from tests.kit.memory_ledger import Answer, Centre, MemoryLedger
from tests.kit.station import Desk, open_desk


@dataclass
class Line(MemoryLedger):
    """One station's line to the books, which may be down, or rest after a failure."""

    down: bool = False
    resting: bool = False

    def carry(self, name: str, ask: Callable[[], Answer]) -> Answer:
        if self.down:
            raise LedgerUnreachable
        return super().carry(name, ask)

    def hurried(self) -> Line | None:
        return None if self.resting else self


def open_station(home: Path, centre: Centre, name: str, **given: Any) -> Desk:
    """A desk named `name` on the utility's books."""
    desk = open_desk(home / name, ledger=Line(name, centre), **given)
    number = int(name[1:])
    desk.station = replace(desk.station, name=name, number=number)
    return desk


@contextmanager
def two_stations(home: Path, **given: Any) -> Iterator[tuple[Desk, Desk, Centre]]:
    """Desks S001 and S002, and the books."""
    centre, clock = Centre(), StandingClock()
    one = open_station(home, centre, "S001", clock=clock, **given)
    other = open_station(home, centre, "S002", clock=clock, **given)
    try:
        yield one, other, centre
    finally:
        for desk in (one, other):
            desk.reader.pull()
            desk.station.store.close()


def line_of(desk: Desk) -> Line:
    """The desk's line, to cut it."""
    line = desk.station.ledger
    assert isinstance(line, Line)
    return line


def told(*desks: Desk) -> None:
    """Every desk syncs, twice: what the second round learns, the first has sent."""
    for _ in range(2):
        for desk in desks:
            sync(desk.station)
