"""Gas paid online that waits for its card: none expires, and two persons may withdraw one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from cardstation.central.console.proposals import Kind, Proposal, propose, waiting
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import (
    ZONE,
    Act,
    Done,
    Export,
    Page,
    Sheet,
    Visit,
    cubic_metres,
    yuan,
)
from cardstation.central.holders import heard_of
from cardstation.central.tables import orders
from cardstation.domain.order_lease import GRACE
from cardstation.errors import Refusal

MOST = 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order nobody has loaded.

    Attributes:
        held_by: The station that may load it without asking, or may have; empty = any that asks.
        silent_since: Its lease is over, and it must be heard before anybody else has the order.
        claimed_by: The station that has begun, empty = none.
    """

    order_id: str
    account_no: str
    fen: int
    litres: int
    paid_at: datetime
    held_by: str
    silent_since: datetime | None
    claimed_by: str


@dataclass(frozen=True, slots=True)
class Orders:
    """The page's value; `number` and `fen` of all that wait."""

    waiting: tuple[Waiting, ...]
    number: int
    fen: int
    pending: tuple[Proposal, ...]


def show(visit: Visit) -> Orders:
    """Every order that waits, the oldest first."""
    number, fen = visit.connection.execute(
        select(func.count(), func.coalesce(func.sum(orders.c.fen), 0)).where(
            orders.c.closed_by.is_(None)
        )
    ).one()
    return Orders(found(visit, MOST), number, int(fen), waiting(visit.connection, Kind.ORDER))


def found(visit: Visit, most: int | None) -> tuple[Waiting, ...]:
    """Orders that wait, the oldest first; a lease that is over holds until its desk was heard."""
    rows = visit.connection.execute(
        select(
            *(orders.c.order_id, orders.c.account_no, orders.c.fen, orders.c.litres),
            *(orders.c.paid_at, orders.c.held_by, orders.c.held_until),
            func.coalesce(orders.c.claimed_station, "").label("claimed"),
        )
        .where(orders.c.closed_by.is_(None))
        .order_by(orders.c.paid_at, orders.c.order_id)
        .limit(most)
    ).all()
    over = datetime.now(UTC) - GRACE
    ended = {row.held_by for row in rows if row.held_until and row.held_until <= over}
    known = heard_of(visit.connection, ended)
    waiting = []
    for row in rows:
        heard = known.get(row.held_by) if row.held_until and row.held_until <= over else None
        waiting.append(
            Waiting(
                order_id=row.order_id,
                account_no=row.account_no,
                fen=row.fen,
                litres=row.litres,
                paid_at=row.paid_at,
                held_by="" if heard and heard.stopped else row.held_by,
                silent_since=heard.at if heard and not heard.stopped else None,
                claimed_by=row.claimed,
            )
        )
    return tuple(waiting)


def propose_withdrawal(visit: Visit) -> Done:
    """Propose to take an order back whose payment went back at the bank.

    Raises:
        Refusal: `order_not_here`, `reason_missing`, `proposed_already`.
    """
    order_id, reason = visit.get("order_id"), visit.get("reason")
    fen = visit.connection.scalar(
        select(orders.c.fen).where(orders.c.order_id == order_id, orders.c.closed_by.is_(None))
    )
    if fen is None:
        raise Refusal("order_not_here", order_id=order_id[:60])
    propose(
        *(visit.connection, Kind.ORDER, order_id, {"fen": fen}), reason=reason, by=visit.who.name
    )
    return Done("proposed", f"order {order_id}", reason, "orders")


def sheet(visit: Visit) -> Sheet:
    """Orders that wait to take along."""
    t = visit.t
    headings = [
        *(t("Order"), t("Account"), t("Amount (yuan)"), t("Gas (m³)"), t("Paid")),
        *(t("Held by"), t("Lease over, last heard"), t("Begun at")),
    ]
    return Sheet(
        headings,
        [
            [
                *(one.order_id, one.account_no, yuan(one.fen), cubic_metres(one.litres)),
                one.paid_at.astimezone(ZONE).isoformat(" ", "seconds"),
                one.held_by,
                "" if one.silent_since is None else f"{one.silent_since:%Y-%m-%d %H:%M}",
                one.claimed_by,
            ]
            for one in found(visit, None)
        ],
    )


PAGES = (Page("orders", "Paid orders", Right.LOOK, show, icon="download", key="d"),)
ACTS = (Act("orders", "orders", Right.ORDER, propose_withdrawal),)
EXPORTS = (Export("orders", "Paid orders", Right.LOOK, sheet),)
