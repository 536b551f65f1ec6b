"""The second person keys every typed row again, from the paper, then their own PIN."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from cardstation.services.lists.entry import KeyedRow, read_keyed
from ui.approver import Approver
from ui.look import Look
from ui.parts.second_person import SecondPerson
from ui.parts.words import label

_WHAT = "Key every row of the paper or the chat again: room and amount, one row a line."
_HEIGHT = 150


class CountDialog(SecondPerson):
    """Nothing of what was typed is shown: the other person keys from the paper or the chat."""

    def __init__(self, parent: QWidget, look: Look, approver: Approver) -> None:
        t = look.t
        self.rows, self._keyed = QPlainTextEdit(), label("", "small")
        self.rows.setAccessibleName(t("Rows, keyed again"))
        self.rows.setPlaceholderText("3-2-601 100\n3-2-602 50.5")
        self.rows.setTabChangesFocus(True)
        self.rows.setFixedHeight(_HEIGHT)
        super().__init__(parent, look, approver, t(_WHAT))
        self.column.insertWidget(1, self.rows)
        self.column.insertWidget(2, self._keyed)
        self.rows.textChanged.connect(self._judge)
        self.setTabOrder(self.rows, self.who)
        self.setTabOrder(self.who, self.pin)
        self.rows.setFocus()
        self._judge()

    @property
    def counted(self) -> tuple[KeyedRow, ...]:
        """What was keyed."""
        return read_keyed(self.rows.toPlainText())

    def accept(self) -> None:
        """Ask for the PIN only when rows stand there."""
        if not self.counted:
            self.rows.setFocus()
            return
        super().accept()

    def _known(self, names: tuple[str, ...]) -> None:
        super()._known(names)
        self.rows.setFocus()

    def _judge(self) -> None:
        super()._judge()
        counted = self.counted
        self._keyed.setText(self._look.t.plural("{n} row keyed", "{n} rows keyed", len(counted)))
        if not counted:
            self.accept_button.setEnabled(False)
