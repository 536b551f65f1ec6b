"""The holes that counters of cards show: which, when their purchases were made, what is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    any_,
    case,
    func,
    literal,
    or_,
    select,
)

from cardstation.central.console.tables import explanations
from cardstation.central.days import business_moment
from cardstation.central.judging import Purse
from cardstation.central.reconcile.tables import (
    channel_rows,
    off_book_loads,
    taken_files,
)
from cardstation.central.tables import card_load, exceptions, journal

GAP = "counter_gap"
_NUMBERS = ARRAY(BigInteger)
MOST_GAPS = 5_000
EARLIER = timedelta(days=1)
"""How long before the sale before it a row may say it was: many name only their day."""
LATER = timedelta(hours=1)
"""How much a channel's clock may be ahead."""


@dataclass(slots=True)
class Gap:
    """An open item: a card showed more purchases than the books have.

    Attributes:
        exception: Number of the item. card_no: Of the card that showed it.
        after: The last counter known before it. upto: The last one that is missing.
        seen_at: When the desk's entry was posted. since: When the sale of `after` was made.
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
    since: datetime | None = None
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

    def covers(self, at: datetime) -> bool:
        """Whether its purchases may have been made then."""
        begun = self.since is None or at >= self.since - EARLIER
        return begun and at <= self.seen_at + LATER

    def fits(self, row: Row[Any]) -> bool:
        """Whether a channel's row may be one of its purchases."""
        timely = row.counter is not None if row.at is None else self.covers(row.at)
        return timely and self.named_by(row)

    def named_by(self, row: Row[Any]) -> bool:
        """Whether a row may mean one of its holes, whatever its time."""
        if row.card_no and row.card_no != self.card_no:
            return False
        if row.meter_no and row.meter_no != self.purse.meter_no:
            return False
        if row.counter is not None:
            return self.takes(row.counter)
        paid_only = bool(row.order_id)
        return self.missing > 0 and not paid_only

    def lowest(self) -> int:
        """The first hole."""
        return next(n for n in range(self.after + 1, self.upto + 1) if n not in self.known)


def open_gaps(connection: Connection) -> tuple[Gap, ...]:
    """Open items of missing purchases, the oldest first, with what is known of each by now."""
    return _read(connection, _gaps().where(explanations.c.exception.is_(None)))


def fillable_gaps(connection: Connection) -> tuple[Gap, ...]:
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
    """What the books and the channels have of the purses of these gaps, three statements in all."""
    by_purse: dict[Purse, list[Gap]] = {}
    for gap in gaps:
        by_purse.setdefault(gap.purse, []).append(gap)
    meters = any_(literal([purse.meter_no for purse in by_purse], ARRAY(Text)))
    sold = card_load.c
    own: Select[Any] = select(
        *(sold.maker, sold.meter_no, sold.generation, sold.counter, literal(""), literal(""))
    ).where(sold.meter_no == meters, sold.freed_by.is_(None))
    _since(connection, by_purse, sold.meter_no == meters)
    load = off_book_loads.c
    row_name = load.channel + " " + load.ref
    said: Select[Any] = (
        select(
            *(load.maker, load.meter_no, load.generation, load.counter),
            *(row_name, taken_files.c.taken_by),
        )
        .join(channel_rows, same_row(off_book_loads))
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


def _since(
    connection: Connection, by_purse: Mapping[Purse, Sequence[Gap]], among: ColumnElement[bool]
) -> None:
    """When the last known sale before each gap was made."""
    after = any_(literal(sorted({gap.after for of in by_purse.values() for gap in of}), _NUMBERS))
    sold = card_load.c
    rows = connection.execute(
        select(sold.maker, sold.meter_no, sold.generation, sold.counter)
        .add_columns(journal.c.raw, journal.c.posted_at)
        .join(journal, journal.c.entry_id == sold.entry_id)
        .where(among, sold.counter == after, sold.freed_by.is_(None))
    )
    for maker, meter_no, generation, counter, raw, posted_at in rows:
        made = business_moment(bytes(raw), posted_at)
        for gap in by_purse.get(Purse(maker, meter_no, generation), ()):
            if gap.after == counter:
                gap.since = made if gap.since is None else min(gap.since, made)


def by_number(gaps: Iterable[Gap]) -> dict[str, list[Gap]]:
    """Gaps by the number of their card, and by that of their meter."""
    named: dict[str, list[Gap]] = {}
    for gap in gaps:
        for number in {gap.card_no, gap.purse.meter_no} - {""}:
            named.setdefault(number, []).append(gap)
    return named


def same_row(table: Any) -> Any:
    """That a row of another table names the row of a channel."""
    return and_(channel_rows.c.channel == table.c.channel, channel_rows.c.ref == table.c.ref)
