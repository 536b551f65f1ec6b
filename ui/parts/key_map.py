"""The keyboard map: every key and what it does, over the whole window; printable as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPagedPaintDevice,
    QPainter,
    QPaintEvent,
    QTextDocument,
)
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.look import Look, font
from ui.parts.buttons import button
from ui.parts.words import Pane, column, label, row
from ui.theme import L, M

ACROSS = 3
_HEAD = 2
"""A heading and the gap above it, in lines."""


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys of one screen: its name and (key, what it does)."""

    title: str
    keys: tuple[tuple[str, str], ...]


class KeyMap(QWidget):
    """An overlay; any of F1, Esc and Enter closes it."""

    def __init__(self, look: Look, groups: Sequence[KeyGroup], parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.groups = tuple(groups)
        t = look.t
        self.setAccessibleName(t("Keyboard map"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        pane = Pane(look.theme, shadow=False)
        pane.setFixedWidth(1240)
        close = button(t("Close"), self.close_map, hint="F1")
        paper = button(t("Print"), self.print_map, key="Ctrl+P")
        pane.column.addLayout(row(label(t("Keyboard map"), "title"), 0, paper, close))
        side_by_side = QHBoxLayout()
        side_by_side.setSpacing(L)
        for part in in_columns(self.groups):
            side_by_side.addLayout(column(*map(self._group, part), 0, spacing=M), 1)
        pane.column.addLayout(side_by_side)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(pane, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(1)

    def close_map(self) -> None:
        """Take the overlay away."""
        self.hide()
        self.deleteLater()

    def as_text(self) -> str:
        """The same list to be printed."""
        return "\n\n".join(
            "\n".join((group.title, *(f"{key:<12}{what}" for key, what in group.keys)))
            for group in self.groups
        )

    def print_map(self) -> None:
        """Ask for a printer and put the list on paper."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter()
        if QPrintDialog(printer, self).exec():
            self.print_to(printer)

    def print_to(self, printer: QPagedPaintDevice) -> None:
        """Put the list on a printer or into a PDF."""
        paper = QTextDocument()
        paper.setDefaultFont(font(14))
        paper.setPlainText(self.as_text())
        paper.print_(printer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt asks."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1, Qt.Key.Key_Return):
            self.close_map()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As Qt asks: the window behind, darkened."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(6, 12, 24, 150))
        painter.end()

    def _group(self, group: KeyGroup) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(M)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label(group.title, "strong"), 0, 0, 1, 2)
        for index, (key, what) in enumerate(group.keys, start=1):
            cap = label(key, "")
            cap.setProperty("keycap", "true")
            cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(cap, index, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label(what, "muted"), index, 1)
        return made


def in_columns(groups: Sequence[KeyGroup]) -> list[list[KeyGroup]]:
    """The groups in reading order, down one column and then the next, all about as long."""
    share = sum(len(group.keys) + _HEAD for group in groups) / ACROSS
    parts: list[list[KeyGroup]] = [[] for _ in range(ACROSS)]
    before = 0.0
    for group in groups:
        size = len(group.keys) + _HEAD
        parts[min(ACROSS - 1, int((before + size / 2) // share))].append(group)
        before += size
    return parts
