"""What every view is built with: theme and language, their typeface, icons and colours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import resources
from cardstation.i18n import Translator
from ui.theme import FAMILY, Theme


@dataclass(frozen=True, slots=True)
class Look:
    """Theme and language of a view; another look means another view."""

    theme: Theme
    t: Translator

    def icon(self, name: str, tone: str = "ink2") -> QIcon:
        """An icon in the colour of a token."""
        return QIcon(picture(name, getattr(self.theme, tone), 24, 2.0))


def load_fonts() -> QFont:
    """Make the bundled typeface known and return the desk's font: pixel sizes, no hinting.

    Chinese needs no font of the system's own. Raises FileNotFoundError when the font is missing.
    """
    for weight in ("Regular", "Bold"):
        QFontDatabase.addApplicationFont(str(resources.path(f"fonts/NotoSansSC-{weight}.ttf")))
    return font(14)


def font(size_px: int, *, bold: bool = False) -> QFont:
    """The typeface at a size in pixels."""
    made = QFont(FAMILY)
    made.setPixelSize(size_px)
    made.setBold(bold)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


@lru_cache(maxsize=256)
def picture(name: str, colour: str, size_px: int, ratio: float) -> QPixmap:
    """An icon of `resources/icons` in one colour, sharp at the device's pixel ratio."""
    pixels = round(size_px * ratio)
    drawn = QPixmap(pixels, pixels)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _renderer(name, colour).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def draw_icon(painter: QPainter, name: str, colour: str, box: QRectF) -> None:
    """Draw an icon as vectors into a box."""
    _renderer(name, colour).render(painter, box)


def app_icon() -> QIcon:
    """The icon of the program."""
    drawn = QPixmap(QSize(256, 256))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(str(resources.path("icons/app.svg"))).render(painter)
    painter.end()
    return QIcon(drawn)


def mixed(colour: str, alpha: float) -> QColor:
    """A colour made see-through."""
    made = QColor(colour)
    made.setAlphaF(alpha)
    return made


@lru_cache(maxsize=128)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    text = resources.read_text(f"icons/{name}.svg").replace("currentColor", colour)
    return QSvgRenderer(QByteArray(text.encode()))
