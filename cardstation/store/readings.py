"""What meters wrote back on their cards, as rows: one per block that was newer than the last."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
    union,
)

from cardstation.domain.card import Quantity
from cardstation.domain.forecast import MeterReading, number_of, quantity_of
from cardstation.domain.meter import MeterKind
from cardstation.domain.transitions import TAKEN_OFF, Direction, TopUpState
from cardstation.sql.asked import Asked, adding, newest
from cardstation.sql.types import Instant, Word
from cardstation.store.frozen import thaw_any
from cardstation.store.households import households
from cardstation.store.tables import metadata, topup

meter_reading = Table(
    "meter_reading",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("account_no", Text, nullable=False, index=True),
    Column("meter_no", Text, nullable=False),
    Column("kind", Word(MeterKind), nullable=False),
    Column("residual", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("counter", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    UniqueConstraint("meter_no", "at", "counter"),
)

APPEND_ONLY = (meter_reading,)


@dataclass(frozen=True, slots=True)
class LastLoaded:
    """The load that an account was sold last here and that was not taken off its card again.

    Attributes:
        counter: The purchase counter with it. counted: its maker's cards count at all.
        at: When it was begun.
    """

    meter_no: str
    counter: int
    counted: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Untaken:
    """Loads that a meter had not taken at its last reading.

    Attributes:
        number: Their sum, in litres or fen. counter: The highest purchase counter of them.
    """

    number: int
    counter: int


_BACK = select(topup.c.corrects).where(
    topup.c.direction == Direction.RETURN, topup.c.state.in_(TAKEN_OFF)
)
_STANDS = (
    topup.c.direction == Direction.SALE,
    topup.c.state == TopUpState.SEALED,
    topup.c.topup_id.not_in(_BACK),
)
_LAST = Asked(
    select(meter_reading).where(
        newest(meter_reading.c.no, meter_reading.c.meter_no == bindparam("meter_no"))
    )
)
_ADD = adding(meter_reading)
"""Asked for every card: made once."""


class Readings:
    """The readings of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def last(self, meter_no: str) -> MeterReading | None:
        """The newest reading of a meter."""
        row = _LAST.first(self._connection, meter_no=meter_no)
        return None if row is None else _reading(row)

    def newest(self) -> dict[str, MeterReading]:
        """Meter → its newest reading."""
        last = select(func.max(meter_reading.c.no)).group_by(meter_reading.c.meter_no)
        query = select(meter_reading).where(meter_reading.c.no.in_(last))
        return {row.meter_no: _reading(row) for row in self._connection.execute(query)}

    def add(self, reading: MeterReading, seen_at: datetime) -> None:
        """Keep a reading that is newer than the last of its meter; an older one is left out."""
        last = self.last(reading.meter_no)
        if last is not None and not reading.newer_than(last):
            return
        _ADD.write(
            self._connection,
            {
                "account_no": reading.account_no,
                "meter_no": reading.meter_no,
                "kind": reading.kind,
                "residual": number_of(reading.residual),
                "total": number_of(reading.total),
                "counter": reading.counter,
                "at": reading.at,
                "seen_at": seen_at,
            },
        )

    def of_community(self, community: str) -> dict[str, tuple[MeterReading, ...]]:
        """Account → its readings, oldest first; households without any are left out."""
        query = (
            select(meter_reading)
            .join(households, households.c.account_no == meter_reading.c.account_no)
            .where(households.c.community == community)
            .order_by(meter_reading.c.no)
        )
        found: dict[str, list[MeterReading]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.account_no, []).append(_reading(row))
        return {account_no: tuple(some) for account_no, some in found.items()}

    def last_loads(self, accounts: Container[str]) -> dict[str, LastLoaded]:
        """Account → its last load that stands; accounts without one are left out."""
        wanted = ("account_no", "meter_no", "counter_before", "counter_after", "opened_at")
        query = select(*(topup.c[name] for name in wanted)).where(*_STANDS).order_by(topup.c.no)
        return {
            row.account_no: LastLoaded(
                meter_no=row.meter_no,
                counter=row.counter_after,
                counted=row.counter_after > row.counter_before,
                at=row.opened_at,
            )
            for row in self._connection.execute(query)
            if row.account_no in accounts
        }

    def touched_since(self, since: datetime | None) -> dict[str, set[str]]:
        """Community → accounts whose meter was read, or that were sold to, from a moment on.

        Args:
            since: None = every account whose meter was ever read.
        """
        read, sold = select(meter_reading.c.account_no), select(topup.c.account_no)
        if since is None:
            some = read.subquery()
        else:
            read = read.where(meter_reading.c.seen_at >= since)
            some = union(read, sold.where(topup.c.opened_at >= since)).subquery()
        home = households.c
        query = select(home.community, home.account_no).where(
            home.account_no.in_(select(some.c.account_no))
        )
        found: dict[str, set[str]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.community, set()).add(row.account_no)
        return found

    def untaken(self, community: str, last: Mapping[str, MeterReading]) -> dict[str, Untaken]:
        """Account → loads of this station its meter had not taken yet.

        A load above the counter of the last reading is still to be taken; one that was taken off
        its card again is none.

        Args:
            community: Whose households.
            last: The newest reading of each account.
        """
        query = (
            select(topup.c.account_no, topup.c.meter_no, topup.c.counter_after, topup.c.quantity)
            .join(households, households.c.account_no == topup.c.account_no)
            .where(households.c.community == community, *_STANDS)
        )
        found: dict[str, Untaken] = {}
        for row in self._connection.execute(query):
            reading = last.get(row.account_no)
            if reading is None or row.meter_no != reading.meter_no:
                continue
            if row.counter_after > reading.counter:
                more = number_of(thaw_any(Quantity, row.quantity))
                had = found.get(row.account_no, Untaken(0, 0))
                counter = max(had.counter, row.counter_after)
                found[row.account_no] = Untaken(had.number + more, counter)
        return found


def _reading(row: Row[Any]) -> MeterReading:
    return MeterReading(
        account_no=row.account_no,
        meter_no=row.meter_no,
        residual=quantity_of(row.residual, row.kind),
        total=quantity_of(row.total, row.kind),
        counter=row.counter,
        at=row.at,
    )
