"""The left side: whom to serve is looked for, and who it is."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from cardstation.sentences import of_error, word
from ui.look import Look
from ui.parts.facts import Facts
from ui.parts.problem import ProblemWords
from ui.parts.words import Chip, Pane, label, row, rule
from ui.screens.household.state import Phase, State
from ui.screens.household.wording import household_facts, open_things
from ui.theme import M

_BY = "Account, card, meter, door, name, phone"
_ROWS = 11
_LINES = 4
_WIDTH = 348


class PersonSide(QWidget):
    """A field to look for somebody, and below it the household in large letters."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, t = look, look.t
        self.field = QLineEdit()
        self.field.setAccessibleName(t("Find a household"))
        self.field.setPlaceholderText(t(_BY))
        self.field.setMinimumHeight(44)
        self.field.setMaxLength(60)
        self._name, self._door = label("", "name"), label("", "total")
        self._place, self._status = label("", "muted", wrap=True), Chip("", "ok")
        self._facts = Facts(_ROWS, spacing=2)
        self._open = label("", "warn", wrap=True)
        self._problem = ProblemWords(look)
        self._pane = self._made_pane()
        self.setFixedWidth(_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addWidget(self.field)
        body.addWidget(self._pane)
        body.addWidget(self._problem)
        body.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        """However much waits, the window keeps its height."""
        return QSize(_WIDTH, 0)

    def show_state(self, state: State) -> None:
        """Draw another state; without a household nothing of one."""
        t, of = self._look.t, state.facts.of
        self._pane.setVisible(of is not None)
        home = of.household if of is not None else None
        self._name.setText(home.name if home else "")
        self._door.setText(home.address.door if home else "")
        self._place.setText(home.address.community if home else "")
        words = word(f"status.{home.status}", t) if home else ""
        active = home is not None and home.status == "active"
        self._status.show_state(words, "ok" if active else "error")
        self._facts.show_rows(household_facts(state.facts, t))
        waits = open_things(state.facts, t)
        self._open.setText(_shortened(waits))
        self._open.setVisible(bool(waits))
        shown = state.problem if state.phase in (Phase.CHOOSE, Phase.FORM) else None
        said = of_error(shown.as_error(), t) if shown else None
        self._problem.show_sentence(said, shown.tone if shown else "error")
        if state.phase is not Phase.CHOOSE or of is not None:
            self.field.clear()
        self.field.setEnabled(state.phase is not Phase.WORKING)

    def _made_pane(self) -> Pane:
        pane = Pane(self._look.theme, margin=18)
        pane.column.setSpacing(5)
        pane.column.addLayout(row(self._name, 0, self._status))
        pane.column.addLayout(row(self._door, self._place))
        pane.column.addWidget(rule())
        pane.column.addWidget(self._facts)
        pane.column.addWidget(self._open)
        return pane


def _shortened(waits: list[str]) -> str:
    """So many that the page keeps its height; the rest as a number."""
    more = len(waits) - _LINES
    shown = waits if more <= 0 else [*waits[:_LINES], f"+ {more}"]
    return " · ".join(shown)
