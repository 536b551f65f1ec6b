"""Buttons: every action shows its key, and says its plain name to a screen reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from ui.look import Look, draw_icon, font, picture


def button(
    text: str, act: Callable[[], None], *, key: str = "", look: str = "", hint: str = ""
) -> QPushButton:
    """A push button; `key` is shown after the words and works wherever the window has focus.

    Args:
        act: What happens.
        text: Plain words; an ampersand is shown as such, never taken for a mnemonic.
        key: A portable key name such as `F5`, `Return` or `Ctrl+O`.
        look: `primary`, `danger`, `link` or nothing.
        hint: Shown instead of `key` where one key would be hard to read.
    """
    shown = hint or key_name(key)
    made = QPushButton(f"{text}  {shown}".strip().replace("&", "&&"))
    made.setAccessibleName(text)
    made.setProperty("look", look)
    made.setAutoDefault(False)
    made.clicked.connect(lambda _checked=False: act())
    if key:
        press_key(made, key, made.click)
    return made


def press_key(owner: QWidget, key: str, act: Callable[[], None]) -> QShortcut:
    """A key that works while the owner is shown, wherever in its window the focus is."""
    shortcut = QShortcut(QKeySequence(key), owner)
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    shortcut.activated.connect(act)
    return shortcut


def key_name(key: str) -> str:
    """How a key is written on a button."""
    return key.replace("Return", "Enter")


class Segments(QFrame):
    """A few choices of which exactly one holds."""

    chosen = Signal(str)

    def __init__(self, name: str, choices: Sequence[tuple[str, str]], current: str) -> None:
        """Make it.

        Args:
            name: What is chosen, for screen readers.
            choices: (code, words), left to right.
            current: The code that holds now.
        """
        super().__init__()
        self.setProperty("segments", "true")
        self._buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(3, 3, 3, 3)
        line.setSpacing(2)
        for code, words in choices:
            made = QPushButton(words.replace("&", "&&"))
            made.setCheckable(True)
            made.setProperty("look", "segment")
            made.setAccessibleName(f"{name}: {words}")
            made.setAutoDefault(False)
            bold = QFontMetricsF(font(14, bold=True)).horizontalAdvance(words)
            made.setMinimumWidth(round(bold) + 32)
            made.clicked.connect(lambda _checked=False, chosen=code: self.chosen.emit(chosen))
            group.addButton(made)
            line.addWidget(made)
            self._buttons[code] = made
        self.show_state(current)

    def show_state(self, current: str) -> None:
        """Show which one holds, without telling anybody."""
        if current in self._buttons:
            self._buttons[current].setChecked(True)

    def button(self, code: str) -> QPushButton:
        """The button of a choice."""
        return self._buttons[code]


class Choice(QComboBox):
    """A drop-down list that tells the chosen code, with an arrow in the theme's ink."""

    picked = Signal(str)

    def __init__(
        self, look: Look, name: str, choices: Sequence[tuple[str, str]], current: str
    ) -> None:
        super().__init__()
        self._look = look
        self.setAccessibleName(name)
        for code, words in choices:
            self.addItem(words, code)
        self.setCurrentIndex(max(0, self.findData(current)))
        self.activated.connect(lambda _index: self.picked.emit(str(self.currentData())))

    def paintEvent(self, event: QPaintEvent) -> None:
        """As Qt asks, and the arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        arrow = picture("down", self._look.theme.ink2, 16, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - 28, (self.height() - 16) // 2, arrow)
        painter.end()


class Tick(QCheckBox):
    """Something that is so or not, with a tick in the theme's ink."""

    def __init__(self, look: Look, text: str, *, key: str = "") -> None:
        super().__init__(f"{text}  {key}".strip().replace("&", "&&"))
        self._look = look
        self.setAccessibleName(text)
        if key:
            press_key(self, key, self.toggle)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As Qt asks, and the tick."""
        super().paintEvent(event)
        if self.isChecked():
            how = QStyleOptionButton()
            self.initStyleOption(how)
            part = QStyle.SubElement.SE_CheckBoxIndicator
            box = self.style().subElementRect(part, how, self)
            painter = QPainter(self)
            draw_icon(painter, "check", self._look.theme.on_brand, box.toRectF())
            painter.end()
