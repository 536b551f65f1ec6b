"""Paid orders as pulled from the centre; which are loaded is derived from the top-ups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, select

from cardstation.domain.ledger import Order
from cardstation.domain.transitions import TopUpState
from cardstation.store.tables import paid_order, topup


class Orders:
    """The paid orders of one unit of work or reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, order_id: str) -> Order | None:
        """One order."""
        found = self._find(paid_order.c.order_id == order_id)
        return found[0] if found else None

    def every(self) -> tuple[Order, ...]:
        """All orders on file."""
        return self._find(paid_order.c.order_id != "")

    def waiting(self) -> tuple[Order, ...]:
        """Orders that no live top-up has claimed."""
        claimed = select(topup.c.order_id).where(
            topup.c.order_id != "",
            topup.c.state.not_in((TopUpState.VOIDED, TopUpState.REFUNDED)),
        )
        return self._find(paid_order.c.order_id.not_in(claimed))

    def put(self, orders: Sequence[Order]) -> None:
        """Add orders or replace those with the same id; an order once on file stays."""
        for order in orders:
            key = paid_order.c.order_id == order.order_id
            self._connection.execute(paid_order.delete().where(key))
            self._connection.execute(paid_order.insert(), asdict(order))

    def _find(self, condition: object) -> tuple[Order, ...]:
        query = select(paid_order).where(condition)  # type: ignore[arg-type]
        rows = self._connection.execute(query.order_by(paid_order.c.order_id))
        return tuple(Order(**row._asdict()) for row in rows)
