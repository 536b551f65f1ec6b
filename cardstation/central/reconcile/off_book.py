"""Purchases no desk of ours made: the holes a card's counter shows, and the rows that fill them.

A card ahead of the books is daily normal (DESK-RULES 5): the sale goes on and a `counter_gap` item
is open. A row of a channel's file that names one of its missing purchase numbers fills that hole;
with the last hole the item is closed. A hole is filled once, and a row fills one hole: of the time
between the sale before it and the moment a desk saw it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    Connection,
    Row,
    Text,
    any_,
    insert,
    literal,
    or_,
    select,
)

from cardstation.central.console.explaining import keep_explanation
from cardstation.central.reconcile.echoes import echoed_rows
from cardstation.central.reconcile.gaps import Gap, by_number, fillable_gaps, same_row
from cardstation.central.reconcile.tables import (
    channel_orders,
    channel_rows,
    off_book_loads,
    taken_files,
)
from cardstation.central.tables import orders


def match_off_book(connection: Connection) -> int:
    """Let rows of channels fill holes, and close the items without any; returns how many closed.

    A row that names a purchase number fills only that hole. One without fills the lowest hole of
    its card that was open at its time. A card of more than one maker or generation is nobody's.
    """
    gaps = fillable_gaps(connection)
    named = by_number(gaps)
    for row in _free_rows(connection, gaps):
        fitting = [gap for gap in named.get(row.card_no or row.meter_no, ()) if gap.fits(row)]
        if len({gap.purse for gap in fitting}) != 1:
            continue
        gap = fitting[0]
        counter = gap.lowest() if row.counter is None else row.counter
        _fill(connection, named[row.card_no or row.meter_no], gap, counter, row)
    closed = 0
    for gap in gaps:
        if gap.rows and not gap.missing and not gap.closed:
            said = "; ".join(f"#{n} = {row}" for n, row in sorted(gap.rows.items()))
            keep_explanation(
                connection, gap.exception, said[:400], clerk=gap.clerk, suspended=False
            )
            closed += 1
    return closed


def _free_rows(connection: Connection, gaps: Iterable[Gap]) -> Sequence[Row[Any]]:
    """Rows that explain nothing yet and name a card or a meter that has a hole, in file order.

    A row with an order that we know is one only where it loaded that very order; one that another
    channel told of before is none.
    """
    cards = sorted({gap.card_no for gap in gaps} - {""})
    meters = sorted({gap.purse.meter_no for gap in gaps})
    row, told = channel_rows.c, channel_orders.c
    loaded = select(told.ref).where(same_row(channel_orders), told.loaded_by.is_not(None)).exists()
    ordered = select(orders.c.order_id).where(orders.c.order_id == row.order_id).exists()
    query = (
        select(channel_rows, taken_files.c.taken_by)
        .join(taken_files, taken_files.c.number == row.file)
        .outerjoin(off_book_loads, same_row(off_book_loads))
        .where(
            off_book_loads.c.ref.is_(None),
            or_(loaded, ~ordered),
            or_(
                row.card_no == any_(literal(cards, ARRAY(Text))),
                row.meter_no == any_(literal(meters, ARRAY(Text))),
            ),
        )
    )
    rows = connection.execute(query.order_by(row.file, row.line)).all()
    echoed = echoed_rows(connection, rows)
    return [row for row in rows if (row.channel, row.ref) not in echoed]


def _fill(
    connection: Connection, gaps: Iterable[Gap], filled: Gap, counter: int, row: Row[Any]
) -> None:
    purse = filled.purse
    connection.execute(
        insert(off_book_loads).values(
            maker=purse.maker,
            meter_no=purse.meter_no,
            generation=purse.generation,
            counter=counter,
            channel=row.channel,
            ref=row.ref,
        )
    )
    for gap in gaps:
        if gap.purse == purse and gap.takes(counter):
            gap.known.add(counter)
            gap.rows[counter], gap.clerk = f"{row.channel} {row.ref}", row.taken_by
