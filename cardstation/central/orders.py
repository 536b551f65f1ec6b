"""Orders paid online: facts of the centre's own chain that wait for a desk, and who holds them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, insert, or_, select, update

from cardstation.central import posting
from cardstation.central.engine import transaction
from cardstation.central.tables import journal, orders, stations
from cardstation.domain.ledger import Order, entry_hash, order_postings
from cardstation.domain.order_lease import as_it_stands, freed, leased
from cardstation.errors import LedgerRefused

CENTRE = "centre"
ORDER = "order"

FACT = tuple(name for name, one in Order.__dataclass_fields__.items() if one.compare)
"""What of an order is said when it is paid, and never changes."""

_STANDS = (
    *(orders.c[name] for name in FACT if name != "leased_to"),
    orders.c.held_by.label("leased_to"),
    orders.c.paid_at,
    orders.c.held_until.label("leased_until"),
)


def post_order(engine: Engine, order: Order) -> None:
    """Post an order that was paid online; the same order again is answered like the first.

    Raises:
        LedgerRefused: `order_differs`: this number is taken by another order.
    """
    with transaction(engine) as connection:
        epoch, seq, last_hash = _lock_centre(connection)
        found = connection.execute(
            select(*(orders.c[name] for name in FACT)).where(orders.c.order_id == order.order_id)
        ).one_or_none()
        if found is not None:
            if Order(*found) != order:
                raise LedgerRefused("order_differs", order_id=order.order_id)
            return
        _post(connection, order, epoch=epoch, seq=seq + 1, prev_hash=last_hash.hex())


def _lock_centre(connection: Connection) -> tuple[int, int, bytes]:
    """The centre's own chain head; its row is made by the first migration."""
    row = connection.execute(
        select(stations.c.epoch, stations.c.last_seq, stations.c.last_hash)
        .where(stations.c.station == CENTRE)
        .with_for_update()
    ).one()
    return row.epoch, row.last_seq, row.last_hash


def _post(connection: Connection, order: Order, *, epoch: int, seq: int, prev_hash: str) -> None:
    now = datetime.now(UTC)
    entry_id = str(uuid.uuid4())
    fact = {"entry_id": entry_id, "station": CENTRE, "epoch": epoch, "seq": seq}
    fact |= {"prev_hash": prev_hash, "kind": ORDER, "at": now.isoformat()}
    fact |= {name: getattr(order, name) for name in FACT}
    paid_at = order.paid_at or now
    fact["paid_at"] = paid_at.isoformat()
    raw = json.dumps(fact, ensure_ascii=False, separators=(",", ":")).encode()
    digest = bytes.fromhex(entry_hash(raw))
    connection.execute(
        insert(journal).values(
            entry_id=entry_id,
            station=CENTRE,
            epoch=epoch,
            seq=seq,
            hash=digest,
            raw=raw,
            kind=ORDER,
            subject=order.order_id,
            account_no=order.account_no,
            maker="",
            card_no="",
            meter_no="",
            generation=0,
            counter_before=order.expected_counter,
            counter_after=order.expected_counter,
            fen=order.fen,
            litres=order.litres,
        )
    )
    legs = order_postings(order)
    posting.write_postings(connection, [(entry_id, legs)])
    posting.add_to_balances(connection, CENTRE, legs)
    row = {name: getattr(order, name) for name in FACT}
    row |= {"entry_id": entry_id, "paid_at": paid_at, "held_by": order.leased_to}
    connection.execute(insert(orders).values(row))
    connection.execute(
        update(stations).where(stations.c.station == CENTRE).values(last_seq=seq, last_hash=digest)
    )


def orders_for(engine: Engine, station: str) -> tuple[Order, ...]:
    """Orders that wait, with who holds them: open, and claimed by nobody or by this station."""
    now = datetime.now(UTC)
    with transaction(engine) as connection:
        rows = connection.execute(
            select(*_STANDS).where(*_waits_for(station)).order_by(orders.c.order_id)
        )
        return tuple(as_it_stands(_order(row), now) for row in rows)


def lease_order(engine: Engine, station: str, order_id: str) -> Order:
    """Let one station alone load an order for a while, also without a network.

    Raises:
        LedgerRefused: `order_not_waiting` (loaded, refunded, claimed elsewhere, or nobody's),
            `order_leased_elsewhere`.
    """

    def grant(order: Order, now: datetime) -> Order:
        if order.leased_to not in ("", station):
            raise LedgerRefused(
                "order_leased_elsewhere", order_id=order_id, station=order.leased_to
            )
        return leased(order, station, now)

    return _held(engine, station, order_id, grant)


def release_order(engine: Engine, station: str, order_id: str) -> Order:
    """Take a station's lease back, so that any may load the order; again is harmless.

    Raises:
        LedgerRefused: `order_not_waiting`.
    """

    def free(order: Order, _now: datetime) -> Order:
        return freed(order) if order.leased_to == station else order

    return _held(engine, station, order_id, free)


def _held(
    engine: Engine, station: str, order_id: str, become: Callable[[Order, datetime], Order]
) -> Order:
    """Change who holds a waiting order, under its row lock."""
    now = datetime.now(UTC)
    mine = orders.c.order_id == order_id
    with transaction(engine) as connection:
        row = connection.execute(
            select(*_STANDS).where(mine, *_waits_for(station)).with_for_update()
        ).one_or_none()
        if row is None:
            raise LedgerRefused("order_not_waiting", order_id=order_id)
        held = become(as_it_stands(_order(row), now), now)
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
