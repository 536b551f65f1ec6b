"""How much of a day's money is explained within 24 hours after the day: one figure, by tender.

Money is what moved by a tender, in or out, in the entries the day's seals cover. Cash is explained
when its shift was counted; a transfer when a bank's statement shows it; an order paid online when
the channel's file tells of it; a QR payment by its desk's own word, as it is posted: no payment
service sends a file yet. No other tender explains itself. Whatever is in suspense, over or short,
or differs is explained when somebody closed it with a second person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Text,
    case,
    cast,
    func,
    null,
    select,
    text,
)

from cardstation.central.console.tables import explanations
from cardstation.central.console.visit import ends
from cardstation.central.reconcile.tables import (
    audit_closings,
    bank_matches,
    channel_orders,
    day_seals,
)
from cardstation.central.tables import exceptions, journal, postings

IN_TIME = timedelta(hours=24)
_MOMENT = DateTime(timezone=True)


@dataclass(frozen=True, slots=True)
class Explained:
    """Money of a day by one tender.

    Attributes:
        fen: All that moved, in and out. in_time_fen: Explained until a day after the day.
    """

    tender: str
    fen: int
    in_time_fen: int


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure of a day; `final` once its time is over."""

    day: date
    by_tender: tuple[Explained, ...]
    final: bool

    @property
    def fen(self) -> int:
        """All money of the day."""
        return sum(one.fen for one in self.by_tender)

    @property
    def in_time_fen(self) -> int:
        """What of it is explained."""
        return sum(one.in_time_fen for one in self.by_tender)

    @property
    def percent(self) -> float:
        """Per cent of the money that is explained; all of nothing is explained."""
        return share(self.in_time_fen, self.fen)


def share(part: int, whole: int) -> float:
    """Per cent with two decimals, never rounded up to a hundred."""
    return 100.0 if not whole else (10_000 * part // whole) / 100


def figure_of(connection: Connection, day: date, now: datetime) -> Figure:
    """The figure of a sealed day, as far as it can be told now."""
    until = ends(day) + IN_TIME
    tender = func.split_part(postings.c.account, ":", 2)
    amount = func.abs(postings.c.fen)
    rows = connection.execute(
        select(
            tender,
            cast(func.sum(amount), BigInteger),
            cast(func.coalesce(func.sum(amount).filter(_moment(tender) <= until), 0), BigInteger),
        )
        .select_from(day_seals)
        .join(
            journal,
            (journal.c.station == day_seals.c.station)
            & journal.c.seq.between(day_seals.c.from_seq, day_seals.c.to_seq),
        )
        .join(postings, postings.c.entry_id == journal.c.entry_id)
        .where(day_seals.c.day == day, postings.c.account.like("tender:%"))
        .group_by(tender)
        .order_by(tender)
    )
    return Figure(day, tuple(Explained(*row) for row in rows), final=now >= until)


def _moment(tender: ColumnElement[str]) -> ColumnElement[Any]:
    """When the money of a posting was explained, null while it is not."""
    by_tender = case(
        (tender == "cash", _shift_counted()),
        (tender == "bank_transfer", _at_the_bank()),
        (tender == "online", _told_by_a_channel()),
        (tender == "qr_code", journal.c.posted_at),
        else_=cast(null(), _MOMENT),
    )
    closed = _closed_by_two()
    return case(
        (journal.c.suspense != "", _item_explained()),
        # Over or short is not explained by the count that found it.
        (journal.c.kind == "shift_closed", closed),
        else_=func.coalesce(by_tender, closed),
    )


def _shift_counted() -> ColumnElement[Any]:
    later = journal.alias()
    return (
        select(later.c.posted_at)
        .where(
            later.c.station == journal.c.station,
            later.c.seq > journal.c.seq,
            later.c.kind == text("'shift_closed'"),
        )
        .order_by(later.c.seq)
        .limit(1)
        .correlate(journal)
        .scalar_subquery()
    )


def _at_the_bank() -> ColumnElement[Any]:
    return (
        select(func.min(bank_matches.c.matched_at))
        .where(bank_matches.c.entry_id == journal.c.entry_id)
        .correlate(journal)
        .scalar_subquery()
    )


def _told_by_a_channel() -> ColumnElement[Any]:
    """An order when a channel told of it; what two persons gave back is explained by them."""
    told = (
        select(func.min(channel_orders.c.matched_at))
        .where(channel_orders.c.order_id == journal.c.subject, channel_orders.c.differs == "")
        .correlate(journal)
        .scalar_subquery()
    )
    return case((journal.c.kind == "order", told), else_=journal.c.posted_at)


def _item_explained() -> ColumnElement[Any]:
    """When the last item of an entry was explained; one that is open leaves it open."""
    all_of_them = func.count() == func.count(explanations.c.exception)
    last = case((all_of_them, func.max(explanations.c.explained_at)), else_=cast(null(), _MOMENT))
    return (
        select(last)
        .select_from(
            exceptions.outerjoin(explanations, explanations.c.exception == exceptions.c.number)
        )
        .where(exceptions.c.entry_id == journal.c.entry_id, exceptions.c.suspended)
        .correlate(journal)
        .scalar_subquery()
    )


def _closed_by_two() -> ColumnElement[Any]:
    return (
        select(func.min(audit_closings.c.closed_at))
        .where(audit_closings.c.item == "entry:" + cast(journal.c.entry_id, Text))
        .correlate(journal)
        .scalar_subquery()
    )
