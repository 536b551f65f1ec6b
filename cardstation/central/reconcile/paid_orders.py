"""Paid orders in the files of channels: whether what was paid is booked, and who loaded it.

A row with an order and no purchase number says that the order was paid: amounts must agree. A row
with both says that the channel loaded it onto the card: where all of it agrees and no desk holds
it or had begun it, that closes the order, as a fact of the centre's own chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update

from cardstation.central.centre_chain import FACT, ORDER_LOADED, lock_centre, put_on_chain
from cardstation.central.holders import standing
from cardstation.central.reconcile.echoes import echoed_rows
from cardstation.central.reconcile.tables import channel_orders, channel_rows
from cardstation.central.tables import card_load, journal, orders
from cardstation.domain.ledger import Order


def match_orders(connection: Connection, now: datetime) -> int:
    """Look up the orders that rows of channels name; returns how many rows found theirs.

    What differs is kept with the match: `amount`, `card` (the books know it as another
    household's), `counter` (it was not where the order expects it), `closed` (loaded or withdrawn
    before), `claimed` (a desk has begun it), `leased` (a desk may load it without asking).
    """
    found = 0
    for row in _free_rows(connection):
        what = "paid" if row.counter is None else "loaded"
        known = connection.scalar(
            select(channel_orders.c.ref).where(
                channel_orders.c.order_id == row.order_id, channel_orders.c.what == what
            )
        )
        if known is not None:
            continue
        differs, entry_id = _looked_up(connection, row, what, now)
        connection.execute(
            insert(channel_orders).values(
                order_id=row.order_id,
                what=what,
                channel=row.channel,
                ref=row.ref,
                differs=differs,
                loaded_by=entry_id,
            )
        )
        found += 1
    return found


def _free_rows(connection: Connection) -> Sequence[Row[Any]]:
    row = channel_rows.c
    same = and_(row.channel == channel_orders.c.channel, row.ref == channel_orders.c.ref)
    rows = connection.execute(
        select(channel_rows)
        .join(orders, orders.c.order_id == row.order_id)
        .outerjoin(channel_orders, same)
        .where(row.order_id != "", channel_orders.c.ref.is_(None))
        .order_by(row.file, row.line)
    ).all()
    echoed = echoed_rows(connection, rows)
    return [row for row in rows if (row.channel, row.ref) not in echoed]


def _looked_up(
    connection: Connection, row: Row[Any], what: str, now: datetime
) -> tuple[str, str | None]:
    if what == "paid":
        fen = connection.scalar(select(orders.c.fen).where(orders.c.order_id == row.order_id))
        return ("" if fen == row.fen else "amount"), None
    end = lock_centre(connection)
    held = (orders.c.held_by, orders.c.held_until)
    *said, by, until, closed, claimed = connection.execute(
        select(*(orders.c[name] for name in FACT), *held, orders.c.closed_by)
        .add_columns(orders.c.claimed_station)
        .where(orders.c.order_id == row.order_id)
        .with_for_update()
    ).one()
    order = Order(*said)
    (stands,) = standing(connection, [replace(order, leased_to=by, leased_until=until)], now)
    differs = _differs(stands, row, closed, claimed) or _foreign(connection, order, row)
    if differs:
        return differs, None
    told = {"channel": row.channel, "ref": row.ref, "card_no": row.card_no}
    entry_id = put_on_chain(connection, end, ORDER_LOADED, order, told)
    connection.execute(
        update(orders).where(orders.c.order_id == order.order_id).values(closed_by=entry_id)
    )
    return "", entry_id


def _differs(order: Order, row: Row[Any], closed: str | None, claimed: str | None) -> str:
    if order.fen != row.fen:
        return "amount"
    if closed:
        return "closed"
    if claimed:
        return "claimed"
    if order.leased_to:
        return "leased"
    return "" if row.counter == order.expected_counter + 1 else "counter"


def _foreign(connection: Connection, order: Order, row: Row[Any]) -> str:
    """`card` where the card or the meter of a row was last seen as another household's."""
    seen = select(journal.c.account_no).where(journal.c.account_no != "").limit(1)
    seen = seen.order_by(journal.c.posted_at.desc(), journal.c.seq.desc())
    loaded = seen.join(card_load, card_load.c.entry_id == journal.c.entry_id)
    for query, number in (
        (seen.where(journal.c.card_no == row.card_no), row.card_no),
        (loaded.where(card_load.c.meter_no == row.meter_no), row.meter_no),
    ):
        owner = connection.scalar(query) if number else None
        if owner not in (None, order.account_no):
            return "card"
    return ""
