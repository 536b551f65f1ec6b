"""The tier bar: a household's year as one picture: bought so far, this purchase, what is left."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from cardstation.domain.tariff import Tier
from cardstation.domain.volume import NO_GAS, Volume
from ui.look import Look, font, mixed

_TOP, _THICK = 30.0, 18.0


@dataclass(frozen=True, slots=True)
class TierBarState:
    """Tiers as they hold for the household, its tier counter, and what it buys now."""

    tiers: tuple[Tier, ...] = ()
    before: Volume = NO_GAS
    buying: Volume = NO_GAS


class TierBar(QWidget):
    """Draws a `TierBarState`."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._state = TierBarState()
        self.setFixedHeight(88)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_state(self, state: TierBarState) -> None:
        """Draw another state; an empty one draws nothing."""
        if state == self._state:
            return
        self._state = state
        t = self._look.t
        said = t(
            "Bought this year {before}, this purchase {buying}.",
            before=state.before,
            buying=state.buying,
        )
        self.setAccessibleName(said if state.tiers else "")
        self.update()

    def sizeHint(self) -> QSize:
        """As Qt asks."""
        return QSize(320, 88)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As Qt asks."""
        if not self._state.tiers:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._track(painter)
        self._prices(painter)
        self._pointer(painter)
        painter.end()

    def _extent(self) -> int:
        """Litres at the right end."""
        state = self._state
        ends = [tier.to.litres for tier in state.tiers if tier.to is not None]
        after = (state.before + state.buying).litres
        return max(round(max(ends, default=0) * 1.28), round(after * 1.08), 1)

    def _x(self, litres: int) -> float:
        return min(1.0, litres / self._extent()) * self.width()

    def _spans(self) -> list[tuple[float, float, str]]:
        """Left, right and colour of every tier."""
        theme = self._look.theme
        colours = (theme.tier1, theme.tier2, theme.tier3)
        spans, left = [], 0
        for index, tier in enumerate(self._state.tiers):
            right = tier.to.litres if tier.to is not None else self._extent()
            spans.append((self._x(left), self._x(right), colours[min(index, 2)]))
            left = right
        return spans

    def _track(self, painter: QPainter) -> None:
        state = self._state
        bar = QPainterPath()
        bar.addRoundedRect(QRectF(0, _TOP, self.width(), _THICK), 9, 9)
        painter.save()
        painter.setClipPath(bar)
        before = self._x(state.before.litres)
        after = self._x((state.before + state.buying).litres)
        for left, right, colour in self._spans():
            painter.fillRect(QRectF(left, _TOP, right - left, _THICK), mixed(colour, 0.22))
            filled = min(right, before)
            if filled > left:
                painter.fillRect(QRectF(left, _TOP, filled - left, _THICK), mixed(colour, 0.62))
            start, end = max(left, before), min(right, after)
            if end > start:
                painter.fillRect(QRectF(start, _TOP, end - start, _THICK), QColor(colour))
        painter.setPen(QColor(self._look.theme.surface))
        for left, _, _ in self._spans()[1:]:
            painter.drawLine(QPointF(left, _TOP), QPointF(left, _TOP + _THICK))
        painter.restore()

    def _prices(self, painter: QPainter) -> None:
        """Under each tier its price, under each border its limit."""
        theme, t = self._look.theme, self._look.t
        painter.setFont(font(12))
        painter.setPen(QColor(theme.ink2))
        last = len(self._state.tiers) - 1
        for index, ((left, right, _), tier) in enumerate(
            zip(self._spans(), self._state.tiers, strict=True)
        ):
            price = f"¥{tier.price_e4 / 10_000:.2f}"
            long = t("Tier {n} {price}", n=index + 1, price=price)
            box = QRectF(left, _TOP + _THICK + 4, right - left, 18)
            fits = QFontMetricsF(font(12)).horizontalAdvance(long) <= box.width() - 4
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, long if fits else price)
            if index != last and tier.to is not None:
                limit = QRectF(right - 60, _TOP + _THICK + 20, 120, 18)
                painter.drawText(limit, Qt.AlignmentFlag.AlignCenter, str(tier.to))

    def _pointer(self, painter: QPainter) -> None:
        """A mark where the household stands, and words above it."""
        state, theme, t = self._state, self._look.theme, self._look.t
        at = self._x((state.before + state.buying).litres)
        tip = QPolygonF(
            [QPointF(at, _TOP - 2), QPointF(at - 5, _TOP - 9), QPointF(at + 5, _TOP - 9)]
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.ink))
        painter.drawPolygon(tip)
        words = t("Bought this year {before}", before=state.before)
        if state.buying:
            words = f"{state.before.m3} + {state.buying.m3} = {state.before + state.buying}"
        painter.setPen(QColor(theme.ink))
        painter.setFont(font(12, bold=True))
        width = QFontMetricsF(font(12, bold=True)).horizontalAdvance(words) + 4
        left = min(max(0.0, at - width / 2), self.width() - width)
        painter.drawText(QRectF(left, 0, width, 20), Qt.AlignmentFlag.AlignCenter, words)
