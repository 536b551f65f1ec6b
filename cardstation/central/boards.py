"""What stations tell for the board beside the facts; the newest word stands in place of the last.

None of it is posted: no money hangs on it, and a station that was restored says it again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Engine,
    ForeignKey,
    Index,
    Table,
    Text,
    and_,
    delete,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert

from cardstation.central import wire
from cardstation.central.engine import transaction
from cardstation.central.tables import BOOKS
from cardstation.errors import LedgerRefused

KEPT = timedelta(days=365)
"""A reading that is older is forgotten; it says nothing long before."""

_MOMENT = DateTime(timezone=True)
_NOW = text("clock_timestamp()")
_YEARS = range(2000, 2200)
_NO_MONEY = text("SET LOCAL synchronous_commit = local")
"""It is told anew: no standby is waited for."""


def _station(*, primary_key: bool = False) -> Column[str]:
    whose = ForeignKey("stations.station")
    return Column("station", Text, whose, nullable=False, primary_key=primary_key)


open_cases = Table(
    "open_cases",
    BOOKS,
    _station(primary_key=True),
    Column("batch", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)

gas_left = Table(
    "gas_left",
    BOOKS,
    Column("account_no", Text, primary_key=True),
    _station(),
    Column("card_no", Text, nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("out_at", _MOMENT),
    Column("read_at", _MOMENT, nullable=False),
    Column("team", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Index("gas_left_team_idx", "team", "zone"),
    Index("gas_left_station_idx", "station", "read_at"),
)

boards_heard = Table(
    "boards_heard",
    BOOKS,
    _station(primary_key=True),
    Column("until", _MOMENT),
    Column("heard_at", _MOMENT, nullable=False, server_default=_NOW),
)


def take_board(engine: Engine, station: str, told: wire.BoardTold) -> datetime | None:
    """Keep what a station says of its bags and of households.

    Returns:
        Until when every reading it keeps was told; None = of none yet.

    Raises:
        LedgerRefused: `request_unreadable`: a moment nobody can mean.
    """
    moments = [told.until, *(at for one in told.gas for at in (one.read_at, one.out_at))]
    if any(at is not None and at.year not in _YEARS for at in moments):
        raise LedgerRefused("request_unreadable")
    with transaction(engine) as connection:
        connection.execute(_NO_MONEY)
        # First: one telling of a station after the other.
        until = _heard(connection, station, told.until)
        connection.execute(delete(open_cases).where(open_cases.c.station == station))
        if told.open:
            rows = [
                {"station": station, "batch": batch, "number": number}
                for batch, number in told.open.items()
            ]
            connection.execute(insert(open_cases), rows)
        _take_gas(connection, station, told.gas)
        _forget(connection, station)
    return until


def _take_gas(connection: Connection, station: str, gas: list[wire.GasLeft]) -> None:
    """The youngest reading of a household holds, whichever desk read it."""
    if not gas:
        return
    names = wire.GasLeft.__struct_fields__
    found = {one.account_no: {name: getattr(one, name) for name in names} for one in gas}
    made = insert(gas_left)
    said = made.excluded
    same = and_(
        said.read_at == gas_left.c.read_at,
        or_(said.station == gas_left.c.station, said.counter >= gas_left.c.counter),
    )
    changed = {name: said[name] for name in ("station", *names) if name != "account_no"}
    connection.execute(
        made.on_conflict_do_update(
            index_elements=["account_no"],
            set_=changed,
            where=or_(
                said.read_at > gas_left.c.read_at,
                same,
                gas_left.c.read_at > func.clock_timestamp(),
            ),
        ),
        # In one order, so that no two stations wait for each other.
        [{"station": station, **found[account_no]} for account_no in sorted(found)],
    )


def _forget(connection: Connection, station: str) -> None:
    """What is old; a household whose row another hand is writing is left for the next time."""
    old = select(gas_left.c.account_no).where(
        gas_left.c.station == station, gas_left.c.read_at < func.clock_timestamp() - KEPT
    )
    free = old.with_for_update(skip_locked=True)
    connection.execute(delete(gas_left).where(gas_left.c.account_no.in_(free)))


def _heard(connection: Connection, station: str, until: datetime | None) -> datetime | None:
    """A station whose clock runs ahead is not believed beyond our own."""
    clock = func.clock_timestamp()
    said = {} if until is None else {"until": func.least(until, clock)}
    made = insert(boards_heard).values(station=station, **said)
    changed = {"heard_at": clock, **said}
    connection.execute(made.on_conflict_do_update(index_elements=["station"], set_=changed))
    return connection.scalar(select(boards_heard.c.until).where(boards_heard.c.station == station))
