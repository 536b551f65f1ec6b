"""A pad to sign on with a mouse, a pen or a finger; or a photo of the signed paper."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QImageWriter,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QTabletEvent,
)
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.look import Look, font, picture
from ui.parts.buttons import button
from ui.parts.words import column, label, row
from ui.theme import RADIUS_BUTTON, S

PICTURES = "PNG, JPEG (*.png *.jpg *.jpeg)"
_SCALE = 2.0
_PEN = 2.6


def ask_picture() -> Path | None:
    """Ask for a photo of a signed paper; None = thought better of it."""
    chosen, _ = QFileDialog.getOpenFileName(None, "", "", PICTURES)
    return Path(chosen) if chosen else None


class SignaturePad(QWidget):
    """Takes strokes; Delete clears, Space picks a photo instead.

    Args:
        look: Theme and language.
        name: Whose signature, for screen readers.
        ask: Asks for a picture file.
    """

    changed = Signal()

    def __init__(self, look: Look, name: str, ask: Callable[[], Path | None] = ask_picture) -> None:
        super().__init__()
        self._look, self._name, self._ask = look, name, ask
        self._strokes: list[list[QPointF]] = []
        self._photo, self._shown = b"", QPixmap()
        self.setFixedHeight(112)
        self.setMinimumWidth(240)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self._tell()

    @property
    def empty(self) -> bool:
        """Nothing was drawn or picked."""
        return not self._photo and not any(len(stroke) > 1 for stroke in self._strokes)

    def picture(self) -> bytes:
        """The photo as it was picked, or the strokes as a PNG; empty when there are none."""
        if self._photo or self.empty:
            return self._photo
        size = (self.size().toSizeF() * _SCALE).toSize()
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(_SCALE, _SCALE)
        self._draw_strokes(painter, "#101828")
        painter.end()
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"png")).write(image)
        buffer.close()
        return bytes(data.data())

    def clear(self) -> None:
        """Begin again."""
        self._strokes.clear()
        self._photo, self._shown = b"", QPixmap()
        self._done()

    def pick(self) -> None:
        """Take a photo of the signed paper instead."""
        chosen = self._ask()
        if chosen is None:
            return
        photo, shown = chosen.read_bytes(), QPixmap()
        if not shown.loadFromData(photo):
            return
        self._strokes.clear()
        self._photo, self._shown = photo, shown
        self._done()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """As Qt asks: a stroke begins."""
        self._begin(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """As Qt asks: it goes on."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_on(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """As Qt asks: it ends."""
        self._done()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """As Qt asks: a pen does what a mouse does."""
        kind = event.type()
        if kind == event.Type.TabletPress:
            self._begin(event.position())
        elif kind == event.Type.TabletMove and event.pressure() > 0:
            self._go_on(event.position())
        elif kind == event.Type.TabletRelease:
            self._done()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt asks: Delete clears, Space picks a photo."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        elif event.key() == Qt.Key.Key_Space:
            self.pick()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """As Qt asks: the frame shows it."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """As Qt asks: the frame shows it."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As Qt asks."""
        theme = self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QPen(QColor(theme.brand if self.hasFocus() else theme.line))
        edge.setWidthF(2 if self.hasFocus() else 1)
        painter.setPen(edge)
        painter.setBrush(QColor(theme.field))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS_BUTTON, RADIUS_BUTTON
        )
        if not self._shown.isNull():
            self._draw_photo(painter)
        elif self._strokes:
            self._draw_strokes(painter, theme.ink)
        else:
            self._draw_hint(painter)
        painter.end()

    def _draw_hint(self, painter: QPainter) -> None:
        theme, t = self._look.theme, self._look.t
        line = self.height() - 26.0
        painter.setPen(QPen(QColor(theme.ink3), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(18, line), QPointF(self.width() - 18, line))
        painter.drawPixmap(18, round(line) - 30, picture("edit", theme.ink3, 22, 2.0))
        painter.setPen(QColor(theme.ink2))
        painter.setFont(font(12))
        box = QRectF(0, line + 2, self.width(), 20)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, t("Sign here · Space: photo of paper"))

    def _draw_photo(self, painter: QPainter) -> None:
        size = self._shown.size().scaled(
            self.width() - 12, self.height() - 12, Qt.AspectRatioMode.KeepAspectRatio
        )
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        painter.drawPixmap(left, top, size.width(), size.height(), self._shown)

    def _draw_strokes(self, painter: QPainter, colour: str) -> None:
        pen = QPen(QColor(colour), _PEN)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self._strokes:
            painter.drawPath(_smooth(stroke))

    def _begin(self, at: QPointF) -> None:
        if self._photo:
            self.clear()
        self._strokes.append([QPointF(at)])

    def _go_on(self, at: QPointF) -> None:
        if self._strokes:
            self._strokes[-1].append(QPointF(at))
            self.update()

    def _done(self) -> None:
        self._tell()
        self.update()
        self.changed.emit()

    def _tell(self) -> None:
        t = self._look.t
        state = t("empty") if self.empty else t("signed")
        self.setAccessibleName(f"{self._name}: {state}")


def _smooth(stroke: list[QPointF]) -> QPainterPath:
    """A curve through the middles of a stroke's points."""
    path = QPainterPath(stroke[0])
    for before, point in pairwise(stroke):
        path.quadTo(before, (before + point) / 2)
    path.lineTo(stroke[-1])
    return path


def signed_side(look: Look, name: str, pad: SignaturePad, *above: QWidget) -> QWidget:
    """The signature of one side under its name, with what clears it and what takes a photo."""
    clear = button(look.t("Clear"), pad.clear, look="link")
    photo = button(look.t("Photo"), pad.pick, look="link")
    made, body = QWidget(), column(*above, pad, spacing=S)
    body.insertLayout(0, row(label(name, "muted"), 0, photo, clear))
    made.setLayout(body)
    return made
