"""Short questions of the exceptions: a reason, a count, an envelope."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from ui.look import Look
from ui.parts.buttons import Choice
from ui.parts.sheet import Sheet
from ui.parts.words import label

MOST_DIGITS = 5


class ReasonDialog(Sheet):
    """One of a few reasons."""

    def __init__(
        self,
        parent: QWidget,
        look: Look,
        title: str,
        about: str,
        choices: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(parent, look, title, look.t("Record it"))
        self.reason = Choice(look, title, choices, choices[0][0])
        self.column.addWidget(label(about, "muted", wrap=True))
        self.column.addWidget(self.reason)
        self.reason.setFocus()

    @property
    def code(self) -> str:
        """The chosen reason."""
        return str(self.reason.currentData())


class FieldDialog(Sheet):
    """One field that is typed or scanned; with `figures` only a whole number counts."""

    def __init__(
        self, parent: QWidget, look: Look, title: str, about: str, *, figures: bool = False
    ) -> None:
        super().__init__(parent, look, title, look.t("Record it"))
        self._figures = figures
        self.field = QLineEdit()
        self.field.setAccessibleName(title)
        self.field.setProperty("look", "amount")
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.textChanged.connect(lambda _text: self._judge())
        self.column.addWidget(label(about, "muted", wrap=True))
        self.column.addWidget(self.field)
        self._judge()
        self.field.setFocus()

    @property
    def text(self) -> str:
        """What was typed; empty while it says nothing."""
        text = self.field.text().strip()
        if self._figures and not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
            return ""
        return text

    def _judge(self) -> None:
        self.accept_button.setEnabled(bool(self.text))


def ask_reason(
    parent: QWidget, look: Look, title: str, about: str, choices: Sequence[tuple[str, str]]
) -> str:
    """Ask for one of these reasons; empty when thought better of."""
    dialog = ReasonDialog(parent, look, title, about, choices)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    code = dialog.code
    dialog.deleteLater()
    return code if accepted else ""


def ask_field(parent: QWidget, look: Look, title: str, about: str, *, figures: bool = False) -> str:
    """Ask for one field; empty when thought better of."""
    dialog = FieldDialog(parent, look, title, about, figures=figures)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    text = dialog.text
    dialog.deleteLater()
    return text if accepted else ""
