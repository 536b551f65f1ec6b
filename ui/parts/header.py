"""The header: where one is, and the chips that are always visible."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.parts.words import Chip, column, label
from ui.theme import L, M


@dataclass(frozen=True, slots=True)
class ChipState:
    """One status chip: `tone` is `ok`, `warn`, `error` or `idle`."""

    text: str
    tone: str
    dot: bool = True


@dataclass(frozen=True, slots=True)
class HeaderState:
    """Title, subtitle and the chips of reader, printer, ledger and clerk."""

    title: str
    subtitle: str
    chips: tuple[ChipState, ...]


class Header(QWidget):
    """Draws a `HeaderState`."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(55)
        self._title = label("", "title")
        self._subtitle = label("", "subtitle")
        self._chips: list[Chip] = []
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(M)
        self._line.addLayout(column(self._title, self._subtitle, 0, spacing=0))
        self._line.addStretch(1)
        self._line.addSpacing(L)

    def show_state(self, state: HeaderState) -> None:
        """Draw another state."""
        self._title.setText(state.title)
        self._subtitle.setText(state.subtitle)
        self._subtitle.setVisible(bool(state.subtitle))
        while len(self._chips) > len(state.chips):
            gone = self._chips.pop()
            gone.hide()
            gone.deleteLater()
        for index, chip in enumerate(state.chips):
            if index == len(self._chips):
                self._chips.append(Chip(""))
                self._line.addWidget(self._chips[index])
            self._chips[index].show_state(chip.text, chip.tone, dot=chip.dot)
