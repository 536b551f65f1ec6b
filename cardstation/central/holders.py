"""Who holds paid orders, and what the centre has heard of them since."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from cardstation.central.console.tables import station_states
from cardstation.central.console.visit import ZONE
from cardstation.central.tables import journal, stations
from cardstation.domain.ledger import TAIL_LOST, Entry, EntryKind, Order
from cardstation.domain.order_lease import as_it_stands, in_doubt, lapsed, why_held


@dataclass(frozen=True, slots=True)
class Heard:
    """What the centre knows of a station.

    Attributes:
        at: When it last reached the centre. stopped: It is out of service for good.
    """

    at: datetime
    stopped: bool


def heard_of(connection: Connection, names: Collection[str]) -> dict[str, Heard]:
    """What the centre has heard of stations, by name."""
    if not names:
        return {}
    end = and_(journal.c.station == stations.c.station, journal.c.seq == stations.c.last_seq)
    at = func.greatest(station_states.c.seen_at, journal.c.posted_at, stations.c.enrolled_at)
    rows = connection.execute(
        select(stations.c.station, at, stations.c.status)
        .outerjoin(station_states, station_states.c.station == stations.c.station)
        .outerjoin(journal, end)
        .where(stations.c.station.in_(names))
    )
    return {name: Heard(seen.astimezone(ZONE), status == "revoked") for name, seen, status in rows}


def lost_at(connection: Connection, names: Collection[str]) -> dict[str, datetime]:
    """When the centre heard last that a station had lost records, by name; of those that did."""
    epochs = (journal.c.station.in_(names), journal.c.kind == EntryKind.EPOCH.value)
    rows = connection.execute(
        select(journal.c.station, journal.c.raw, journal.c.posted_at)
        .where(*epochs)
        .order_by(journal.c.seq)
    )
    return {
        name: posted.astimezone(ZONE)
        for name, raw, posted in rows
        if Entry.from_bytes(raw).witness == TAIL_LOST
    }


def standing(connection: Connection, found: Iterable[Order], now: datetime) -> tuple[Order, ...]:
    """Orders as they stand now: one whose holder is out of service is nobody's after its lease."""
    as_leased = tuple(found)
    over = {order.leased_to for order in as_leased if lapsed(order, now)}
    stopped = {name for name, heard in heard_of(connection, over).items() if heard.stopped}
    return tuple(as_it_stands(order, now, stopped) for order in as_leased)


def refused_for(connection: Connection, order: Order, now: datetime) -> tuple[str, dict[str, str]]:
    """Code and values of the refusal to whoever wants an order that a station holds."""
    heard = heard_of(connection, [order.leased_to]).get(order.leased_to)
    lost = lost_at(connection, [order.leased_to]).get(order.leased_to)
    return why_held(order, now, None if heard is None else heard.at, lost)


def is_in_doubt(connection: Connection, order: Order) -> bool:
    """True when nobody can say any more whether the station that holds an order loaded it."""
    return in_doubt(order, lost_at(connection, [order.leased_to]).get(order.leased_to))
