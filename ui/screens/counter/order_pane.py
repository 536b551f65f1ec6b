"""What the counter offers first: gas that was paid online and waits for this card."""

from __future__ import annotations

from PySide6.QtCore import Qt

from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from ui.look import Look
from ui.parts.facts import Fact, Facts
from ui.parts.words import Chip, Pane, column, label, row, rule
from ui.screens.counter.order_gas import gas_of
from ui.screens.counter.state import State
from ui.theme import M

_ELSE = (
    "Load it before anything else is sold. Esc sells first: then no desk can load this order "
    "until the centre has bound it anew."
)


class OrderPane(Pane):
    """One paid order, and the one key that loads it."""

    def __init__(self, look: Look) -> None:
        super().__init__(look.theme, shadow=False)
        self._look, t = look, look.t
        self._gas = label("", "big")
        self._paid = label("", "total", right=True)
        self._more = label("", "muted")
        self._facts = Facts(4)
        figures = row(spacing=M)
        figures.addLayout(column(self._gas, label(t("is paid and waits"), "muted"), spacing=0))
        figures.addStretch(1)
        figures.addLayout(
            column(self._paid, label(t("paid online"), "muted", right=True), spacing=0)
        )
        chip = Chip(t("No money to take"), "ok")
        self.column.addLayout(row(label(t("Paid online"), "heading"), 0, chip))
        self.column.addLayout(figures)
        self.column.addWidget(rule())
        self.column.addWidget(self._facts)
        self.column.addWidget(self._more)
        self.column.addStretch(1)
        self.column.addWidget(label(t(_ELSE), "muted", wrap=True))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(t("Paid online"))

    def show_state(self, state: State) -> None:
        """Draw another state; without an order nothing."""
        t, order = self._look.t, state.offer
        self._gas.setText("" if order is None else str(gas_of(order)))
        self._paid.setText("" if order is None else str(Money(order.fen)))
        self.setAccessibleDescription(f"{self._gas.text()} {self._paid.text()}".strip())
        self._facts.show_rows([] if order is None else self._rows(order))
        others = len(state.facts.orders) - 1 if state.facts and order else 0
        self._more.setText(t("More paid orders of this household: {n}", n=others) if others else "")
        self._more.setVisible(bool(others))

    def _rows(self, order: Order) -> list[Fact]:
        t = self._look.t
        paid = "—" if order.paid_at is None else f"{order.paid_at:%Y-%m-%d %H:%M}"
        facts: list[Fact] = [
            (t("Order no."), order.order_id),
            (t("Paid at"), paid),
            (t("Tariff"), order.tariff),
            (t("For purchase no."), str(order.expected_counter + 1)),
        ]
        return facts
