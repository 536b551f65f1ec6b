"""A problem in words: what happened, what it means for the money, what to do now."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cardstation.sentences import Sentence
from ui.look import Look, picture
from ui.parts.words import Pane, label, restyle
from ui.theme import M


class ProblemWords(QFrame):
    """Three sentences with three icons, always in this order."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._brief = label("", "heading", wrap=True)
        self._lines: list[tuple[QLabel, QLabel, str]] = []
        body = QVBoxLayout(self)
        body.setContentsMargins(20, 16, 20, 16)
        body.setSpacing(M)
        body.addWidget(self._brief)
        for icon in ("info", "money", "next"):
            mark, words = QLabel(), label("", wrap=True)
            mark.setFixedSize(22, 22)
            line = QHBoxLayout()
            line.setSpacing(M)
            line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(words, 1)
            body.addLayout(line)
            self._lines.append((mark, words, icon))

    def show_sentence(self, said: Sentence | None, tone: str = "error") -> None:
        """Show a sentence in a tone, or nothing."""
        self.setVisible(said is not None)
        if said is None:
            self._brief.clear()
            for _, words, _ in self._lines:
                words.clear()
            return
        restyle(self, "notice", tone)
        restyle(self._brief, "role", f"heading-{tone}")
        self._brief.setText(said.brief)
        ink = self._look.theme.tone(tone)[0]
        for (mark, words, icon), text in zip(
            self._lines, (said.what, said.money, said.todo), strict=True
        ):
            mark.setPixmap(picture(icon, ink, 22, self.devicePixelRatioF()))
            words.setText(text)
        self.setAccessibleName(str(said))
        self.updateGeometry()


class ProblemCards(QWidget):
    """The same three sentences as three large cards, where nothing else is to be shown."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        t = look.t
        self._look = look
        self._cards: list[tuple[str, QLabel, QLabel]] = []
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(M)
        titles = (
            ("info", t("What happened")),
            ("money", t("What it means for the money")),
            ("next", t("What to do now")),
        )
        for icon, title in titles:
            line.addWidget(self._card(look, icon, title), 1)

    def show_sentence(self, said: Sentence | None, tone: str = "error") -> None:
        """Show a sentence in a tone, `error` or `brand`; or nothing."""
        texts = (said.what, said.money, said.todo) if said else ("", "", "")
        ink = self._look.theme.tone(tone)[0]
        for (icon, mark, words), text in zip(self._cards, texts, strict=True):
            words.setText(text)
            mark.setPixmap(picture(icon, ink, 36, self.devicePixelRatioF()))
            restyle(mark, "disc", tone)

    def _card(self, look: Look, icon: str, title: str) -> Pane:
        made = Pane(look.theme, margin=24)
        mark = QLabel()
        mark.setFixedSize(72, 72)
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        heading, words = label(title, "heading"), label("", "words", wrap=True)
        heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        words.setMinimumHeight(110)
        made.column.addStretch(1)
        made.column.addWidget(mark, 0, Qt.AlignmentFlag.AlignHCenter)
        made.column.addWidget(heading)
        made.column.addWidget(words)
        made.column.addStretch(1)
        self._cards.append((icon, mark, words))
        return made
