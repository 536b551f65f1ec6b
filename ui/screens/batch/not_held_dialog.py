"""Tells which paid orders of a batch this desk does not hold, and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from cardstation.i18n import Translator
from cardstation.sentences import brief
from cardstation.services.lease_batch import RowLease
from ui.look import Look
from ui.parts.sheet import Sheet
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.words import label

_WIDTH, _HEIGHT = 860, 460


class NotHeldDialog(Sheet):
    """The rows and the reason of each; there is nothing to choose."""

    def __init__(self, parent: QWidget, look: Look, left: Sequence[RowLease]) -> None:
        t = look.t
        super().__init__(parent, look, t("Paid orders that are not held"), t("Close"))
        self.cancel_button.hide()
        said = t(
            "Without a network these cards are not loaded; no money is lost. The other paid "
            "orders of the batch are held for this desk."
        )
        self.rows: Rows[RowLease] = Rows(_columns(t))
        self.rows.show_items(list(left))
        self.column.addWidget(label(said, "muted", wrap=True))
        self.column.addWidget(WholeRows(Table(look, t("Rows of the list"), self.rows)), 1)
        self.resize(_WIDTH, _HEIGHT)


def _columns(t: Translator) -> list[Column[RowLease]]:
    return [
        Column("#", 56, lambda r: Cell(str(r.line.row.row), quiet=True), right=True),
        Column(t("Room"), 110, lambda r: Cell(r.line.door)),
        Column(t("Household"), 150, lambda r: Cell(r.line.name)),
        Column(t("Order"), 190, lambda r: Cell(r.line.order_id, quiet=True)),
        Column(t("Why"), 0, lambda r: Cell(_why(r, t))),
    ]


def _why(row: RowLease, t: Translator) -> str:
    told = "" if row.refused is None else brief(row.refused.code, t)
    return " ".join(filter(None, (told, row.holder)))


def tell_not_held(parent: QWidget, look: Look, left: Sequence[RowLease]) -> None:
    """Show them until it is closed."""
    dialog = NotHeldDialog(parent, look, left)
    dialog.exec()
    dialog.deleteLater()
