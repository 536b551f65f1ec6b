"""The right side with what was done for the household: the latest first."""

from __future__ import annotations

from PySide6.QtCore import Signal

from cardstation.i18n import Translator
from cardstation.sentences import word
from cardstation.services.household_history import HistoryLine
from ui.look import Look
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.words import Pane, label
from ui.screens.household.state import Phase, State


class HistoryPage(Pane):
    """A table; a line with a receipt can be printed once more."""

    chosen = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__(look.theme, shadow=False, margin=6)
        self.column.setContentsMargins(6, 6, 6, 6)
        t = look.t
        self._rows: Rows[HistoryLine] = Rows(_columns(t))
        self.table = Table(look, t("Done for this household"), self._rows)
        self._none = label(t("Nothing was done for this household at this desk."), "muted")
        self.column.addWidget(self._none)
        self.column.addWidget(WholeRows(self.table), 1)
        self.table.doubleClicked.connect(lambda index: self.chosen.emit(index.row()))

    @property
    def may_print(self) -> bool:
        """True when the selected line has a receipt."""
        here = self.table.row
        return 0 <= here < len(self._rows.items) and bool(self._rows.items[here].receipt_no)

    def show_state(self, state: State) -> None:
        """Draw another state; of no household nothing."""
        shown = state.phase is Phase.HISTORY and state.facts.of is not None
        lines = state.facts.of.history if shown and state.facts.of is not None else ()
        self._rows.show_items(lines)
        self._none.setVisible(shown and not lines)
        if lines and self.table.row < 0:
            self.table.select(0)


def _columns(t: Translator) -> list[Column[HistoryLine]]:
    return [
        Column(t("When"), 150, lambda one: Cell(f"{one.at:%Y-%m-%d %H:%M}", quiet=True)),
        Column(t("What"), 0, lambda one: Cell(word(one.what, t))),
        Column(t("Gas volume"), 110, lambda one: Cell(_amount(one.gas)), right=True),
        Column(t("Money"), 110, lambda one: Cell(_amount(one.money)), right=True),
        Column(t("Clerk"), 100, lambda one: Cell(one.clerk or "—", quiet=True)),
        Column(t("Receipt no."), 180, lambda one: Cell(one.receipt_no or "—", quiet=True)),
    ]


def _amount(one: object) -> str:
    return "—" if one is None else str(one)
