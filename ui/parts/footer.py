"""The foot of a screen: what the keys do on the left, the buttons on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ui.parts.words import label
from ui.theme import M


class Footer(QWidget):
    """Hints and buttons; the main button is the last, at the right edge."""

    def __init__(self, hints: Sequence[str], buttons: Sequence[QPushButton]) -> None:
        super().__init__()
        self.setFixedHeight(42)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(M)
        self._hints = label("", "small")
        self.show_hints(hints)
        line.addWidget(self._hints)
        line.addStretch(1)
        self._buttons = tuple(buttons)
        for made in buttons:
            line.addWidget(made)

    def show_hints(self, hints: Sequence[str]) -> None:
        """Say what the keys do now."""
        self._hints.setText("    ".join(hints))

    @property
    def hints_width(self) -> int:
        """Pixels left of the buttons, free for a message."""
        shown = [made.x() for made in self._buttons if not made.isHidden()]
        right = min(shown, default=self.width() + M)
        return right - M
