"""The left rail: one icon and word per screen, with its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QVBoxLayout

from ui.look import Look, draw_icon, font
from ui.parts.buttons import press_key
from ui.theme import RAIL_WIDTH


@dataclass(frozen=True, slots=True)
class RailItem:
    """One entry of the rail.

    Attributes:
        code: Name of the screen.
        word: What stands below the icon.
        low: Stands at the foot of the rail.
    """

    code: str
    word: str
    icon: str
    key: str
    low: bool = False


class RailButton(QAbstractButton):
    """Icon over word, painted, 80 × 66."""

    def __init__(self, look: Look, item: RailItem) -> None:
        super().__init__()
        self._look, self._item = look, item
        self._badge = 0
        self.setCheckable(True)
        self.setFixedSize(80, 66)
        self.setText(item.word)
        self.setAccessibleName(item.word)
        self.setToolTip(f"{item.word}  {item.key}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_badge(self, count: int) -> None:
        """A small number at the icon, 0 = none."""
        if count != self._badge:
            self._badge = count
            self.setAccessibleDescription(str(count) if count else "")
            self.update()

    def sizeHint(self) -> QSize:
        """As Qt asks."""
        return QSize(80, 66)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As Qt asks."""
        theme = self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = self.isChecked()
        if here or self.underMouse():
            ground = QColor(theme.rail_here)
            ground.setAlphaF(1.0 if here else 0.5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(self.rect()), 9, 9)
        if self.hasFocus():
            painter.setPen(QColor("#FFFFFF"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        ink = "#FFFFFF" if here else theme.rail_ink
        draw_icon(painter, self._item.icon, ink, QRectF(28, 11, 24, 24))
        painter.setPen(QColor(ink))
        painter.setFont(font(self._size_px(), bold=here))
        painter.drawText(QRectF(0, 38, 80, 22), Qt.AlignmentFlag.AlignCenter, self._item.word)
        self._paint_badge(painter)
        painter.end()

    def _size_px(self) -> int:
        return 13 if len(self._item.word) <= 10 else 12

    def _paint_badge(self, painter: QPainter) -> None:
        if not self._badge:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#C01F2E"))
        box = QRectF(46, 5, 22, 16)
        painter.drawRoundedRect(box, 8, 8)
        painter.setPen(QColor("#FFFFFF"))
        painter.setFont(font(12, bold=True))
        shown = str(self._badge) if self._badge < 100 else "99+"
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


class Rail(QFrame):
    """The column of screens, 96 px wide."""

    chosen = Signal(str)

    def __init__(self, look: Look, items: Sequence[RailItem]) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(RAIL_WIDTH)
        self._buttons: dict[str, RailButton] = {}
        line = QVBoxLayout(self)
        line.setContentsMargins(8, 16, 8, 14)
        line.setSpacing(6)
        line.addWidget(self._name(look))
        line.addSpacing(12)
        for item in items:
            if item.low and not any(other.low for other in items if other.code in self._buttons):
                line.addStretch(1)
            line.addWidget(self._made(look, item))
        if not any(item.low for item in items):
            line.addStretch(1)

    def show_here(self, code: str) -> None:
        """Mark the screen that is shown."""
        for name, made in self._buttons.items():
            made.setChecked(name == code)

    def show_badge(self, code: str, count: int) -> None:
        """Show how many things wait on a screen."""
        if code in self._buttons:
            self._buttons[code].show_badge(count)

    def button(self, code: str) -> RailButton:
        """The button of a screen."""
        return self._buttons[code]

    def _name(self, look: Look) -> QLabel:
        made = QLabel(_in_two_lines(look.t("Gas Card Desk")))
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        made.setFixedHeight(48)
        return made

    def _made(self, look: Look, item: RailItem) -> RailButton:
        made = RailButton(look, item)
        made.clicked.connect(lambda _checked=False, code=item.code: self._choose(code))
        press_key(made, item.key, made.click)
        self._buttons[item.code] = made
        return made

    def _choose(self, code: str) -> None:
        self.chosen.emit(code)


def _in_two_lines(name: str) -> str:
    """Broken after the first word, or, written without spaces, after two characters."""
    head, space, tail = name.partition(" ")
    return f"{head}\n{tail}" if space else f"{name[:2]}\n{name[2:]}"
