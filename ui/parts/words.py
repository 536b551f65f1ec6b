"""Labels, chips, rules and cards: the small words and frames of every screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.theme import M, Theme

Box = TypeVar("Box", QHBoxLayout, QVBoxLayout)


def label(text: str = "", role: str = "", *, wrap: bool = False, right: bool = False) -> QLabel:
    """A label in one of the style sheet's roles (`title`, `heading`, `muted`, `figure`, …)."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    if wrap:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    if right:
        made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made


class OneLine(QLabel):
    """One quiet line, however long: it is cut to its room, and whole when pointed at or read."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._whole = ""

    def show_text(self, text: str) -> None:
        """Show another text; nothing at all where it is empty."""
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut it anew."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        end = Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self._whole, end, self.width()))


def restyle(widget: QWidget, name: str, value: str) -> None:
    """Set a property the style sheet looks at, and draw the widget by it."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Chip(QLabel):
    """A pill with words and, for states, a dot: colour is never alone."""

    def __init__(self, text: str = "", tone: str = "idle") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.show_state(text, tone)

    def show_state(self, text: str, tone: str, *, dot: bool = True) -> None:
        """Show other words in another tone: `ok`, `warn`, `error`, `idle` or `brand`."""
        self.setText(f"●  {text}" if dot else text)
        self.setAccessibleName(text)
        restyle(self, "chip", tone)


class Pane(QFrame):
    """A white card with a column of its own; a soft shadow only where no table lies on it."""

    def __init__(self, theme: Theme, *, shadow: bool = True, margin: int = 20) -> None:
        super().__init__()
        self.setProperty("card", "plain")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(margin, margin - 4, margin, margin - 4)
        self.column.setSpacing(M)
        if shadow:
            effect = QGraphicsDropShadowEffect(self)
            effect.setBlurRadius(16)
            effect.setOffset(0, 2)
            colour = QColor(theme.shadow)
            colour.setAlpha(20 if theme.name == "light" else 70)
            effect.setColor(colour)
            self.setGraphicsEffect(effect)


def rule() -> QFrame:
    """A thin line between things."""
    made = QFrame()
    made.setProperty("rule", "true")
    return made


def row(*parts: QWidget | int, spacing: int = M) -> QHBoxLayout:
    """Widgets side by side; 0 stands for the stretch between them."""
    return _filled(QHBoxLayout(), parts, spacing)


def column(*parts: QWidget | int, spacing: int = M) -> QVBoxLayout:
    """Widgets below each other; 0 stands for the stretch between them."""
    return _filled(QVBoxLayout(), parts, spacing)


def _filled(made: Box, parts: Iterable[QWidget | int], spacing: int) -> Box:
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    for part in parts:
        if isinstance(part, int):
            made.addStretch(1)
        else:
            made.addWidget(part)
    return made
