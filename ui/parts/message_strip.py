"""The message strip: at the foot of the window, closed by its button or the next message."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from cardstation.sentences import of_error
from ui.look import Look, picture
from ui.messages import MessageBoard, Note
from ui.parts.words import label, restyle
from ui.theme import S

ICONS = {"ok": "ok", "warn": "warn", "error": "error", "idle": "info"}


LEAST = 360
"""Pixels under which a sentence is a column of single words."""


class MessageStrip(QFrame):
    """Draws the board's note at the foot of a screen; hidden without one."""

    shown = Signal()

    def __init__(self, board: MessageBoard, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._board, self._look = board, look
        self._mark, self._words = QLabel(), label("", "message", wrap=True)
        self._close = QPushButton()
        self._close.setIcon(look.icon("close"))
        self._close.setProperty("look", "link")
        self._close.setAccessibleName(look.t("Close the message"))
        self._close.setFixedWidth(32)
        self._close.clicked.connect(lambda _checked=False: board.clear())
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 2, 4, 2)
        line.setSpacing(12)
        self._mark.setFixedSize(20, 20)
        line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._words, 1)
        line.addWidget(self._close)
        board.changed.connect(self._changed)
        self._changed()

    def place(self, foot: QRect, hints_width: int) -> None:
        """Lie over the hints of a footer where the words fit there, else above it, all across.

        Args:
            foot: The footer.
            hints_width: Pixels of it that no button needs.
        """
        if hints_width >= LEAST and self._needs(hints_width) <= foot.height():
            self.setGeometry(foot.x(), foot.y(), hints_width, foot.height())
        else:
            height = max(foot.height(), self._needs(foot.width()))
            self.setGeometry(foot.x(), foot.y() - height - S, foot.width(), height)
        self.raise_()

    def _needs(self, width: int) -> int:
        """Pixels of height that the words take at a width."""
        self.ensurePolished()
        return self.heightForWidth(width)

    def _changed(self) -> None:
        self.show_note(self._board.note)

    def show_note(self, note: Note | None) -> None:
        """Draw a note, or hide."""
        self.setVisible(note is not None)
        if note is None:
            self._words.clear()
            return
        t = self._look.t
        said = str(of_error(note.problem.as_error(), t)) if note.problem else ""
        restyle(self, "notice", note.tone)
        self._words.setText(said or t(note.text, **note.fields))
        self.setAccessibleName(self._words.text())
        self.setToolTip(self._words.text())
        self.shown.emit()
        ink = self._look.theme.tone(note.tone)[0]
        self._mark.setPixmap(picture(ICONS[note.tone], ink, 20, self.devicePixelRatioF()))
