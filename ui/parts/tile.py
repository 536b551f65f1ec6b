"""A tile: one figure with its icon and name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel

from ui.look import Look, picture
from ui.parts.words import Pane, column, label, restyle


class Tile(Pane):
    """A figure of 28 px over a word, with an icon in the tone's colour."""

    def __init__(self, look: Look, icon: str, name: str, tone: str = "ink") -> None:
        super().__init__(look.theme, margin=20)
        self._look, self._icon_name, self._name = look, icon, name
        self._figure = label("—", "figure")
        self._mark = QLabel()
        self._mark.setFixedSize(26, 26)
        word = label(name, "muted")
        line = QHBoxLayout()
        line.setSpacing(14)
        line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addLayout(column(self._figure, word, spacing=0))
        line.addStretch(1)
        self.column.setContentsMargins(18, 10, 14, 12)
        self.column.addLayout(line)
        self.setFixedHeight(82)
        self._tone = ""
        self.show_state("—", tone)

    def show_state(self, figure: str, tone: str = "ink") -> None:
        """Show another figure; `tone` is a token (`ink`, `ok`, `error`, `brand`)."""
        self._figure.setText(figure)
        self.setAccessibleName(f"{self._name}: {figure}")
        if tone != self._tone:
            self._tone = tone
            restyle(self._figure, "tone", tone)
            ink = getattr(self._look.theme, "ink2" if tone == "ink" else tone)
            self._mark.setPixmap(picture(self._icon_name, ink, 26, self.devicePixelRatioF()))
