"""The form of a service: its fields, and what will happen in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from cardstation.domain.payment import Tender
from cardstation.sentences import of_error, word
from ui.desk_services import DeskServices
from ui.look import Look
from ui.messages import Problem
from ui.parts.buttons import Choice, Segments
from ui.parts.words import Pane, label, restyle, row
from ui.screens.counter.state import TENDERS
from ui.screens.household.acts.kind import Act, Field, Kind, Said
from ui.screens.household.state import State
from ui.screens.household.typed import reference_of
from ui.theme import L, S

_UNITS = {Kind.VOLUME: "m³", Kind.MONEY: "¥"}
_SHAPE_OF_DAY = "2026-11-30"

_ONE_COLUMN = 2


class FieldRow(QWidget):
    """One field: its name, where it is typed or chosen, and what is wrong with it."""

    typed = Signal(str, str)

    def __init__(self, look: Look, field: Field, state: State, services: DeskServices) -> None:
        super().__init__()
        self.field, self._look, t = field, look, look.t
        name = t(field.label) if field.needed else t("{name} (may stay empty)", name=t(field.label))
        self._about = t(field.about) if field.about else ""
        self._note = label(self._about, "small", wrap=True)
        self._note.setMinimumHeight(16)
        self.inputs: list[QWidget] = []
        self._shown: list[Callable[[Mapping[str, str]], None]] = []
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(2)
        body.addWidget(label(name, "muted"))
        if field.kind is Kind.CHOICE:
            found = field.choices(services, state.facts)
            choices = [(code, said.in_words(t)) for code, said in found]
            self._add_choice(body, choices)
        elif field.kind is Kind.TENDER:
            self._add_tender(body)
        else:
            self._add_line(body, field.name, t(field.label), _UNITS.get(field.kind))
        body.addWidget(self._note)

    def show_doubt(self, doubt: Problem | None) -> None:
        """Say what is wrong, or nothing."""
        said = of_error(doubt.as_error(), self._look.t) if doubt is not None else None
        self._note.setText(said.what if said is not None else self._about)
        restyle(self._note, "role", "error" if said is not None else "small")

    def show_texts(self, texts: Mapping[str, str]) -> None:
        """Draw what is typed; a reference is asked for only of money that has one."""
        for show in self._shown:
            show(texts)

    def blank(self) -> None:
        """Forget what is typed, and tell nobody."""
        self.blockSignals(True)
        self.show_texts({})

    def _add_line(self, body: QVBoxLayout, name: str, said: str, unit: str | None) -> None:
        made = QLineEdit()
        made.setAccessibleName(said)
        made.setMinimumHeight(40)
        made.setMaxLength(self.field.longest + 20)
        made.textChanged.connect(lambda text: self.typed.emit(name, text))
        self.inputs.append(made)
        self._shown.append(lambda texts: _write(made, texts.get(name, "")))
        shapes = {Kind.DAY: _SHAPE_OF_DAY, Kind.TENDER: said}
        made.setPlaceholderText(shapes.get(self.field.kind, ""))
        if unit is None:
            body.addWidget(made)
        else:
            made.setMaximumWidth(240)
            made.setAlignment(Qt.AlignmentFlag.AlignRight)
            body.addLayout(row(made, label(unit, "heading"), 0, spacing=S))

    def _add_choice(self, body: QVBoxLayout, choices: list[tuple[str, str]]) -> None:
        name, t = self.field.name, self._look.t
        made = Choice(self._look, t(self.field.label), choices, "")
        made.setMinimumHeight(40)
        made.currentIndexChanged.connect(
            lambda _index: self.typed.emit(name, str(made.currentData()))
        )
        self.inputs.append(made)
        self._shown.append(lambda texts: made.setCurrentIndex(made.findData(texts.get(name, ""))))
        body.addWidget(made)

    def _add_tender(self, body: QVBoxLayout) -> None:
        name, t = self.field.name, self._look.t
        ways = [(code, word(f"tender.{code}", t)) for code in TENDERS]
        made = Segments(t(self.field.label), ways, TENDERS[0])
        made.chosen.connect(lambda code: self.typed.emit(name, code))
        self.inputs.append(made)
        self._shown.append(lambda texts: made.show_state(texts.get(name, TENDERS[0])))
        beside = QHBoxLayout()
        beside.setSpacing(L)
        beside.addWidget(made)
        number = QVBoxLayout()
        self._add_line(number, reference_of(name), t("Number of the payment"), None)
        reference = self.inputs[-1]
        self._shown.append(lambda texts: reference.setVisible(texts.get(name) != Tender.CASH))
        beside.addLayout(number, 1)
        body.addLayout(beside)


class FormPage(Pane):
    """Fields in reading order, in two columns where there are many, and what will happen."""

    typed = Signal(str, str)

    def __init__(self, look: Look, services: DeskServices) -> None:
        super().__init__(look.theme)
        self.column.setSpacing(8)
        self._look, self._services = look, services
        self._act: Act | None = None
        self.rows: list[FieldRow] = []
        self._about = label("", "muted", wrap=True)
        self._fields = QGridLayout()
        self._fields.setHorizontalSpacing(L)
        self._fields.setVerticalSpacing(4)
        for side in (0, 1):
            self._fields.setColumnStretch(side, 1)
        self._preview = Notice(look)
        self._doubt = label("", "error", wrap=True)
        self.column.addWidget(self._about)
        self.column.addLayout(self._fields)
        self.column.addWidget(self._preview)
        self.column.addWidget(self._doubt)
        self.column.addStretch(1)

    def show_state(self, state: State) -> None:
        """Draw another state; the fields are made anew for another service."""
        if state.act is not self._act:
            self._make(state)
        for made in self.rows:
            made.show_doubt(state.doubt_of(made.field.name))
            made.show_texts(state.texts)
        self._preview.show_lines(state.preview)
        said = of_error(state.doubt.as_error(), self._look.t) if state.doubt is not None else None
        self._doubt.setText(str(said) if said is not None else "")
        self._doubt.setVisible(said is not None)

    def focus(self, state: State) -> None:
        """The first field that is not good has the focus, or the first."""
        bad = [one for one in self.rows if one.field.name in state.doubts]
        for made in (*bad, *self.rows):
            made.inputs[0].setFocus(Qt.FocusReason.TabFocusReason)
            return

    def _make(self, state: State) -> None:
        self._act = state.act
        for old in self.rows:
            self._fields.removeWidget(old)
            old.blank()
            old.hide()
            old.deleteLater()
        self.rows = []
        t = self._look.t
        self._about.setText(t(state.act.about) if state.act else "")
        fields = state.act.asks(state.facts) if state.act else ()
        places = _places([len(fields) <= _ONE_COLUMN or one.kind is Kind.TENDER for one in fields])
        for field, (line, side, width) in zip(fields, places, strict=True):
            made = FieldRow(self._look, field, state, self._services)
            made.typed.connect(self.typed)
            self._fields.addWidget(made, line, side, 1, width, Qt.AlignmentFlag.AlignTop)
            self.rows.append(made)


def _write(line: QLineEdit, text: str) -> None:
    if line.text() != text:
        line.setText(text)


def _places(wide: Sequence[bool]) -> list[tuple[int, int, int]]:
    """Line, side and width of each field, in reading order: two on a line, a wide one alone."""
    found: list[tuple[int, int, int]] = []
    line, side = 0, 0
    for one in wide:
        if side and one:
            line, side = line + 1, 0
        found.append((line, side, 2 if one else 1))
        line, side = (line + 1, 0) if one or side else (line, 1)
    return found


class Notice(QFrame):
    """What will happen, each figure said before anything does."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._words = label("", "words", wrap=True)
        restyle(self, "notice", "idle")
        body = QVBoxLayout(self)
        body.setContentsMargins(18, 10, 18, 10)
        body.setSpacing(4)
        body.addWidget(label(look.t("What will happen"), "strong"))
        body.addWidget(self._words)

    def show_lines(self, lines: tuple[Said, ...]) -> None:
        """Say these, or nothing."""
        self._words.setText("\n".join(one.in_words(self._look.t) for one in lines))
        self.setVisible(bool(lines))
