"""The shift's forms: the first supervisor, opening with a float, and one more clerk."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from cardstation.domain.shift import Clerk, Role
from cardstation.i18n import Translator
from cardstation.sentences import of_error
from ui.look import Look, picture
from ui.messages import Problem
from ui.parts.buttons import Tick
from ui.parts.pin_field import PinField
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.words import Pane, label
from ui.screens.shift.model import ShiftModel
from ui.screens.shift.state import State
from ui.theme import M


class Form(Pane):
    """Fields below each other; Enter moves on, in the last one it does it."""

    def __init__(self, look: Look, title: str, told: str) -> None:
        super().__init__(look.theme, shadow=False, margin=24)
        self._look = look
        self._fields: list[QLineEdit] = []
        self._doubt = label("", "error", wrap=True)
        self.setMaximumWidth(440)
        self.column.addWidget(label(title, "heading"))
        words = label(told, "muted", wrap=True)
        words.setMinimumHeight(44)
        self.column.addWidget(words)

    def field(self, name: str, made: QLineEdit) -> None:
        """One more field with its name above it."""
        made.setAccessibleName(made.accessibleName() or name)
        if self._fields:
            self._fields[-1].returnPressed.connect(made.setFocus)
        self._fields.append(made)
        self.column.addWidget(label(name, "small"))
        self.column.addWidget(made)

    def finish(self) -> None:
        """The place for what is wrong."""
        self._doubt.setMinimumHeight(44)
        self.column.addWidget(self._doubt)
        self.column.addStretch(1)

    def begin(self) -> None:
        """The first empty field has the focus."""
        for one in self._fields:
            if not one.text():
                one.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def show_problem(self, problem: Problem | None) -> None:
        """Say why it did not go through."""
        t = self._look.t
        said = of_error(problem.as_error(), t) if problem else None
        self._doubt.setText(said.advice if said else "")


class FirstPage(QWidget):
    """Nobody has a PIN here yet: what that means, and the form for the first supervisor."""

    def __init__(self, model: ShiftModel, look: Look) -> None:
        super().__init__()
        self._model, t = model, look.t
        told = Pane(look.theme, margin=32)
        mark = QLabel()
        mark.setFixedSize(72, 72)
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        mark.setProperty("disc", "brand")
        mark.setPixmap(picture("user", look.theme.brand, 36, self.devicePixelRatioF()))
        why = label(t(_WHY), "words", wrap=True)
        why.setMinimumHeight(120)
        by_command = label(t(_BY_COMMAND), "muted", wrap=True)
        by_command.setMinimumHeight(44)
        told.column.addStretch(1)
        told.column.addWidget(mark)
        told.column.addWidget(label(t("No clerks yet"), "title"))
        told.column.addWidget(why)
        told.column.addWidget(by_command)
        told.column.addStretch(2)
        self.form = Form(look, t("The first supervisor"), t(_FIRST))
        self.name, self.pin = QLineEdit(), PinField(t("PIN"))
        self.again = PinField(t("PIN again"))
        self.name.setMaxLength(32)
        self.form.field(t("Name of the clerk"), self.name)
        self.form.field(t("PIN"), self.pin)
        self.form.field(t("PIN again"), self.again)
        self.form.finish()
        self.again.returnPressed.connect(self.add)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(M)
        line.addWidget(told, 1)
        line.addWidget(self.form, 1)

    def show_state(self, state: State) -> None:
        """Draw another state."""
        self.form.show_problem(state.problem)

    def add(self) -> None:
        """Both PINs must be the same."""
        pin, again = self.pin.take(), self.again.take()
        if pin != again:
            self.form.show_problem(Problem("pins_differ", tone="warn"))
        else:
            self._model.add_first(self.name.text(), pin)
        self.pin.setFocus()


class OffPage(QWidget):
    """Nobody is on duty: who is there, and the float."""

    def __init__(self, model: ShiftModel, look: Look) -> None:
        super().__init__()
        self._model, t = model, look.t
        self._rows: Rows[Clerk] = Rows(_people(t))
        self.table = Table(look, t("Clerks"), self._rows)
        people = Pane(look.theme, shadow=False, margin=6)
        people.column.setContentsMargins(6, 12, 6, 6)
        heading = label(t("Who begins?"), "heading")
        heading.setContentsMargins(12, 0, 0, 0)
        people.column.addWidget(heading)
        people.column.addWidget(WholeRows(self.table), 1)
        self.form = Form(look, t("Open the shift"), t(_OPEN))
        self.who = label("", "name")
        self.form.column.addWidget(self.who)
        self.pin, self.float = PinField(t("PIN")), QLineEdit()
        self.float.setProperty("look", "amount")
        self.float.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.form.field(t("PIN"), self.pin)
        self.form.field(t("Float in the till, yuan"), self.float)
        self.signs = Tick(look, t("I sign for what nobody knows"))
        self.signs.setVisible(False)
        self.form.column.addWidget(self.signs)
        self.form.finish()
        self.float.returnPressed.connect(self.open)
        self.table.opened.connect(lambda _row: self.pin.setFocus())
        self.table.selectionModel().currentRowChanged.connect(lambda _new, _old: self._name())
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(M)
        line.addWidget(people, 1)
        line.addWidget(self.form, 1)

    def show_state(self, state: State) -> None:
        """Draw another state."""
        self._rows.show_items(state.found.clerks if state.found else ())
        if self._rows.items and self.table.row < 0:
            self.table.select(0)
        self.form.show_problem(state.problem)
        self.signs.setVisible(bool(state.found and state.found.signed_alone))
        self._name()

    def open(self) -> None:
        """Open with what was typed; a missing PIN is asked for first."""
        if not self.pin.text():
            self.pin.setFocus()
        elif self.who.text():
            signs = self.signs.isVisibleTo(self) and self.signs.isChecked()
            self._model.open(self.who.text(), self.pin.take(), self.float.text(), signs=signs)
            self.pin.setFocus()

    def clear(self) -> None:
        """Nothing typed stays for the next one."""
        self.pin.clear()
        self.float.clear()
        self.signs.setChecked(False)

    def _name(self) -> None:
        row = self.table.row
        known = 0 <= row < len(self._rows.items)
        name = self._rows.items[row].name if known else ""
        if name != self.who.text():
            self.who.setText(name)
            self.pin.clear()


def _people(t: Translator) -> list[Column[Clerk]]:
    return [
        Column(t("Name of the clerk"), 0, lambda one: Cell(one.name)),
        Column(t("May"), 220, lambda one: Cell(roles_of(one, t), quiet=True)),
    ]


def roles_of(person: Clerk, t: Translator) -> str:
    """What somebody may do, in words."""
    words = {
        Role.TELLER: t("sell"),
        Role.SUPERVISOR: t("be the second person"),
        Role.AUDITOR: t("look at the books"),
    }
    return " · ".join(word for role, word in words.items() if role in person.roles)


_WHY = (
    "Money is taken by a person: every sale carries a name, and what needs two persons needs two. "
    "Give the first supervisor a name and a PIN; this person adds the others."
)
_BY_COMMAND = "The same at the command line: cardstation clerk add NAME --role supervisor"
_FIRST = "At least six digits, none that repeat or count up. Typed twice, shown never."
_OPEN = "Choose the name, type the PIN and the change that lies in the till."
