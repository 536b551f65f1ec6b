"""Paid orders as the centre told of them; which are loaded is derived from the top-ups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, select

from cardstation.domain.ledger import Order
from cardstation.domain.order_lease import freed
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.store.tables import paid_order, topup

_OF_AN_ORDER = tuple(paid_order.c[one.name] for one in fields(Order))


class Orders:
    """The paid orders of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, order_id: str) -> Order | None:
        """One order, whether it waits or not."""
        found = self._find(paid_order.c.order_id == order_id)
        return found[0] if found else None

    def every(self) -> tuple[Order, ...]:
        """All orders that were ever on file."""
        return self._find()

    def waiting(self, account_no: str = "") -> tuple[Order, ...]:
        """Orders that wait to be loaded, as far as is known here; of one account, or all."""
        known: list[ColumnElement[bool]] = [
            paid_order.c.gone_at.is_(None),
            paid_order.c.order_id.not_in(_claimed()),
        ]
        if account_no:
            known.append(paid_order.c.account_no == account_no)
        return self._find(*known)

    def is_claimed(self, order_id: str) -> bool:
        """True when a load was begun for an order here and not given up unpaid."""
        query = _claimed().where(topup.c.order_id == order_id).limit(1)
        return self._connection.execute(query).first() is not None

    def is_gone(self, order_id: str) -> bool:
        """True when the ledger stopped naming an order: loaded elsewhere, or withdrawn."""
        query = select(paid_order.c.gone_at).where(paid_order.c.order_id == order_id)
        return self._connection.execute(query).scalar() is not None

    def put(self, orders: Sequence[Order]) -> None:
        """Add orders that wait, or replace those with the same id; once on file, one stays."""
        for order in orders:
            key = paid_order.c.order_id == order.order_id
            self._connection.execute(paid_order.delete().where(key))
            self._connection.execute(paid_order.insert(), asdict(order))

    def told(self, orders: Sequence[Order], at: datetime, *, station: str) -> None:
        """Take over the ledger's whole list: new ones, changed ones, and those no longer on it.

        A lease that was given back here does not come back with a list: the list may be older, or
        the centre may not have heard of it yet. Whoever wants it again asks for it.

        Args:
            orders: The list.
            at: When it was told.
            station: Whose list it is.
        """
        known = {order.order_id: order for order in self.every()}
        listed = {
            order.order_id: _as_held(order, known.get(order.order_id), station) for order in orders
        }
        lost = self._gone()
        self.put(
            [
                order
                for name, order in listed.items()
                if name in lost or name not in known or asdict(known[name]) != asdict(order)
            ]
        )
        for name in known.keys() - listed.keys() - lost:
            self.gone(name, at)

    def gone(self, order_id: str, at: datetime) -> None:
        """The ledger says that an order does not wait any more."""
        key = paid_order.c.order_id == order_id
        self._connection.execute(paid_order.update().where(key).values(gone_at=at))

    def _gone(self) -> set[str]:
        query = select(paid_order.c.order_id).where(paid_order.c.gone_at.is_not(None))
        return set(self._connection.execute(query).scalars())

    def _find(self, *conditions: ColumnElement[bool]) -> tuple[Order, ...]:
        query = select(*_OF_AN_ORDER).where(*conditions).order_by(paid_order.c.order_id)
        return tuple(Order(**row._asdict()) for row in self._connection.execute(query))


def _as_held(told: Order, known: Order | None, station: str) -> Order:
    ours = known is None or known.leased_to == station
    return freed(told) if told.leased_to == station and not ours else told


def _claimed() -> Select[tuple[str]]:
    return select(topup.c.order_id).where(
        topup.c.order_id != "",
        topup.c.direction == Direction.SALE,
        topup.c.state != TopUpState.VOIDED,
    )
