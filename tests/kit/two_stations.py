"""Two desks of one utility over one set of books: what one begins, the other may finish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cardstation.domain.ledger import Entry, Order
from cardstation.errors import LedgerUnreachable
from cardstation.ports.ledger import Ack, LedgerHead
from cardstation.services.sync import sync
from tests.kit.desk import StandingClock
from tests.kit.station import Desk, open_desk
from tests.sim.ledger import Centre


@dataclass
class Line:
    """One station's line to the books; implements `ports.ledger.Ledger`."""

    station: str
    centre: Centre
    down: bool = False
    resting: bool = False

    def head(self) -> LedgerHead:
        self._ring()
        return self.centre.head(self.station)

    def push(self, entries: Sequence[bytes], nonce: str) -> Ack:
        self._ring()
        return self.centre.push(self.station, entries, nonce)

    def loads_of(self, card_no: str) -> tuple[Entry, ...]:
        self._ring()
        return self.centre.loads_of(self.station, card_no)

    def orders(self) -> tuple[Order, ...]:
        self._ring()
        return self.centre.orders_for(self.station)

    def hurried(self) -> Line | None:
        return None if self.resting else self

    def __getattr__(self, name: str) -> Any:
        """Whatever else the books offer a station."""

        def ask(*given: Any, **named: Any) -> Any:
            self._ring()
            return getattr(self.centre, name)(self.station, *given, **named)

        return ask

    def _ring(self) -> None:
        if self.down:
            raise LedgerUnreachable


def open_station(home: Path, centre: Centre, name: str, **given: Any) -> Desk:
    """A desk named `name` on the utility's books."""
    if name not in centre.chains:
        centre.enrol(name)
    desk = open_desk(home / name, ledger=Line(name, centre), **given)  # type: ignore[arg-type]
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
