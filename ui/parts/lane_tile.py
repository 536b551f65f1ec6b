"""A tile: the state of one of several readers, with the colours, icons and words of the banner."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from ui.look import Look, draw_icon, font, mixed
from ui.parts.banner import Banner, BannerState

TILE_HEIGHT = 148
_PAD = 14.0


class LaneTile(Banner):
    """A banner the size of a hand: reader number, what to do, who, envelope, tray."""

    def __init__(self, look: Look, number: int) -> None:
        super().__init__(look)
        self._number = number
        self._marked = False
        self.setFixedHeight(TILE_HEIGHT)
        self.setMinimumWidth(180)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setObjectName(f"lane-{number}")

    def show_state(self, state: BannerState) -> None:
        """Draw another state, and tell screen readers which reader it is."""
        if state != self._state:
            super().show_state(state)
            self.setAccessibleName(f"{self._number}: {state.title}")

    def mark(self, marked: bool) -> None:
        """Frame it: the keys of the trays are for this reader."""
        if marked != self._marked:
            self._marked = marked
            self.update()

    def sizeHint(self) -> QSize:
        """As Qt asks."""
        return QSize(290, TILE_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As Qt asks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter)
        self._tile(painter, self._look.theme.banner(self._state.kind)[2])
        painter.end()

    def _tile(self, painter: QPainter, ink: str) -> None:
        state, width = self._state, float(self.width())
        right = width - _PAD - self._corner(painter, ink)
        self._mark(painter, str(self._number), ink, QRectF(_PAD - 4, 10, 26, 26), 22)
        draw_icon(painter, self._icon(), ink, QRectF(_PAD + 26, 12, 22, 22))
        title = QRectF(_PAD + 56, 8, right - _PAD - 56, 30)
        size_px = self._title_px(state.title, title.width())
        if not size_px:
            title = QRectF(_PAD + 56, 7, right - _PAD - 56, 42)
        self._wrapped(painter, state.title, ink, title, font(size_px or 14, bold=True))
        top = 44.0 if size_px else 52.0
        bottom = 114.0 if state.steps else TILE_HEIGHT - 10.0
        box = QRectF(_PAD, top, width - 2 * _PAD - self._envelope_width(), bottom - top)
        self._wrapped(painter, self._body(), ink, box, font(14 if size_px else 13))
        if state.steps:
            self._small_steps(painter, ink)
        if self._marked:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            pen = painter.pen()
            pen.setColor(QColor(ink))
            pen.setWidth(5)
            painter.setPen(pen)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 3, -3, -3), 11, 11)

    def _body(self) -> str:
        """Name, room, and what is loaded for how much: one below the other."""
        who, _, rest = self._state.line.partition("    ")
        door, _, load = rest.partition("    ")
        return "\n".join(part for part in (who, door, load) if part)

    def _corner(self, painter: QPainter, ink: str) -> float:
        """Tray letter at the top right, envelope number large below; returns the tray's width."""
        state, width = self._state, float(self.width())
        if state.envelope:
            wide = self._envelope_width()
            box = QRectF(width - _PAD - wide, 50, wide, 48)
            self._mark(painter, state.envelope, ink, box, 40)
            name = QRectF(box.left(), 94, wide, 18)
            self._mark(painter, self._look.t("Envelope"), ink, name, 12)
        if not state.tray:
            return 0.0
        circle = QRectF(width - _PAD - 36, 9, 36, 36)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(ink, 0.95))
        painter.drawEllipse(circle)
        self._mark(painter, state.tray, self._ground_ink(), circle, 22)
        return 42.0

    def _envelope_width(self) -> float:
        if not self._state.envelope:
            return 0.0
        face = QFontMetricsF(font(40, bold=True))
        return max(56.0, face.horizontalAdvance(self._state.envelope)) + 6

    def _small_steps(self, painter: QPainter, ink: str) -> None:
        state = self._state
        pitch = (self.width() - 2 * _PAD) / len(state.steps)
        for index in range(len(state.steps)):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(ink, 0.95 if index <= state.step else 0.35))
            box = QRectF(_PAD + index * pitch, 118, pitch - 6, 5)
            painter.drawRoundedRect(box, 2.5, 2.5)
        name = state.steps[state.step] if state.step < len(state.steps) else ""
        box = QRectF(_PAD, 123, self.width() - 2 * _PAD, 20)
        self._words(painter, name, ink, box, font(12))

    def _title_px(self, text: str, width: float) -> int:
        """The largest size in which the title is one line, 0 when it needs two."""
        for size_px in (22, 16):
            if QFontMetricsF(font(size_px, bold=True)).horizontalAdvance(text) <= width:
                return size_px
        return 0

    def _wrapped(self, painter: QPainter, text: str, ink: str, box: QRectF, face: QFont) -> None:
        painter.setFont(face)
        painter.setPen(QColor(ink))
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
        where = Qt.AlignmentFlag.AlignVCenter if box.height() < 50 else Qt.AlignmentFlag.AlignTop
        painter.save()
        painter.setClipRect(box)
        painter.drawText(box, int(flags | where), text)
        painter.restore()
