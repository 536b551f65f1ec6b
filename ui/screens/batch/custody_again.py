"""Asks whether a whole return is printed once more, and why."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget

from cardstation.sentences import word
from ui.look import Look
from ui.parts.buttons import Choice
from ui.parts.sheet import Sheet
from ui.parts.words import label

_WHYS = ("spoilt", "lost", "other")


class AgainDialog(Sheet):
    """What it means, and the reason that stands on the receipts."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        t = look.t
        title = t("Print the whole return once more?")
        super().__init__(parent, look, title, t("Print all again"))
        note = t("All of it came out already. Every receipt will say reprint, and why.")
        choices = [(code, word(f"reprint.{code}", t)) for code in _WHYS]
        self.why = Choice(look, t("Why once more"), choices, _WHYS[0])
        for part in (label(note, "muted", wrap=True), label(t("Why once more"), "small"), self.why):
            self.column.addWidget(part)
        self.why.setFocus()


def ask_why_again(parent: QWidget, look: Look) -> str:
    """Ask; empty when thought better of, else the reason in words."""
    dialog = AgainDialog(parent, look)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    why = dialog.why.currentText()
    dialog.deleteLater()
    return why if accepted else ""
