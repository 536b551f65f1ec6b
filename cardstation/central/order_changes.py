"""What two people of the centre change about a paid order: it is withdrawn, or bound anew.

Nothing is edited: a withdrawal is a fact of its own that takes the order's postings back, and an
order bound anew is a withdrawal with a new order in the same transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, select, update

from cardstation.central.centre_chain import ORDER_WITHDRAWN, ChainEnd, lock_centre, put_on_chain
from cardstation.central.console.roles import Right
from cardstation.central.engine import transaction
from cardstation.central.holders import is_in_doubt, refused_for, standing
from cardstation.central.orders import STANDS, post_on_chain
from cardstation.central.tables import orders
from cardstation.central.two_people import ensure_two
from cardstation.domain.ledger import Order
from cardstation.domain.order_change import NewBinding, OrderChange, OrderStanding, payment_of
from cardstation.domain.order_lease import freed, oldest_first
from cardstation.errors import Refusal


def waiting_orders(engine: Engine, min_days: int = 0) -> tuple[OrderStanding, ...]:
    """Every order that was not loaded yet and is at least so many days old, the oldest first."""
    now = datetime.now(UTC)
    with transaction(engine) as connection:
        rows = connection.execute(
            select(*STANDS, orders.c.claimed_station).where(orders.c.closed_by.is_(None))
        ).all()
        waiting = standing(connection, (Order(*said) for *said, _ in rows), now)
    found = []
    for order, (*_, claimed) in zip(waiting, rows, strict=True):
        days = 0 if order.paid_at is None else (now - order.paid_at).days
        if days >= min_days:
            found.append(OrderStanding(order, claimed or "", days))
    return tuple(sorted(found, key=lambda one: oldest_first(one.order)))


def withdraw_order(engine: Engine, change: OrderChange) -> Order:
    """Take an order back that nobody loads any more: its payment went back at the bank.

    Raises:
        Refusal: `two_persons_needed`, `order_not_here`, `order_not_waiting` (a load of it was
            begun, or it was loaded or withdrawn), `order_leased_elsewhere` (a station may load it
            without asking), `order_holder_silent` (one could, and may have: it is not heard out),
            `order_in_doubt` (one could, and lost its records: the change says what was found).
    """
    with transaction(engine) as connection:
        return withdraw_on(connection, change)


def withdraw_on(connection: Connection, change: OrderChange) -> Order:
    """The same within a transaction of somebody who has more to do in it.

    Raises:
        Refusal: as `withdraw_order`.
    """
    ensure_two(connection, change.ordered_by, change.approved_by, Right.ORDER)
    end = lock_centre(connection)
    order = _free(connection, change)
    _withdraw(connection, end, order, change, {})
    return order


def bind_order(engine: Engine, change: OrderChange, to: NewBinding) -> Order:
    """Bind a paid order to another household or counter; its money and gas stay as paid.

    Returns:
        The order that takes its place, under a number of its own.

    Raises:
        Refusal: `nothing_to_bind` (it is bound so already), and as `withdraw_order`.
    """
    with transaction(engine) as connection:
        ensure_two(connection, change.ordered_by, change.approved_by, Right.ORDER)
        end = lock_centre(connection)
        old = _free(connection, change)
        if (old.account_no, old.expected_counter) == (to.account_no, to.expected_counter):
            raise Refusal("nothing_to_bind", order_id=old.order_id)
        new = replace(
            old,
            order_id=_next_number(connection, old.order_id),
            account_no=to.account_no,
            expected_counter=to.expected_counter,
        )
        _withdraw(connection, end, old, change, {"bound_as": new.order_id})
        post_on_chain(connection, lock_centre(connection), new)
    return new


def _free(connection: Connection, change: OrderChange) -> Order:
    """An order that waits and that no station loads or loaded unasked, under its row lock."""
    order_id = change.order_id
    row = connection.execute(
        select(*STANDS, orders.c.claimed_station, orders.c.closed_by)
        .where(orders.c.order_id == order_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise Refusal("order_not_here", order_id=order_id)
    *said, claimed, closed = row
    if claimed or closed:
        raise Refusal("order_not_waiting", order_id=order_id)
    now = datetime.now(UTC)
    (order,) = standing(connection, [Order(*said)], now)
    if order.leased_to and not (change.found.strip() and is_in_doubt(connection, order)):
        code, values = refused_for(connection, order, now)
        raise Refusal(code, **values)
    return freed(order)


def _withdraw(
    connection: Connection, end: ChainEnd, order: Order, change: OrderChange, more: dict[str, str]
) -> None:
    said = {"reason": change.reason, "ordered_by": change.ordered_by}
    said |= {"approved_by": change.approved_by} | more
    if change.found.strip():
        said["found"] = change.found.strip()
    entry_id = put_on_chain(connection, end, ORDER_WITHDRAWN, order, said)
    connection.execute(
        update(orders).where(orders.c.order_id == order.order_id).values(closed_by=entry_id)
    )


def _next_number(connection: Connection, order_id: str) -> str:
    """`O7` becomes `O7/2`, and that `O7/3`."""
    first = payment_of(order_id)
    known = connection.scalars(
        select(orders.c.order_id).where(orders.c.order_id.startswith(f"{first}/", autoescape=True))
    )
    numbers = [int(one.rpartition("/")[2]) for one in known if one.rpartition("/")[2].isdecimal()]
    return f"{first}/{max(numbers, default=1) + 1}"
