"""Orders paid online: posted by the centre as facts of its own chain, waiting for a desk."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, insert, or_, select, update

from cardstation.central import posting
from cardstation.central.engine import transaction
from cardstation.central.tables import journal, orders, stations
from cardstation.domain.ledger import Order, entry_hash, order_postings
from cardstation.errors import LedgerRefused

CENTRE = "centre"
ORDER = "order"

_FIELDS = tuple(Order.__dataclass_fields__)


def post_order(engine: Engine, order: Order) -> None:
    """Post an order that was paid online; the same order again is answered like the first.

    Raises:
        LedgerRefused: `order_differs`: this number is taken by another order.
    """
    with transaction(engine) as connection:
        epoch, seq, last_hash = _lock_centre(connection)
        found = connection.execute(
            select(*(orders.c[name] for name in _FIELDS)).where(orders.c.order_id == order.order_id)
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
    fact |= {"prev_hash": prev_hash, "kind": ORDER, "at": now.isoformat(), **asdict(order)}
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
    connection.execute(insert(orders).values(**asdict(order), entry_id=entry_id))
    connection.execute(
        update(stations).where(stations.c.station == CENTRE).values(last_seq=seq, last_hash=digest)
    )


def orders_for(engine: Engine, station: str) -> tuple[Order, ...]:
    """Orders a station may load: open, leased to it or to nobody, not claimed by another."""
    with transaction(engine) as connection:
        rows = connection.execute(
            select(*(orders.c[name] for name in _FIELDS))
            .where(
                orders.c.closed_by.is_(None),
                or_(orders.c.leased_to == "", orders.c.leased_to == station),
                or_(orders.c.claimed_station.is_(None), orders.c.claimed_station == station),
            )
            .order_by(orders.c.order_id)
        )
        return tuple(Order(*row) for row in rows)
