"""The verbs of the list of paid orders: look, hold one for this desk, give it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from cardstation.domain.ledger import Order
from cardstation.errors import CardStationError
from cardstation.services.orders_state import WaitingOrder
from ui.screens.kind import Tools


@dataclass(frozen=True, slots=True)
class OrdersState:
    """What waits to be loaded, the oldest first.

    Attributes:
        shown: The list is shown in place of what is open.
    """

    orders: tuple[WaitingOrder, ...] = ()
    shown: bool = False

    @property
    def overdue(self) -> int:
        """How many wait for longer than they should."""
        return sum(one.warns for one in self.orders)


class OrdersModel(QObject):
    """Owns the list of paid orders."""

    changed = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self._state = OrdersState()

    @property
    def state(self) -> OrdersState:
        """What is shown."""
        return self._state

    def look(self) -> None:
        """Look the list up again."""
        tools = self._tools
        tools.desk.ask(tools.services.orders.waiting, self._seen, tools.board.tell)

    def turn(self) -> None:
        """Show the list, or what is open again."""
        self._show(replace(self._state, shown=not self._state.shown))
        self.look()

    def lease(self, order_id: str) -> None:
        """Hold an order for this desk."""
        said = "Order {order_id} is held for this desk, also without a network."
        self._do(self._tools.services.orders.lease, order_id, said)

    def release(self, order_id: str) -> None:
        """Give an order back."""
        said = "Order {order_id} may be loaded at any desk again."
        self._do(self._tools.services.orders.release, order_id, said)

    def _do(self, work: Callable[[str], Order], order_id: str, said: str) -> None:
        tools = self._tools

        def done(_order: Order) -> None:
            tools.board.say(said, "ok", order_id=order_id)
            self.look()

        def refused(error: CardStationError) -> None:
            tools.board.tell(error)
            self.look()

        tools.desk.ask(lambda: work(order_id), done, refused)

    def _seen(self, orders: tuple[WaitingOrder, ...]) -> None:
        self._show(replace(self._state, orders=orders))

    def _show(self, state: OrdersState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()
