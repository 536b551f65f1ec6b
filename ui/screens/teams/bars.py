"""Painted bars: how far a community's cards are, and how many doors each class of days has."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyleOptionViewItem, QWidget

from cardstation.domain.batch import Zone
from cardstation.domain.forecast import Urgency
from cardstation.sentences import word
from cardstation.services.board_state import BoardRow
from ui.look import Look, font, mixed
from ui.parts.table import Index, RowPainter, Rows

TONES = {
    Urgency.OUT: "alarm",
    Urgency.DAYS_3: "error",
    Urgency.DAYS_7: "warn",
    Urgency.DAYS_14: "brand",
    Urgency.LATER: "ok",
    Urgency.UNKNOWN: "idle",
}
ZONE_TONES = {
    Zone.SEALED: "error",
    Zone.CONTROLLED: "warn",
    Zone.WATCHED: "brand",
    Zone.OPEN: "idle",
}
_COLLECTED, _LOADED, _RETURNED = "ink3", "brand", "ok"
_THICK = 12.0
_PAD = 10


class ProgressPainter(RowPainter):
    """Paints one column of the board as a bar: returned in loaded in collected in expected."""

    def __init__(self, look: Look, column: int) -> None:
        super().__init__(look)
        self._look, self._column = look, column

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """As Qt asks."""
        super().paint(painter, option, index)
        rows = index.model()
        if index.column() != self._column or not isinstance(rows, Rows):
            return
        row: BoardRow = rows.items[index.row()]
        whole = QRectF(option.rect).adjusted(_PAD, 0, -_PAD, 0)
        bar = QRectF(whole.left(), whole.center().y() - _THICK / 2, whole.width(), _THICK)
        theme = self._look.theme
        parts = (
            (row.expected, theme.line),
            (row.collected, getattr(theme, _COLLECTED)),
            (row.loaded, getattr(theme, _LOADED)),
            (row.returned, getattr(theme, _RETURNED)),
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(bar, _THICK / 2, _THICK / 2)
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        for count, colour in parts:
            share = min(1.0, count / row.expected) if row.expected else 0.0
            part = QRectF(bar.left(), bar.top(), bar.width() * share, _THICK)
            painter.fillRect(part, QColor(colour))
        painter.restore()


class UrgencyBar(QWidget):
    """Classes of days left side by side, each as wide as it has doors, with its words below."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._counts: Mapping[Urgency, int] = {}
        self.setFixedHeight(64)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_counts(self, counts: Mapping[Urgency, int]) -> None:
        """Draw other counts."""
        self._counts = counts
        t = self._look.t
        said = "  ".join(f"{word(f'urgency.{one.value}', t)} {n}" for one, n in counts.items())
        self.setAccessibleName(said)
        self.update()

    def sizeHint(self) -> QSize:
        """As Qt asks."""
        return QSize(600, 64)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As Qt asks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._bar(painter)
        self._words(painter)
        painter.end()

    def _bar(self, painter: QPainter) -> None:
        total = sum(self._counts.values())
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(0, 4, self.width(), 16), 8, 8)
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(QRectF(0, 4, self.width(), 16), QColor(self._look.theme.line))
        left = 0.0
        for urgency, count in self._counts.items():
            wide = self.width() * count / total if total else 0.0
            painter.fillRect(QRectF(left, 4, wide, 16), self._ink(urgency))
            if left and count:
                painter.fillRect(QRectF(left, 4, 2, 16), QColor(self._look.theme.surface))
            left += wide
        painter.restore()

    def _words(self, painter: QPainter) -> None:
        """One place per class, always in the same order."""
        theme, t = self._look.theme, self._look.t
        wide = self.width() / max(1, len(self._counts))
        for place, (urgency, count) in enumerate(self._counts.items()):
            x = place * wide
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._ink(urgency))
            painter.drawEllipse(QRectF(x, 40, 9, 9))
            painter.setPen(QColor(theme.ink))
            painter.setFont(font(16, bold=True))
            figure = str(count)
            side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            box = QRectF(x + 15, 30, wide - 15, 28)
            painter.drawText(box, side, figure)
            gap = painter.fontMetrics().horizontalAdvance(figure) + 8
            painter.setFont(font(13))
            painter.setPen(QColor(theme.ink2))
            said = word(f"urgency.{urgency.value}", t)
            painter.drawText(box.adjusted(gap, 0, 0, 0), side, said)

    def _ink(self, urgency: Urgency) -> QColor:
        if urgency is Urgency.UNKNOWN:
            return QColor(self._look.theme.ink3)
        if urgency is Urgency.OUT:
            return QColor(self._look.theme.error)
        ink = self._look.theme.tone(TONES[urgency])[0]
        return mixed(ink, 0.55 if urgency is Urgency.DAYS_3 else 1.0)
