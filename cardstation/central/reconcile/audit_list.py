"""The audit list: what stays unexplained between books, channels, banks and tills.

An item is what follows from the facts now; with the fact that explains it, it goes by itself. Else
one person says what it was and a treasurer agrees; the item is closed, and stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, Connection, Row, Text, and_, any_, cast, exists, func, insert, select
from sqlalchemy.exc import IntegrityError

from cardstation.central.console.proposals import Proposal
from cardstation.central.reconcile.bank import PAIR, BankVerdict, confirm_pair, judge_bank
from cardstation.central.reconcile.cash import cash_differences, open_shifts
from cardstation.central.reconcile.gaps import Gap, open_gaps
from cardstation.central.reconcile.tables import (
    accepted_files,
    audit_closings,
    channel_orders,
    channel_rows,
    off_book_loads,
)
from cardstation.central.reconcile.unfilled import why_open
from cardstation.central.tables import card_load, orders
from cardstation.errors import Refusal

PATIENCE = timedelta(days=2)
AT_ONCE = ("row_counter_sold", "row_twice", "row_order_twice")
"""Why a row is on the list at once: waiting brings nothing that would explain it."""


@dataclass(frozen=True, slots=True)
class AuditItem:
    """Something that nobody has explained.

    Attributes:
        item: Its name, for its closing. code: What it is, as in `sentences.reconciling`.
        where: Station, channel or account it is from. about: Card, order, reference, clerk.
        fen: The amount in question. since: When it became known.
        exception: Number of the item on the suspense desk where it is closed, 0 = here.
    """

    item: str
    code: str
    where: str
    about: str
    fen: int
    since: datetime
    exception: int = 0


def audit_list(connection: Connection, now: datetime) -> tuple[AuditItem, ...]:
    """Everything that is open, the oldest first."""
    gaps = open_gaps(connection)
    found = [
        *_gaps(gaps, now),
        *_rows(connection, gaps, now),
        *_sold_twice(connection),
        *_orders(connection, now),
        *_bank(connection, now),
        *_cash(connection, now),
    ]
    names = cast([one.item for one in found], ARRAY(Text))
    closed = set(
        connection.scalars(
            select(audit_closings.c.item).where(audit_closings.c.item == any_(names))
        )
    )
    return tuple(
        sorted((one for one in found if one.item not in closed), key=lambda one: one.since)
    )


def _gaps(gaps: Iterable[Gap], now: datetime) -> Iterable[AuditItem]:
    for gap in gaps:
        if gap.missing and gap.seen_at < now - PATIENCE:
            about = f"{gap.card_no} #{gap.after + 1}–{gap.upto}"
            yield AuditItem(
                *(f"gap:{gap.exception}", "off_book", gap.purse.maker, about, 0),
                *(gap.seen_at, gap.exception),
            )


def _rows(connection: Connection, gaps: Sequence[Gap], now: datetime) -> Iterable[AuditItem]:
    rows = _free_rows(connection)
    why = why_open(connection, rows, gaps)
    for row in rows:
        code = why[row.channel, row.ref]
        if code in AT_ONCE or row.accepted_at < now - PATIENCE:
            about = row.order_id or _card_of(row)
            name = f"row:{row.channel}:{row.ref}"
            yield AuditItem(name, code, row.channel, about, row.fen, row.accepted_at)


def _sold_twice(connection: Connection) -> Iterable[AuditItem]:
    """Purchases a channel told of, and a desk's entry that came in later says it sold, too."""
    row, load, sold = channel_rows.c, off_book_loads.c, card_load.c
    same = and_(
        sold.maker == load.maker,
        sold.meter_no == load.meter_no,
        sold.generation == load.generation,
        sold.counter == load.counter,
        sold.freed_by.is_(None),
    )
    rows = connection.execute(
        select(channel_rows, load.matched_at)
        .join(off_book_loads, and_(load.channel == row.channel, load.ref == row.ref))
        .join(card_load, same)
    )
    for one in rows:
        name = f"row:{one.channel}:{one.ref}"
        about = _card_of(one)
        yield AuditItem(name, "row_counter_sold", one.channel, about, one.fen, one.matched_at)


def _card_of(row: Row[Any]) -> str:
    number = "" if row.counter is None else f" #{row.counter}"
    return f"{row.card_no or row.meter_no}{number}"


def _free_rows(connection: Connection) -> Sequence[Row[Any]]:
    row = channel_rows.c

    def same(table: Any) -> Any:
        return and_(table.c.channel == row.channel, table.c.ref == row.ref)

    return connection.execute(
        select(channel_rows, accepted_files.c.accepted_at)
        .join(accepted_files, accepted_files.c.file == row.file)
        .outerjoin(off_book_loads, same(off_book_loads))
        .outerjoin(channel_orders, same(channel_orders))
        .where(
            off_book_loads.c.ref.is_(None),
            channel_orders.c.ref.is_(None),
            ~exists().where(audit_closings.c.item == "row:" + row.channel + ":" + row.ref),
        )
        .order_by(row.file, row.line)
    ).all()


def _orders(connection: Connection, now: datetime) -> Iterable[AuditItem]:
    """Orders a channel tells otherwise, and paid ones that no channel ever told of."""
    order = channel_orders.c
    row = channel_rows.c
    differing = connection.execute(
        select(order.order_id, order.what, order.differs, order.channel, row.fen, order.matched_at)
        .join(channel_rows, and_(row.channel == order.channel, row.ref == order.ref))
        .where(order.differs != "")
    )
    for one in differing:
        name = f"order:{one.order_id}:{one.what}"
        code = f"order_{one.differs}"
        yield AuditItem(name, code, one.channel, one.order_id, one.fen, one.matched_at)
    # Only as far as the channels have told: a utility without their files has no such list.
    told = connection.scalar(select(func.max(row.at)).where(row.order_id != ""))
    if told is None:
        return
    silent = connection.execute(
        select(orders.c.order_id, orders.c.fen, orders.c.paid_at)
        .outerjoin(channel_orders, order.order_id == orders.c.order_id)
        .where(
            order.order_id.is_(None),
            orders.c.paid_at < min(told, now - PATIENCE),
        )
        .order_by(orders.c.paid_at)
    )
    for order_id, fen, paid_at in silent:
        name = f"order:{order_id}:untold"
        yield AuditItem(name, "order_untold", "", order_id, fen, paid_at)


def _bank(connection: Connection, now: datetime) -> Iterable[AuditItem]:
    found = judge_bank(connection, now)
    for line in found.lines:
        verdict = found.line_verdicts[line.account, line.ref]
        patient = verdict is BankVerdict.NOT_FOUND and line.at > now - PATIENCE
        if verdict in (BankVerdict.TWICE, BankVerdict.NOT_FOUND) and not patient:
            about = f"{line.ref} {line.payer} {line.remark}".strip()[:120]
            name = f"bank:{line.account}:{line.ref}"
            yield AuditItem(name, f"bank_{verdict}", line.account, about, line.fen, line.at)
    for pair in found.proposed:
        one, line = pair.transfer, pair.line
        about = f"{one.reference or one.kind} · {one.seq} = {line.ref} {line.payer} {line.remark}"
        said = (pair.item, "transfer_proposed", one.station, about.strip()[:120], one.fen)
        yield AuditItem(*said, one.posted_at)
    for one in found.transfers:
        verdict = found.transfer_verdicts[one.entry_id]
        about = f"{one.reference or one.kind} · {one.seq}"
        differs = found.pairs.get(one.entry_id)
        code, fen = f"transfer_{verdict}", one.fen
        if differs is not None:
            about, fen = f"{about} ≠ {differs.ref}", differs.fen - one.fen
        elif verdict is BankVerdict.NOT_FOUND:
            told = found.until is not None and one.posted_at < found.until
            if not told or one.posted_at > now - PATIENCE:
                continue
        if verdict not in (BankVerdict.MATCHED, BankVerdict.PROPOSED):
            yield AuditItem(f"entry:{one.entry_id}", code, one.station, about, fen, one.posted_at)


def _cash(connection: Connection, now: datetime) -> Iterable[AuditItem]:
    for one in cash_differences(connection):
        if not one.agrees:
            code, fen = "cash_disagrees", one.over_short_fen - one.said_fen
        elif one.over_short_fen:
            code = "cash_over" if one.over_short_fen > 0 else "cash_short"
            fen = one.over_short_fen
        else:
            continue
        yield AuditItem(
            *(f"entry:{one.entry_id}", code, one.station, f"{one.clerk} · {one.seq}", fen),
            one.posted_at,
        )
    for shift in open_shifts(connection, now):
        about = f"{shift.clerk} · {shift.seq}"
        name = f"shift:{shift.station}:{shift.seq}"
        yield AuditItem(name, "shift_open", shift.station, about, 0, shift.opened_at)


def audit_item(connection: Connection, name: str, now: datetime) -> AuditItem:
    """One open item.

    Raises:
        Refusal: `audit_item_gone`: it was closed, or explained itself.
    """
    for one in audit_list(connection, now):
        if one.item == name:
            return one
    raise Refusal("audit_item_gone")


def close_item(connection: Connection, approved: Proposal, now: datetime) -> None:
    """Close an item on a treasurer's decision; a proposed pair is matched by it.

    Raises:
        Refusal: `audit_item_gone`: it was closed meanwhile.
    """
    if approved.subject.startswith(PAIR):
        confirm_pair(connection, approved.subject, now)
    made = insert(audit_closings).values(
        item=approved.subject,
        fen=int(approved.body["fen"]),
        words=approved.reason,
        clerk=approved.made_by,
        proposal=approved.number,
    )
    try:
        with connection.begin_nested():
            connection.execute(made)
    except IntegrityError as error:
        raise Refusal("audit_item_gone") from error
