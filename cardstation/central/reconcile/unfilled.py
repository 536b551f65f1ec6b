"""Why a row of a channel explains nothing: its purchase is sold, told twice, or seen nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ARRAY, Connection, Row, Text, any_, case, literal, select

from cardstation.central.judging import Purse
from cardstation.central.reconcile.echoes import echoed_rows
from cardstation.central.reconcile.gaps import Gap, by_number
from cardstation.central.reconcile.tables import channel_orders, off_book_loads
from cardstation.central.tables import card_load, journal

_TEXTS = ARRAY(Text)


def why_open(
    connection: Connection, rows: Sequence[Row[Any]], gaps: Sequence[Gap]
) -> dict[tuple[str, str], str]:
    """Why rows of a channel explain nothing, by channel and number.

    `row_counter_sold`: the books have a sale of that very purchase; `row_twice`: another row has;
    `row_card_unknown`: no desk ever saw the card; `row_time_differs`: the purchase that is missing
    was made at another time; `row_not_seen`: its card was not at a desk since;
    `row_order_twice`, `row_order_unknown`: so it is with its order.
    """
    purses = _purses(connection, rows)
    meters = any_(literal(sorted({one.meter_no for of in purses.values() for one in of}), _TEXTS))
    found: dict[tuple[str, str], str] = {}
    taken: list[tuple[str, set[tuple[Purse, int]]]] = []
    for table, code in ((card_load, "row_counter_sold"), (off_book_loads, "row_twice")):
        load = table.c
        query = select(load.maker, load.meter_no, load.generation, load.counter)
        if table is card_load:
            query = query.where(card_load.c.freed_by.is_(None))
        said = connection.execute(query.where(load.meter_no == meters))
        taken.append((code, {(Purse(*purse), counter) for *purse, counter in said}))
    told = _orders_told(connection, rows)
    holes, echoed = by_number(gaps), echoed_rows(connection, rows)
    for row in rows:
        what = "paid" if row.counter is None else "loaded"
        if row.order_id and (row.order_id, what) in told:
            code = "row_order_twice"
        elif row.order_id and row.counter is None:
            code = "row_order_unknown"
        elif (row.channel, row.ref) in echoed:
            code = "row_twice"
        else:
            known = purses.get(row.card_no or row.meter_no, set())
            code = _why(row.counter, known, taken)
            named = [gap for gap in holes.get(row.card_no or row.meter_no, ()) if gap.named_by(row)]
            if code == "row_not_seen" and named and not any(gap.fits(row) for gap in named):
                code = "row_time_differs"
        found[row.channel, row.ref] = code
    return found


def _why(
    counter: int | None, known: set[Purse], taken: Iterable[tuple[str, set[tuple[Purse, int]]]]
) -> str:
    if not known:
        return "row_card_unknown"
    for code, loads in taken:
        if any((purse, counter) in loads for purse in known):
            return code
    return "row_not_seen"


def _purses(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, set[Purse]]:
    """The purses of the cards and meters that rows name, by that number."""
    numbers = any_(literal(sorted({row.card_no or row.meter_no for row in rows}), _TEXTS))
    entry = journal.c
    purse = case((entry.meter_no == "", "card " + entry.card_no), else_=entry.meter_no)
    by_card = select(entry.card_no, entry.maker, purse, entry.generation)
    by_card = by_card.where(entry.card_no == numbers, entry.card_no != "").distinct()
    load = card_load.c
    by_meter = select(load.meter_no, load.maker, load.meter_no, load.generation)
    by_meter = by_meter.where(load.meter_no == numbers).distinct()
    found: dict[str, set[Purse]] = {}
    for query in (by_card, by_meter):
        for number, *said in connection.execute(query):
            found.setdefault(number, set()).add(Purse(*said))
    return found


def _orders_told(connection: Connection, rows: Sequence[Row[Any]]) -> set[tuple[str, str]]:
    named = any_(literal(sorted({row.order_id for row in rows}), _TEXTS))
    told = channel_orders.c
    found = connection.execute(select(told.order_id, told.what).where(told.order_id == named))
    return {(order_id, what) for order_id, what in found}
