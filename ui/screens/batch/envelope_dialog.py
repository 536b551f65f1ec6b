"""Gives the rows of a list their envelopes: a row, a scan, the next row, by scanner alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from cardstation.domain.batch import ManifestLine
from cardstation.domain.shift import Approval
from cardstation.sentences import of_error
from ui.look import Look
from ui.parts.buttons import button
from ui.parts.second_person import ask_second_person
from ui.parts.sheet import Sheet
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.words import label, restyle, row
from ui.screens.batch.envelope_model import EnvelopeModel

_WIDTH, _HEIGHT = 760, 560


class ScanField(QLineEdit):
    """Enter, as a scanner sends it, hands the number over; ↑ and ↓ choose another row."""

    def __init__(self, model: EnvelopeModel, table: Table) -> None:
        super().__init__()
        self._model, self._table = model, table

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt asks."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            said = self.text()
            self.clear()
            self._model.scanned(said)
        elif event.key() in steps:
            self._model.choose(self._model.state.at + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
            return
        event.accept()


class EnvelopeDialog(Sheet):
    """Draws the rows; every number is stored as it is scanned, so closing loses nothing."""

    def __init__(self, parent: QWidget, look: Look, model: EnvelopeModel) -> None:
        t = look.t
        super().__init__(parent, look, t("Envelopes of this bag"), t("Close"))
        self._model, self._look = model, look
        self._rows: Rows[ManifestLine] = Rows(_columns(look))
        self.table = Table(look, t("Rows and their envelopes"), self._rows)
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.table.clicked.connect(lambda index: model.choose(index.row()))
        self._whose, self._said = label("", "heading"), label("", "small")
        self.field = ScanField(model, self.table)
        self.field.setAccessibleName(t("Envelope of this row"))
        self.field.setPlaceholderText(t("Scan or type the envelope, then Enter"))
        self.rule = button("", self._other_rule, key="F8")
        self.none = button(t("No envelope"), model.take_out, key="F4")
        self.accept_button.hide()
        self.cancel_button.setText(f"{t('Close')}  Esc")
        self.cancel_button.setAccessibleName(t("Close"))
        self.column.addWidget(self._whose)
        self.column.addWidget(self.field)
        self.column.addWidget(self._said)
        self.column.addWidget(WholeRows(self.table), 1)
        self.column.addLayout(row(self.rule, 0, self.none))
        self.resize(_WIDTH, _HEIGHT)
        model.changed.connect(self._changed)
        model.second_needed.connect(self._ask_second)
        self._changed()
        self.field.setFocus()

    def _other_rule(self) -> None:
        if not self._model.state.must:
            self._model.require()
            return
        t = self._look.t
        what = t("The envelopes of this bag need not be scanned; cards are compared by eye.")
        asked = self._asked(what)
        if asked is not None:
            self._model.lift(*asked)

    def _ask_second(self) -> None:
        problem = self._model.state.problem
        if problem is None:
            return
        asked = self._asked(of_error(problem.as_error(), self._look.t).what)
        if asked is not None:
            self._model.confirm(*asked)

    def _asked(self, what: str) -> tuple[Approval, str] | None:
        way, note = self._model.approver, self._look.t("Why, in words")
        return ask_second_person(self, self._look, way, what, note=note)

    def _changed(self) -> None:
        state, t = self._model.state, self._look.t
        lines = [state.lines[place - 1] for place in state.places]
        if list(self._rows.items) != lines:
            self._rows.show_items(lines)
        if state.places:
            self.table.select(state.at)
        one = state.line
        whose = "" if one is None else "    ".join(filter(None, (one.door, one.name)))
        self._whose.setText(whose or t("No row can have an envelope"))
        problem = state.problem
        if problem is not None:
            self._said.setText(of_error(problem.as_error(), t).what)
        else:
            self._said.setText(t("{n} rows have no envelope yet", n=state.missing))
        restyle(self._said, "role", "error" if problem is not None else "small")
        rule = t("Every envelope must be scanned") if state.must else t("Scanning is optional")
        self.rule.setText(f"{rule}  F8")
        self.rule.setAccessibleName(rule)
        restyle(self.rule, "look", "primary" if state.must else "")


def _columns(look: Look) -> list[Column[ManifestLine]]:
    t = look.t
    return [
        Column("#", 56, lambda one: Cell(str(one.row.row), quiet=True), right=True),
        Column(t("Room"), 130, lambda one: Cell(one.door)),
        Column(t("Household"), 150, lambda one: Cell(one.name)),
        Column(t("Envelope"), 0, lambda one: Cell(one.envelope or "—", quiet=not one.envelope)),
    ]


def ask_envelopes(parent: QWidget, look: Look, model: EnvelopeModel) -> None:
    """Show it until it is closed."""
    dialog = EnvelopeDialog(parent, look, model)
    dialog.exec()
    dialog.deleteLater()
