"""The right side from the moment it is to be done: wait for the card, work, what came of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from cardstation.sentences import of_error
from ui.look import Look, picture
from ui.parts.problem import ProblemWords
from ui.parts.words import Chip, Pane, label, restyle, row
from ui.screens.household.acts.kind import Said
from ui.screens.household.state import Phase, State

_MARKS = {
    Phase.PLACE: ("insert-card", "brand"),
    Phase.WORKING: ("wait", "brand"),
    Phase.DONE: ("ok", "brand"),
    Phase.REFUSED: ("stop", "error"),
}


class OutcomePage(Pane):
    """One large mark, a heading, the one figure, and what it means."""

    def __init__(self, look: Look) -> None:
        super().__init__(look.theme)
        self._look = look
        self._service, self._paper = label("", "heading"), Chip("", "ok")
        self._mark = QLabel()
        self._mark.setFixedSize(72, 72)
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title, self._figure = label("", "title"), label("", "big")
        self._lines = label("", "words", wrap=True)
        self._lines.setMinimumHeight(90)
        self._problem = ProblemWords(look)
        self.column.addLayout(row(self._service, 0, self._paper))
        self.column.addStretch(2)
        self.column.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignHCenter)
        for part in (self._title, self._figure, self._lines):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            self.column.addWidget(part)
        self.column.addWidget(self._problem)
        self.column.addStretch(3)

    def show_state(self, state: State) -> None:
        """Draw another state; before a service is done nothing."""
        t = self._look.t
        shown = state.phase in _MARKS
        self._service.setText(t(state.act.title) if shown and state.act is not None else "")
        if shown:
            icon, tone = _MARKS[state.phase]
            ink = self._look.theme.tone(tone)[0]
            self._mark.setPixmap(picture(icon, ink, 36, self.devicePixelRatioF()))
            restyle(self._mark, "disc", tone)
        title, figure, lines = self._words(state)
        for part, text in ((self._title, title), (self._figure, figure)):
            part.setText(text)
            part.setVisible(bool(text))
        self._lines.setText("\n".join(one.in_words(t) for one in lines))
        self._lines.setVisible(bool(lines))
        problem = state.problem if shown else None
        said = of_error(problem.as_error(), t) if problem is not None else None
        self._problem.show_sentence(said, problem.tone if problem is not None else "error")
        self._paper.setVisible(state.paper is not None)
        if state.paper is not None:
            words = t("paper printed") if state.paper else t("paper not printed")
            self._paper.show_state(words, "ok" if state.paper else "warn")

    def _words(self, state: State) -> tuple[str, str, tuple[Said, ...]]:
        t, act, done = self._look.t, state.act, state.done
        if state.phase is Phase.DONE and done is not None:
            return done.title.in_words(t), done.figure, done.lines
        if state.phase is Phase.PLACE and act is not None:
            return t(act.card), "", state.preview
        if state.phase is Phase.WORKING:
            return t("One moment"), "", state.preview
        if state.phase is Phase.REFUSED:
            return t("Not done"), "", ()
        return "", "", ()
