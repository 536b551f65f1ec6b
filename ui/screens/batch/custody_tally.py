"""Where every card is, as one bar and a list: the parts always add up to the cards of the list."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cardstation.domain.custody import Custody, Where
from cardstation.sentences import word
from ui.look import Look, font, mixed

_BAR, _ROW = 20.0, 29.0
_TONES = {
    Where.NOT_COLLECTED: ("ink3", 0.55),
    Where.TEAM: ("brand", 0.5),
    Where.WAITING: ("brand", 1.0),
    Where.DONE: ("ok", 1.0),
    Where.ASK: ("warn", 1.0),
    Where.UNPAID: ("tier2", 0.75),
    Where.RETURNED: ("ok", 0.5),
    Where.REFUSED: ("tier3", 0.6),
    Where.ABSENT: ("tier3", 0.9),
    Where.SEALED_OFF: ("tier3", 0.4),
    Where.DESTROYED: ("error", 0.6),
    Where.MISSING: ("error", 1.0),
    Where.ELSEWHERE: ("ink3", 0.9),
}


class Tally(QWidget):
    """Draws the tally of a `Custody`."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._parts: tuple[tuple[Where, int], ...] = ()
        self._cards = self._extras = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(260)

    def show_state(self, custody: Custody | None) -> None:
        """Draw another tally; None draws nothing."""
        tally = {} if custody is None else custody.tally
        self._parts = tuple((where, tally[where]) for where in Where if tally.get(where))
        self._cards = 0 if custody is None else custody.cards
        self._extras = 0 if custody is None else custody.left_over
        t = self._look.t
        said = [f"{word(f'where.{where.value}', t)} {count}" for where, count in self._parts]
        self.setAccessibleName(f"{t('Where the cards are')}: {', '.join(said)}")
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:
        """As Qt asks."""
        rows = len(self._parts) + bool(self._extras)
        return QSize(320, round(_BAR + 16 + _ROW * max(rows, 1)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As Qt asks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_bar(painter)
        for index, (where, count) in enumerate(self._parts):
            self._draw_row(
                painter,
                index,
                self._colour(where),
                word(f"where.{where.value}", self._look.t),
                count,
            )
        if self._extras:
            said, ink = self._look.t("Cards on no line"), QColor(self._look.theme.warn)
            self._draw_row(painter, len(self._parts), ink, said, self._extras, hollow=True)
        painter.end()

    def _colour(self, where: Where) -> QColor:
        token, strength = _TONES[where]
        return mixed(getattr(self._look.theme, token), strength)

    def _draw_bar(self, painter: QPainter) -> None:
        bar = QPainterPath()
        bar.addRoundedRect(QRectF(0, 0, self.width(), _BAR), 10, 10)
        painter.save()
        painter.setClipPath(bar)
        painter.fillRect(self.rect(), QColor(self._look.theme.idle_bg))
        left = 0.0
        for where, count in self._parts:
            wide = self.width() * count / max(self._cards, 1)
            painter.fillRect(QRectF(left, 0, max(wide - 1, 1), _BAR), self._colour(where))
            left += wide
        painter.restore()

    def _draw_row(
        self,
        painter: QPainter,
        index: int,
        ink: QColor,
        name: str,
        count: int,
        *,
        hollow: bool = False,
    ) -> None:
        theme, top = self._look.theme, _BAR + 14 + index * _ROW
        painter.setPen(ink if hollow else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if hollow else ink)
        painter.drawRoundedRect(QRectF(1, top + 8, 12, 12), 4, 4)
        painter.setPen(QColor(theme.ink))
        painter.setFont(font(14))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(24, top, self.width() - 100, _ROW), middle, name)
        painter.setFont(font(16, bold=True))
        box = QRectF(self.width() - 100, top, 96, _ROW)
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, str(count))
