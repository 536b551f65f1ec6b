"""Facts: names on the left, values on the right, in rows that can be emptied at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from ui.parts.words import label, restyle

Fact = tuple[str, str] | tuple[str, str, str]
"""Name, value and, where it is not plain, the label role of the value."""


class Facts(QWidget):
    """A fixed number of rows; unused ones stay empty, so nothing jumps."""

    def __init__(self, rows: int, *, spacing: int = 3) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(spacing)
        grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []
        for index in range(rows):
            name, value = label("", "muted"), label("", "", right=True)
            value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, index, 0)
            grid.addWidget(value, index, 1)
            self._rows.append((name, value))

    def show_rows(self, facts: Sequence[Fact]) -> None:
        """Show these facts; rows beyond them are emptied and hidden."""
        for index, (name, value) in enumerate(self._rows):
            fact: Fact = facts[index] if index < len(facts) else ("", "")
            name.setText(fact[0])
            value.setText(fact[1])
            restyle(value, "role", fact[2] if len(fact) == 3 else "")
            name.setVisible(bool(fact[0]))
            value.setVisible(bool(fact[0]))
            value.setAccessibleName(f"{fact[0]}: {fact[1]}" if fact[0] else "")
