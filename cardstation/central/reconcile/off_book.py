"""Purchases no desk of ours made: the holes a card's counter shows, and the rows that fill them.

A card ahead of the books is daily normal (DESK-RULES 5): the sale goes on and a `counter_gap` item
is open. A row of a channel's file that names one of its missing purchase numbers fills that hole;
with the last hole the item is closed. A hole is filled once, and a row fills one hole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    Connection,
    Row,
    Select,
    Text,
    and_,
    any_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
)

from cardstation.central.console.explaining import keep_explanation
from cardstation.central.console.tables import explanations
from cardstation.central.judging import Purse
from cardstation.central.reconcile.tables import (
    channel_orders,
    channel_rows,
    off_book_loads,
    taken_files,
)
from cardstation.central.tables import card_load, exceptions, journal, orders

GAP = "counter_gap"
MOST_GAPS = 5_000


@dataclass(slots=True)
class Gap:
    """An open item: a card showed more purchases than the books have.

    Attributes:
        exception: Number of the item. card_no: Of the card that showed it.
        after: The last counter known before it. upto: The last one that is missing.
        seen_at: When the desk's entry was posted.
        known: Counters in between that are known meanwhile: sold by a desk, or a channel's.
        rows: What a channel said of them, by counter.
        clerk: Who brought the last file that filled one.
        closed: Somebody explained the item already; a row may fill its holes all the same.
    """

    exception: int
    purse: Purse
    card_no: str
    after: int
    upto: int
    seen_at: datetime
    closed: bool = False
    known: set[int] = field(default_factory=set)
    rows: dict[int, str] = field(default_factory=dict)
    clerk: str = ""

    @property
    def missing(self) -> int:
        """How many purchases nobody has explained."""
        return self.upto - self.after - len(self.known)

    def takes(self, counter: int) -> bool:
        """Whether a purchase number is one of its holes."""
        return self.after < counter <= self.upto and counter not in self.known

    def lowest(self) -> int:
        """The first hole."""
        return next(n for n in range(self.after + 1, self.upto + 1) if n not in self.known)


def open_gaps(connection: Connection) -> tuple[Gap, ...]:
    """Open items of missing purchases, the oldest first, with what is known of each by now."""
    return _read(connection, _gaps().where(explanations.c.exception.is_(None)))


def _fillable(connection: Connection) -> tuple[Gap, ...]:
    """Open items, and closed ones of cards that a row names that explains nothing yet."""
    row, load = channel_rows.c, off_book_loads.c
    used = select(load.ref).where(load.channel == row.channel, load.ref == row.ref).exists()
    cards = select(row.card_no).where(row.card_no != "", ~used)
    still_open = explanations.c.exception.is_(None)
    return _read(connection, _gaps().where(or_(still_open, journal.c.card_no.in_(cards))))


def _read(connection: Connection, query: Select[Any]) -> tuple[Gap, ...]:
    rows = connection.execute(query.order_by(exceptions.c.number).limit(MOST_GAPS)).all()
    gaps = tuple(
        Gap(
            exception=row.number,
            purse=Purse(row.maker, row.purse, row.generation),
            card_no=row.card_no,
            after=row.after,
            upto=row.counter_before,
            seen_at=row.posted_at,
            closed=row.exception is not None,
        )
        for row in rows
    )
    _known(connection, gaps)
    return gaps


def _gaps() -> Select[Any]:
    entry, first, load = journal, journal.alias(), card_load
    purse = case((entry.c.meter_no == "", "card " + entry.c.card_no), else_=entry.c.meter_no)
    before = or_(
        first.c.posted_at < entry.c.posted_at,
        and_(first.c.station == entry.c.station, first.c.seq < entry.c.seq),
    )
    after = (
        select(func.coalesce(func.max(load.c.counter), 0))
        .join(first, first.c.entry_id == load.c.entry_id)
        .where(
            load.c.maker == entry.c.maker,
            load.c.meter_no == purse,
            load.c.generation == entry.c.generation,
            load.c.counter <= entry.c.counter_before,
            load.c.freed_by.is_(None),
            before,
        )
        .scalar_subquery()
    )
    return (
        select(
            *(exceptions.c.number, entry.c.maker, purse.label("purse"), entry.c.generation),
            *(entry.c.card_no, entry.c.counter_before, entry.c.posted_at, after.label("after")),
            explanations.c.exception,
        )
        .join(entry, entry.c.entry_id == exceptions.c.entry_id)
        .outerjoin(explanations, explanations.c.exception == exceptions.c.number)
        .where(exceptions.c.code == GAP)
    )


def _known(connection: Connection, gaps: Sequence[Gap]) -> None:
    """What the books and the channels have of the purses of these gaps, two statements in all."""
    by_purse: dict[Purse, list[Gap]] = {}
    for gap in gaps:
        by_purse.setdefault(gap.purse, []).append(gap)
    meters = any_(literal([purse.meter_no for purse in by_purse], ARRAY(Text)))
    sold = card_load.c
    own: Select[Any] = select(
        *(sold.maker, sold.meter_no, sold.generation, sold.counter, literal(""), literal(""))
    ).where(sold.meter_no == meters, sold.freed_by.is_(None))
    load = off_book_loads.c
    row_name = load.channel + " " + load.ref
    said: Select[Any] = (
        select(
            *(load.maker, load.meter_no, load.generation, load.counter),
            *(row_name, taken_files.c.taken_by),
        )
        .join(channel_rows, _same_row(off_book_loads))
        .join(taken_files, taken_files.c.number == channel_rows.c.file)
        .where(load.meter_no == meters)
    )
    for query in (own, said):
        for maker, meter_no, generation, counter, row, clerk in connection.execute(query):
            for gap in by_purse.get(Purse(maker, meter_no, generation), ()):
                if gap.after < counter <= gap.upto:
                    gap.known.add(counter)
                    if row:
                        gap.rows[counter], gap.clerk = row, clerk


def _same_row(table: Any) -> Any:
    return and_(channel_rows.c.channel == table.c.channel, channel_rows.c.ref == table.c.ref)


def match_off_book(connection: Connection) -> int:
    """Let rows of channels fill holes, and close the items without any; returns how many closed.

    A row that names a purchase number fills only that hole. One without fills the lowest hole of
    its card that was seen after it. A card of more than one maker or generation is nobody's.
    """
    gaps = _fillable(connection)
    named: dict[str, list[Gap]] = {}
    for gap in gaps:
        for number in {gap.card_no, gap.purse.meter_no} - {""}:
            named.setdefault(number, []).append(gap)
    for row in _free_rows(connection, gaps):
        fitting = [gap for gap in named.get(row.card_no or row.meter_no, ()) if _fits(gap, row)]
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

    A row with an order that we know is one only where it loaded that very order.
    """
    cards = sorted({gap.card_no for gap in gaps} - {""})
    meters = sorted({gap.purse.meter_no for gap in gaps})
    row, told = channel_rows.c, channel_orders.c
    loaded = select(told.ref).where(_same_row(channel_orders), told.loaded_by.is_not(None)).exists()
    ordered = select(orders.c.order_id).where(orders.c.order_id == row.order_id).exists()
    query = (
        select(channel_rows, taken_files.c.taken_by)
        .join(taken_files, taken_files.c.number == row.file)
        .outerjoin(off_book_loads, _same_row(off_book_loads))
        .where(
            off_book_loads.c.ref.is_(None),
            or_(loaded, ~ordered),
            or_(
                row.card_no == any_(literal(cards, ARRAY(Text))),
                row.meter_no == any_(literal(meters, ARRAY(Text))),
            ),
        )
    )
    return connection.execute(query.order_by(row.file, row.line)).all()


def _fits(gap: Gap, row: Row[Any]) -> bool:
    if row.card_no and row.card_no != gap.card_no:
        return False
    if row.meter_no and row.meter_no != gap.purse.meter_no:
        return False
    if row.counter is not None:
        return gap.takes(row.counter)
    paid_only = bool(row.order_id)
    return gap.missing > 0 and not paid_only and (row.at is None or row.at <= gap.seen_at)


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
