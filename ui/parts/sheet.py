"""A dialog as the desk's own: title, a column, and buttons with keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from ui.look import Look
from ui.parts.buttons import button
from ui.parts.words import label, row
from ui.theme import L, M, style_sheet


class Sheet(QDialog):
    """Modal; Enter does it, Esc leaves everything as it is."""

    def __init__(self, parent: QWidget, look: Look, title: str, does: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setStyleSheet(style_sheet(look.theme))
        self.setModal(True)
        self.column = QVBoxLayout()
        self.column.setSpacing(M)
        self.accept_button: QPushButton = button(does, self.accept, hint="Enter", look="primary")
        self.accept_button.setDefault(True)
        self.cancel_button = button(look.t("Cancel"), self.reject, hint="Esc")
        body = QVBoxLayout(self)
        body.setContentsMargins(L, L, L, L)
        body.setSpacing(M)
        body.addWidget(label(title, "title"))
        body.addLayout(self.column)
        body.addSpacing(M)
        body.addLayout(row(0, self.cancel_button, self.accept_button))
        self.setMinimumWidth(460)
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, on=False)
