"""A box for chat text, and beside it the rows that are read out of it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from cardstation.domain.batch import ListRow
from cardstation.errors import Refusal
from cardstation.services.lists.chat import read_chat
from ui.look import Look
from ui.parts.buttons import button
from ui.parts.footer import Footer
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.words import Pane, label
from ui.screens.batch.lists_model import ListsModel
from ui.screens.batch.lists_state import ListsState
from ui.theme import M

_PREVIEWED = 60_000
"""Signs that are read again at every key; a longer text is read when it is taken in."""


class PastePage(QWidget):
    """Draws the box and the preview."""

    def __init__(self, model: ListsModel, look: Look) -> None:
        super().__init__()
        self._model, self._look, t = model, look, look.t
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(t("Chat text"))
        self.text.setPlaceholderText(t("Copy the whole chat text and paste it here with Ctrl+V."))
        self.text.setTabChangesFocus(True)
        self.text.textChanged.connect(self._read)
        self._rows: Rows[ListRow] = Rows(_columns(look))
        self.table = Table(look, t("Rows read"), self._rows)
        self._count = label("", "heading")
        self._build()
        self._read()

    @property
    def focus_here(self) -> QWidget:
        """What gets the keys when the page is shown."""
        return self.text

    def show_state(self, state: ListsState) -> None:
        """Draw another state."""
        t, standing = self._look.t, state.standing
        self._take.setText(f"{t('Compare') if standing else t('Take in')}  Ctrl+Enter")
        self._take.setEnabled(bool(self._rows.items) and not state.busy)

    def clear(self) -> None:
        """Nothing of the last text stays."""
        self.text.clear()

    def _read(self) -> None:
        text, t = self.text.toPlainText(), self._look.t
        rows: tuple[ListRow, ...] = ()
        if text.strip() and len(text) <= _PREVIEWED:
            try:
                rows = read_chat(text).rows
            except Refusal:
                rows = ()
        self._rows.show_items(rows)
        unread = sum(_unread(row) for row in rows)
        self._count.setText(t("{n} rows read, {m} not readable", n=len(rows), m=unread))
        self._take.setEnabled(bool(rows) or len(text) > _PREVIEWED)

    def _build(self) -> None:
        t, look, model = self._look.t, self._look, self._model
        left, right = Pane(look.theme, shadow=False), Pane(look.theme, shadow=False, margin=6)
        left.column.addWidget(label(t("Chat text"), "heading"))
        left.column.addWidget(self.text, 1)
        right.column.setContentsMargins(6, 12, 6, 6)
        self._count.setContentsMargins(10, 0, 10, 0)
        right.column.addWidget(self._count)
        right.column.addWidget(WholeRows(self.table), 1)
        panes = QHBoxLayout()
        panes.setSpacing(M)
        panes.addWidget(left, 2)
        panes.addWidget(right, 3)
        back = button(t("Back"), model.close, key="Esc")
        self._take = button(
            t("Take in"),
            lambda: model.take_text(self.text.toPlainText()),
            key="Ctrl+Return",
            look="primary",
        )
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addLayout(panes, 1)
        hints = (t("No line is lost: what is not readable becomes a row for a person"),)
        body.addWidget(Footer(hints, (back, self._take)))


def _unread(row: ListRow) -> bool:
    return not (row.account_no or row.card_no or row.door or row.name)


def _columns(look: Look) -> list[Column[ListRow]]:
    t = look.t
    return [
        Column("#", 46, lambda r: Cell(str(r.row), quiet=True), right=True),
        Column(t("Room"), 150, lambda r: Cell(r.door or "—")),
        Column(t("Household"), 120, lambda r: Cell(r.name or "—")),
        Column(t("Amount"), 90, lambda r: Cell(r.amount or "—"), right=True),
        Column(t("Remark"), 0, lambda r: Cell(_rest(r), ink="warn" if _unread(r) else "ink2")),
    ]


def _rest(row: ListRow) -> str:
    return "  ".join(part for part in (row.account_no, row.card_no, row.note) if part)
