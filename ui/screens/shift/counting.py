"""The blind count: notes and coins with a running sum, or one total, and the signatures."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QWidget

from cardstation.domain.exception_case import UNSIGNED
from cardstation.domain.shift import OpenItem
from cardstation.i18n import Translator
from cardstation.sentences import of_error
from ui.look import Look
from ui.parts.buttons import Choice, Segments
from ui.parts.pin_field import PinField
from ui.parts.words import Pane, label, row
from ui.screens.shift.model import ShiftModel
from ui.screens.shift.state import NOTES_YUAN, Count, Phase, State, note_sum, yuan_of
from ui.theme import XS, M, S


class CountPane(Pane):
    """What lies in the till; Enter goes from field to field."""

    def __init__(self, model: ShiftModel, look: Look) -> None:
        super().__init__(look.theme, shadow=False, margin=20)
        self._model, self._look = model, look
        t = look.t
        self.column.setSpacing(S)
        ways = [("notes", t("Notes and coins")), ("total", t("One total"))]
        self._way = Segments(t("How it is counted"), ways, "notes")
        self._way.chosen.connect(self._choose)
        self._notes = [_count_field(t("Notes of {yuan} yuan", yuan=one)) for one in NOTES_YUAN]
        self._coins, self._total = _count_field(t("Coins, yuan")), _count_field(t("Total, yuan"))
        self._total.setProperty("look", "amount")
        self._sums = [label("", "", right=True) for _ in range(len(NOTES_YUAN) + 1)]
        self._sum = label("", "figure", right=True)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._by_notes())
        self._pages.addWidget(self._by_total())
        self.column.addLayout(row(label(t("Count the till"), "heading"), 0, self._way))
        self.column.addWidget(label(t("All cash, the float too."), "muted"))
        self.column.addWidget(self._pages, 1)
        self.column.addLayout(row(label(t("Counted"), "heading"), 0, self._sum))
        for field in self.fields:
            field.textEdited.connect(lambda _text: self._typed())

    @property
    def fields(self) -> tuple[QLineEdit, ...]:
        """In the order Enter goes."""
        return (*self._notes, self._coins, self._total)

    @property
    def shown(self) -> tuple[QLineEdit, ...]:
        """Those of the chosen way."""
        by_total = self._model.state.count.by_total
        return (self._total,) if by_total else (*self._notes, self._coins)

    def show_state(self, state: State) -> None:
        """Draw another state; typed text is only replaced when the model changed it."""
        count = state.count
        texts = (*count.notes, count.coins, count.total)
        for field, text in zip(self.fields, texts, strict=True):
            if field.text() != text:
                field.setText(text)
        self._way.show_state("total" if count.by_total else "notes")
        self._pages.setCurrentIndex(1 if count.by_total else 0)
        parts = [note_sum(yuan, text) for yuan, text in zip(NOTES_YUAN, count.notes, strict=True)]
        for shown, text, part in zip(
            self._sums, (*count.notes, count.coins), (*parts, yuan_of(count.coins)), strict=True
        ):
            shown.setText(("?" if part is None else str(part)) if text.strip() else "")
        total = count.sum
        self._sum.setText("?" if total is None else str(total))

    def _typed(self) -> None:
        texts = tuple(field.text() for field in self._notes)
        by_total = self._model.state.count.by_total
        self._model.count(Count(texts, self._coins.text(), self._total.text(), by_total))

    def _choose(self, way: str) -> None:
        self._model.count(Count(by_total=way == "total"))
        self.shown[0].setFocus()

    def _by_notes(self) -> QWidget:
        made, t = QWidget(), self._look.t
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(M)
        grid.setVerticalSpacing(XS)
        grid.setColumnStretch(2, 1)
        names = [t("{yuan} yuan ×", yuan=one) for one in NOTES_YUAN] + [t("Coins, yuan")]
        for line, (name, field, part) in enumerate(
            zip(names, (*self._notes, self._coins), self._sums, strict=True)
        ):
            grid.addWidget(label(name, "", right=True), line, 0)
            grid.addWidget(field, line, 1)
            grid.addWidget(part, line, 2)
        grid.setRowStretch(len(names), 1)
        return made

    def _by_total(self) -> QWidget:
        made = QWidget()
        self._total.setMaximumWidth(320)
        line = QHBoxLayout(made)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label(self._look.t("Total, yuan")), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._total, 1, Qt.AlignmentFlag.AlignTop)
        return made


class SignPane(Pane):
    """Who signs, who takes over, and what is signed over."""

    def __init__(self, model: ShiftModel, look: Look) -> None:
        super().__init__(look.theme, shadow=False, margin=24)
        self._model, self._look = model, look
        t = look.t
        self._stands = label(t(_STANDS), "warn", wrap=True)
        self._stands.setMinimumHeight(44)
        self._open = label("", "muted", wrap=True)
        self._open.setMinimumHeight(40)
        self._who = label("", "name")
        self.pin = PinField(t("PIN"))
        self.heir = Choice(look, t("Taken over by"), [("", t("nobody is there"))], "")
        self.heir_pin = PinField(t("PIN of the person who takes over"))
        self._heir_name = label(t("PIN of the person who takes over"), "small")
        self._doubt = label("", "error", wrap=True)
        self._doubt.setMinimumHeight(60)
        self._people: tuple[str, ...] = ()
        self.heir.currentIndexChanged.connect(lambda _index: self._heir_chosen())
        self.pin.returnPressed.connect(self.heir.setFocus)
        self.column.setSpacing(S)
        self.column.addWidget(label(t("Sign"), "heading"))
        over = label(t("Taken over by"), "small")
        signs = (self._stands, self._open, self._who, label(t("PIN"), "small"), self.pin)
        parts: tuple[QWidget, ...] = (*signs, over, self.heir, self._heir_name, self.heir_pin)
        for part in (*parts, self._doubt):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self._heir_chosen()

    def show_state(self, state: State) -> None:
        """Draw another state."""
        t, found = self._look.t, state.found
        self._stands.setVisible(state.phase is Phase.COUNTED)
        shift = found.open if found else None
        self._who.setText(shift.clerk if shift else "")
        self._open.setText(_signed_over(found.open_items if found else (), t))
        others = (
            tuple(one.name for one in found.clerks if one.name != self._who.text()) if found else ()
        )
        if others != self._people:
            self._people = others
            while self.heir.count() > 1:
                self.heir.removeItem(1)
            for name in others:
                self.heir.addItem(name, name)
        said = of_error(state.problem.as_error(), t) if state.problem else None
        self._doubt.setText(said.advice if said else "")

    def sign(self) -> None:
        """Both PINs go to the service and are gone; what is missing is asked for first."""
        heir = str(self.heir.currentData() or "")
        if not self._model.state.may_sign:
            return
        if not self.pin.text():
            self.pin.setFocus()
        elif heir and not self.heir_pin.text():
            self.heir_pin.setFocus()
        else:
            self._model.close(self.pin.take(), heir, self.heir_pin.take())
            self.pin.setFocus()

    def clear(self) -> None:
        """Nothing typed stays."""
        self.pin.clear()
        self.heir_pin.clear()
        self.heir.setCurrentIndex(0)

    def _heir_chosen(self) -> None:
        someone = bool(self.heir.currentData())
        self._heir_name.setVisible(someone)
        self.heir_pin.setVisible(someone)
        self.heir_pin.clear()


class CountPage(QWidget):
    """The count on the left, the signatures on the right."""

    def __init__(self, model: ShiftModel, look: Look) -> None:
        super().__init__()
        self.till, self.signing = CountPane(model, look), SignPane(model, look)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(M)
        line.addWidget(self.till, 1)
        line.addWidget(self.signing, 1)
        *notes, total = self.till.fields
        for here, following in pairwise(notes):
            here.returnPressed.connect(following.setFocus)
        for last in (notes[-1], total):
            last.returnPressed.connect(self.signing.pin.setFocus)

    def show_state(self, state: State) -> None:
        """Draw another state; a count that stands is not typed again."""
        self.till.setVisible(state.phase is Phase.COUNTING)
        self.till.show_state(state)
        self.signing.show_state(state)

    def begin(self, phase: Phase) -> None:
        """The first field has the focus."""
        first: QLineEdit | QLabel = self.till.shown[0]
        if phase is Phase.COUNTED:
            first = self.signing.pin
        first.setFocus(Qt.FocusReason.OtherFocusReason)


def _signed_over(items: tuple[OpenItem, ...], t: Translator) -> str:
    unknown = sum(one.code in UNSIGNED for one in items)
    if unknown:
        return t("{n} outcomes are unknown: whoever takes over signs, too.", n=unknown)
    if items:
        return t("{n} open items are signed over with the till.", n=len(items))
    return t("Nothing is open; only the till is signed over.")


def _count_field(name: str) -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setAlignment(Qt.AlignmentFlag.AlignRight)
    made.setMaxLength(12)
    made.setMaximumWidth(140)
    return made


_STANDS = "The till was counted before and that count stands. Sign to finish closing."
