"""Orders paid online: facts of the centre's own chain that wait for a desk, and who holds them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, insert, or_, select, update

from cardstation.central.centre_chain import FACT, ORDER, ChainEnd, lock_centre, put_on_chain
from cardstation.central.engine import transaction
from cardstation.central.holders import is_in_doubt, lost_at, refused_for, standing
from cardstation.central.tables import orders
from cardstation.domain.ledger import Order
from cardstation.domain.order_lease import GRACE, LEASE, freed, leased
from cardstation.errors import LedgerRefused

STANDS = (
    *(orders.c[name] for name in FACT if name != "leased_to"),
    orders.c.held_by.label("leased_to"),
    orders.c.paid_at,
    orders.c.held_until.label("leased_until"),
)
"""An order as it stands now."""


def post_order(engine: Engine, order: Order) -> None:
    """Post an order that was paid online; the same order again is answered like the first.

    Raises:
        LedgerRefused: `order_differs`: this number is taken by another order.
    """
    with transaction(engine) as connection:
        end = lock_centre(connection)
        found = connection.execute(
            select(*(orders.c[name] for name in FACT)).where(orders.c.order_id == order.order_id)
        ).one_or_none()
        if found is not None:
            if Order(*found) != order:
                raise LedgerRefused("order_differs", order_id=order.order_id)
            return
        post_on_chain(connection, end, order)


def post_on_chain(connection: Connection, end: ChainEnd, order: Order) -> None:
    """Post a new order within a transaction that locked the chain."""
    paid_at = order.paid_at or datetime.now(UTC)
    said = {"paid_at": paid_at.isoformat()}
    entry_id = put_on_chain(connection, end, ORDER, order, said)
    row = {name: getattr(order, name) for name in FACT}
    row |= {"entry_id": entry_id, "paid_at": paid_at, "held_by": order.leased_to}
    connection.execute(insert(orders).values(row))


def orders_for(engine: Engine, station: str) -> tuple[Order, ...]:
    """Orders that wait, with who holds them: open, and claimed by nobody or by this station."""
    now = datetime.now(UTC)
    with transaction(engine) as connection:
        rows = connection.execute(
            select(*STANDS).where(*_waits_for(station)).order_by(orders.c.order_id)
        )
        return standing(connection, map(_order, rows), now)


def end_leases(engine: Engine, station: str, said_at: datetime) -> None:
    """A station keeps nothing back: what it held under leases that are over is anybody's.

    But not what it had when it lost records: what it did then, nobody will hear of.

    Args:
        engine: The books.
        station: Who said, signed, that nothing of what it did is unsent.
        said_at: When, by the slower of its clock and ours.
    """
    over = orders.c.held_until <= said_at - GRACE
    mine = (orders.c.held_by == station, over, orders.c.closed_by.is_(None))
    with transaction(engine) as connection:
        lost = lost_at(connection, [station]).get(station)
        since = () if lost is None else (orders.c.held_until > lost + LEASE,)
        connection.execute(update(orders).where(*mine, *since).values(held_by="", held_until=None))


def lease_order(engine: Engine, station: str, order_id: str) -> Order:
    """Let one station alone load an order for a while, also without a network.

    Raises:
        LedgerRefused: `order_not_waiting` (loaded, refunded, claimed elsewhere, or nobody's),
            `order_leased_elsewhere`, `order_holder_silent` (the lease of another is over, and what
            it did under it may be unsent), `order_in_doubt` (whoever holds it lost records since;
            also the station itself).
    """

    def grant(connection: Connection, order: Order, now: datetime) -> Order:
        if order.leased_to not in ("", station) or is_in_doubt(connection, order):
            code, said = refused_for(connection, order, now)
            raise LedgerRefused(code, **said)
        return leased(order, station, now)

    return _held(engine, station, order_id, grant)


def release_order(engine: Engine, station: str, order_id: str) -> Order:
    """Take a station's lease back, so that any may load the order; again is harmless.

    Raises:
        LedgerRefused: `order_not_waiting`, `order_in_doubt`.
    """

    def free(connection: Connection, order: Order, now: datetime) -> Order:
        if order.leased_to == station and is_in_doubt(connection, order):
            code, said = refused_for(connection, order, now)
            raise LedgerRefused(code, **said)
        return freed(order) if order.leased_to == station else order

    return _held(engine, station, order_id, free)


def _held(
    engine: Engine,
    station: str,
    order_id: str,
    become: Callable[[Connection, Order, datetime], Order],
) -> Order:
    """Change who holds a waiting order, under its row lock."""
    now = datetime.now(UTC)
    mine = orders.c.order_id == order_id
    with transaction(engine) as connection:
        row = connection.execute(
            select(*STANDS).where(mine, *_waits_for(station)).with_for_update()
        ).one_or_none()
        if row is None:
            raise LedgerRefused("order_not_waiting", order_id=order_id)
        (order,) = standing(connection, [_order(row)], now)
        held = become(connection, order, now)
        connection.execute(
            update(orders).where(mine).values(held_by=held.leased_to, held_until=held.leased_until)
        )
    return held


def _waits_for(station: str) -> tuple[ColumnElement[bool], ...]:
    return (
        orders.c.closed_by.is_(None),
        or_(orders.c.claimed_station.is_(None), orders.c.claimed_station == station),
    )


def _order(row: Row[Any]) -> Order:
    return Order(**row._asdict())
