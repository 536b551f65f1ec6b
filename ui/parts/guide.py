"""A guide for an empty screen: what happens next, as a row of pictures with a few words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.look import Look, picture
from ui.parts.words import Pane, label
from ui.theme import M, S


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step: icon, a few words, one sentence."""

    icon: str
    title: str
    text: str


class Guide(QWidget):
    """The steps side by side, numbered."""

    def __init__(self, look: Look, steps: Sequence[GuideStep]) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(M)
        for index, step in enumerate(steps):
            number = f"{index + 1}  " if len(steps) > 1 else ""
            line.addWidget(self._made(look, number, step), 1)

    def _made(self, look: Look, number: str, step: GuideStep) -> QWidget:
        pane = Pane(look.theme)
        mark = QLabel()
        mark.setFixedSize(72, 72)
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        mark.setPixmap(picture(step.icon, look.theme.brand, 36, self.devicePixelRatioF()))
        mark.setProperty("disc", "brand")
        title = label(number + step.title, "heading")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text = label(step.text, "muted", wrap=True)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        text.setMinimumHeight(72)
        box = QVBoxLayout()
        box.setSpacing(S)
        box.addStretch(2)
        box.addWidget(mark, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addSpacing(M)
        box.addWidget(title)
        box.addWidget(text)
        box.addStretch(3)
        pane.column.addLayout(box)
        return pane
