"""Asks whose card a blank shall become: the account, and the maker area of the meter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from ui.look import Look
from ui.parts.buttons import Choice
from ui.parts.sheet import Sheet
from ui.parts.words import label


class IssueDialog(Sheet):
    """An account number that is typed or scanned, and what stands on the meter."""

    def __init__(self, parent: QWidget, look: Look, makers: Sequence[str]) -> None:
        t = look.t
        super().__init__(parent, look, t("Issue this card"), t("Write the card"))
        self.account = QLineEdit()
        self.account.setAccessibleName(t("Account number"))
        self.account.setProperty("look", "amount")
        self.account.textChanged.connect(lambda _text: self._judge())
        choices = [("", t("The only one that fits")), *((one, one) for one in makers)]
        self.maker = Choice(look, t("Maker area"), choices, "")
        about = t("The card gets this household's numbers; no gas, and no money is taken.")
        self.column.addWidget(label(about, "muted", wrap=True))
        for name, field in ((t("Account number"), self.account), (t("Maker area"), self.maker)):
            self.column.addWidget(label(name, "muted"))
            self.column.addWidget(field)
        self._judge()
        self.account.setFocus()

    def _judge(self) -> None:
        self.accept_button.setEnabled(bool(self.account.text().strip()))


def ask_whose_card(parent: QWidget, look: Look, makers: Sequence[str]) -> tuple[str, str] | None:
    """Ask for account and maker area; None when thought better of."""
    dialog = IssueDialog(parent, look, makers)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    asked = dialog.account.text().strip(), str(dialog.maker.currentData())
    dialog.deleteLater()
    return asked if accepted else None
