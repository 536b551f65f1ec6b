"""The banner: the state of the card in the reader, to be read at two metres."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFont,
    QFontMetricsF,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.look import Look, draw_icon, font, mixed
from ui.theme import BANNER_HEIGHT, RADIUS_CARD

KINDS = ("idle", "ready", "writing", "done", "needs_you")
ICONS = {
    "idle": "insert-card",
    "ready": "card",
    "writing": "writing",
    "done": "remove-card",
    "needs_you": "card-off",
}
COMPACT_HEIGHT, LOW_HEIGHT = 56, 136


@dataclass(frozen=True, slots=True)
class BannerState:
    """What the banner says.

    Attributes:
        kind: One of `KINDS`.
        title: What to do, in a few words.
        line: One quieter sentence below.
        steps: Names of the steps, empty = none shown.
        step: Index of the step being done; `len(steps)` = all done.
        icon: Name of an icon, empty = the kind's own.
        envelope: Number of the card's envelope, to be read from afar.
        tray: Letter of the tray the card goes into.
    """

    kind: str
    title: str
    line: str = ""
    steps: tuple[str, ...] = ()
    step: int = 0
    icon: str = ""
    envelope: str = ""
    tray: str = ""


class Banner(QWidget):
    """Draws a `BannerState`: 168 px, or one line on screens without a card."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._state = BannerState("idle", "")
        self._compact = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(BANNER_HEIGHT)
        self.setObjectName("banner")

    @property
    def state(self) -> BannerState:
        """What is shown."""
        return self._state

    def set_height(self, *, compact: bool, low: bool) -> None:
        """Take the height that fits.

        Args:
            compact: One line, for screens without a card.
            low: The window is lower than the smallest screen.
        """
        self._compact = compact
        full = LOW_HEIGHT if low else BANNER_HEIGHT
        self.setFixedHeight(COMPACT_HEIGHT if compact else full)
        self.update()

    def show_state(self, state: BannerState) -> None:
        """Draw another state, and tell screen readers."""
        if state == self._state:
            return
        self._state = state
        self.setAccessibleName(state.title)
        self.setAccessibleDescription(". ".join(self._told()))
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self.update()

    def sizeHint(self) -> QSize:
        """As Qt asks."""
        return QSize(600, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As Qt asks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter)
        if self._compact:
            self._one_line(painter)
        else:
            self._full(painter)
        painter.end()

    def _told(self) -> list[str]:
        """What stands under the title, for screen readers."""
        state, t = self._state, self._look.t
        envelope = f"{t('Envelope')} {state.envelope}" if state.envelope else ""
        tray = t("Tray {tray}", tray=state.tray) if state.tray else ""
        return [part for part in (state.line, self._now(), envelope, tray) if part]

    def _now(self) -> str:
        state = self._state
        return state.steps[state.step] if state.step < len(state.steps) else ""

    def _ground(self, painter: QPainter) -> None:
        start, end, ink = self._look.theme.banner(self._state.kind)
        area = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(area, RADIUS_CARD, RADIUS_CARD)
        gradient = QLinearGradient(area.topLeft(), area.topRight())
        gradient.setColorAt(0, QColor(start))
        gradient.setColorAt(1, QColor(end))
        painter.setClipPath(shape)
        painter.fillRect(area, gradient)
        if not self._compact:
            painter.setPen(Qt.PenStyle.NoPen)
            glow = 0.05 if self._state.kind == "idle" else 0.10
            painter.setBrush(mixed(ink, glow))
            painter.drawEllipse(QPointF(area.right() - 110, 12), 150, 150)
            painter.drawEllipse(QPointF(area.right() - 20, 160), 120, 120)

    def _one_line(self, painter: QPainter) -> None:
        ink = self._look.theme.banner(self._state.kind)[2]
        middle = self.height() / 2
        draw_icon(painter, self._icon(), ink, QRectF(20, middle - 12, 24, 24))
        face = font(16, bold=True)
        box = QRectF(58, 0, self.width() - 78, self.height())
        self._words(painter, self._state.title, ink, box, face)
        rest = box.adjusted(QFontMetricsF(face).horizontalAdvance(self._state.title) + 24, 0, 0, 0)
        self._words(painter, self._state.line, ink, rest, font(14))

    def _full(self, painter: QPainter) -> None:
        state = self._state
        ink = self._look.theme.banner(state.kind)[2]
        painter.translate(0, (self.height() - BANNER_HEIGHT) / 2)
        top = 26.0 if state.steps else 42.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(ink, 0.10 if state.kind == "idle" else 0.20))
        painter.drawEllipse(QRectF(28, top, 84, 84))
        draw_icon(painter, self._icon(), ink, QRectF(49, top + 21, 42, 42))
        width = self._marks(painter, ink) - 136 - 24
        title_px = self._fitting(state.title, width)
        title = QRectF(136, top - 2, width, 48) if state.line else QRectF(136, top, width, 84)
        self._words(painter, state.title, ink, title, font(title_px, bold=True))
        self._words(painter, state.line, ink, QRectF(136, top + 50, width, 26), font(16))
        if state.steps:
            self._steps(painter, ink)

    def _marks(self, painter: QPainter, ink: str) -> float:
        """Tray and envelope at the right edge; returns where they begin."""
        state, left = self._state, float(self.width())
        if state.tray:
            left -= 116
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(ink, 0.95))
            painter.drawEllipse(QRectF(left, 36, 92, 92))
            self._mark(painter, state.tray, self._ground_ink(), QRectF(left, 36, 92, 92), 56)
        if state.envelope:
            face = QFontMetricsF(font(64, bold=True))
            wide = max(84.0, face.horizontalAdvance(state.envelope)) + 16
            left -= wide + 12
            self._mark(painter, state.envelope, ink, QRectF(left, 34, wide, 84), 64)
            box = QRectF(left, 118, wide, 26)
            self._mark(painter, self._look.t("Envelope"), ink, box, 14)
        return left

    def _mark(self, painter: QPainter, text: str, ink: str, box: QRectF, size_px: int) -> None:
        painter.setFont(font(size_px, bold=size_px > 20))
        painter.setPen(QColor(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _ground_ink(self) -> str:
        return self._look.theme.banner(self._state.kind)[0]

    def _steps(self, painter: QPainter, ink: str) -> None:
        state = self._state
        left, pitch = 136.0, min(124.0, (self.width() - 380.0) / len(state.steps))
        for index, name in enumerate(state.steps):
            done, here = index < state.step, index == state.step
            at = left + index * pitch
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(ink, 0.95 if done or here else 0.35))
            painter.drawRoundedRect(QRectF(at, 116, pitch - 10, 5), 2.5, 2.5)
            box = QRectF(at, 127, pitch - 10, 24)
            self._words(painter, f"✓ {name}" if done else name, ink, box, font(13, bold=here))

    def _icon(self) -> str:
        return self._state.icon or ICONS[self._state.kind]

    def _fitting(self, text: str, width: float) -> int:
        """The largest title size of the scale in which the words fit."""
        for size_px in (34, 28, 22):
            if QFontMetricsF(font(size_px, bold=True)).horizontalAdvance(text) <= width:
                return size_px
        return 16

    def _words(self, painter: QPainter, text: str, ink: str, box: QRectF, face: QFont) -> None:
        painter.setFont(face)
        painter.setPen(QColor(ink))
        shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
