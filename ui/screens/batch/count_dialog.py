"""The second person counts a typed list: households and sum, keyed again, then their own PIN."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from cardstation.domain.money import Money
from ui.approver import Approver
from ui.look import Look
from ui.parts.second_person import SecondPerson
from ui.parts.words import label, row
from ui.screens.batch.lists_state import money_of


class CountDialog(SecondPerson):
    """Nothing of what was typed is shown: the other person counts from the paper or the chat."""

    def __init__(self, parent: QWidget, look: Look, approver: Approver) -> None:
        t = look.t
        what = t("Count the list again from the paper or the chat: households and sum.")
        self.households, self.total = QLineEdit(), QLineEdit()
        super().__init__(parent, look, approver, what)
        for field, name in ((self.households, t("Households")), (self.total, t("Sum in yuan"))):
            field.setAccessibleName(name)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.textChanged.connect(lambda _text: self._judge())
        fields = row(
            label(t("Households"), "small"),
            self.households,
            label(t("Sum in yuan"), "small"),
            self.total,
        )
        self.column.insertLayout(1, fields)
        self.setTabOrder(self.households, self.total)
        self.setTabOrder(self.total, self.who)
        self.setTabOrder(self.who, self.pin)
        self.households.setFocus()
        self._judge()

    @property
    def counted(self) -> tuple[int, Money] | None:
        """What was keyed, None while it is none."""
        households, total = self.households.text().strip(), money_of(self.total.text())
        if not (households.isascii() and households.isdecimal()) or total is None:
            return None
        return int(households), total

    def accept(self) -> None:
        """Ask for the PIN only when both figures stand there."""
        if self.counted is None:
            (self.total if self.households.text() else self.households).setFocus()
            return
        super().accept()

    def _judge(self) -> None:
        super()._judge()
        if self.counted is None:
            self.accept_button.setEnabled(False)
