"""Headings nobody understood: a person says with one digit what each column holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from cardstation.sentences import word
from cardstation.services.lists.reading import Heading
from ui.look import Look
from ui.parts.buttons import button
from ui.parts.footer import Footer
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.words import Chip, Pane, label, row
from ui.screens.batch.lists_model import ListsModel
from ui.screens.batch.lists_state import ListsState
from ui.theme import M

HOLDS = (
    "", "account", "card", "name", "room", "amount", "note", "building", "unit", "community",
)  # fmt: skip
"""What a digit says a column holds; 0 = nothing we use."""


@dataclass(frozen=True, slots=True)
class HeadingRow:
    """A heading and what it is taken for now."""

    heading: Heading
    holds: str


class DigitTable(Table):
    """A table in which a digit says something about the selected row."""

    digit = Signal(int, int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt asks."""
        text = event.text()
        if text.isascii() and text.isdigit() and self.row >= 0:
            self.digit.emit(self.row, int(text))
            return
        super().keyPressEvent(event)


class HeadingsPage(QWidget):
    """Draws the columns and what they hold."""

    def __init__(self, model: ListsModel, look: Look) -> None:
        super().__init__()
        self._model, self._look, t = model, look, look.t
        self._rows: Rows[HeadingRow] = Rows(_columns(look))
        self.table = DigitTable(look, t("Columns of the list"), self._rows)
        self.table.digit.connect(self._said)
        self.table.opened.connect(lambda _row: model.take_explained())
        self.manager = QLineEdit()
        self.manager.setAccessibleName(t("Property manager"))
        self.manager.setMinimumWidth(320)
        self.manager.editingFinished.connect(lambda: model.name_manager(self.manager.text()))
        self._of: tuple[Path | None, str] = (None, "")
        self._build()

    @property
    def focus_here(self) -> QWidget:
        """What gets the keys when the page is shown."""
        return self.table

    def show_state(self, state: ListsState) -> None:
        """Draw another state."""
        t, explained, standing = self._look.t, state.explained, state.standing
        if self._of != (state.path, state.manager):
            self._of = (state.path, state.manager)
            self.manager.setText(state.manager)
        self.manager.setReadOnly(standing is not None)
        whose = t("Whose list it is: remembered for the next one")
        self.manager.setPlaceholderText("" if standing else whose)
        self._take.setText(f"{t('Compare') if standing else t('Take in')}  Enter")
        self._rows.show_items(
            [HeadingRow(one, explained.get(one.word, "")) for one in state.headings]
        )
        if state.headings and self.table.row < 0:
            self.table.select(0)
        known = set(explained.values())
        self._take.setEnabled("amount" in known and len(known) >= 3 and not state.busy)

    def _said(self, at: int, digit: int) -> None:
        self._model.explain(self._rows.items[at].heading.word, HOLDS[digit])
        self.table.select(min(at + 1, len(self._rows.items) - 1))

    def _build(self) -> None:
        t, model = self._look.t, self._model
        pane = Pane(self._look.theme, shadow=False, margin=6)
        pane.column.setContentsMargins(6, 12, 6, 12)
        head = row(label(t("Property manager"), "muted"), self.manager, 0)
        head.setContentsMargins(12, 0, 12, 0)
        pane.column.addLayout(head)
        pane.column.addWidget(WholeRows(self.table), 1)
        legend = row(spacing=8)
        legend.setContentsMargins(12, 0, 12, 0)
        for digit in (*range(1, len(HOLDS)), 0):
            chip = Chip()
            chip.show_state(f"{digit}  {_holds(HOLDS[digit], self._look)}", "brand", dot=False)
            legend.addWidget(chip)
        legend.addStretch(1)
        pane.column.addLayout(legend)
        back = button(t("Back"), model.close, key="Esc")
        self._take = button(t("Take in"), model.take_explained, hint="Enter", look="primary")
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addWidget(pane, 1)
        hints = (t("↑ ↓ choose a column, a digit says what it holds"), t("F1 all keys"))
        body.addWidget(Footer(hints, (back, self._take)))


def _holds(holds: str, look: Look) -> str:
    return word(f"column.{holds}", look.t) if holds else look.t("nothing we use")


def _columns(look: Look) -> list[Column[HeadingRow]]:
    t = look.t
    return [
        Column(t("Heading"), 220, lambda r: Cell(r.heading.word)),
        Column(
            t("What stands below"), 0, lambda r: Cell("  ·  ".join(r.heading.samples), quiet=True)
        ),
        Column(
            t("Holds"),
            220,
            lambda r: Cell(_holds(r.holds, look), "ok" if r.holds else "idle"),
        ),
    ]
