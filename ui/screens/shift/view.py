"""The shift's view: one page for each phase, and the keys of that phase."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from cardstation.services.vouchers import Vouchers
from ui.look import Look
from ui.parts.buttons import Segments, button
from ui.parts.footer import Footer
from ui.parts.pin_field import PinField
from ui.parts.second_person import ask_second_person
from ui.parts.sheet import Sheet
from ui.parts.words import label
from ui.screens.shift.counting import CountPage
from ui.screens.shift.forms import FirstPage, OffPage
from ui.screens.shift.model import ShiftModel
from ui.screens.shift.pages import OnPage, ResultPage
from ui.screens.shift.state import Phase, State
from ui.theme import M


class ShiftView(QWidget):
    """Draws the shift's state and passes on what the operator does."""

    def __init__(self, model: ShiftModel, look: Look) -> None:
        super().__init__()
        self._model, self._look = model, look
        self.first, self.off = FirstPage(model, look), OffPage(model, look)
        self.on, self.counting = OnPage(look), CountPage(model, look)
        self.result = ResultPage(look)
        self._pages = QStackedWidget()
        for page in (QWidget(), self.first, self.off, self.on, self.counting, self.result):
            self._pages.addWidget(page)
        self._phase = Phase.LOOKING
        self._buttons = self._made_buttons()
        t = look.t
        foot = Footer((t("Enter moves on"), t("F1 all keys")), tuple(self._buttons.values()))
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addWidget(self._pages, 1)
        body.addWidget(foot)
        model.changed.connect(self._changed)
        self.show_state(model.state)

    def show_state(self, state: State) -> None:
        """Draw another state."""
        phase = state.phase
        self.first.show_state(state)
        self.off.show_state(state)
        self.on.show_state(state)
        self.counting.show_state(state)
        self.result.show_state(state)
        place = (
            (Phase.LOOKING,),
            (Phase.NO_CLERKS,),
            (Phase.OFF,),
            (Phase.ON,),
            (Phase.COUNTING, Phase.COUNTED),
            (Phase.CLOSED,),
        )
        self._pages.setCurrentIndex(next(n for n, one in enumerate(place) if phase in one))
        for name, made in self._buttons.items():
            made.setVisible(phase in _SHOWN[name])
        self._buttons["sign"].setEnabled(state.may_sign)
        self._buttons["open"].setEnabled(not state.busy)
        if phase is not self._phase:
            self._phase = phase
            self._entered(phase)

    def showEvent(self, event: QShowEvent) -> None:
        """As Qt asks; a view that comes to the front takes the keyboard."""
        super().showEvent(event)
        self._focus(self._phase)

    def _entered(self, phase: Phase) -> None:
        """Nothing typed stays from the phase before; the next thing to do has the focus."""
        self.off.clear()
        self.counting.signing.clear()
        self._focus(phase)

    def _focus(self, phase: Phase) -> None:
        if phase is Phase.NO_CLERKS:
            self.first.form.begin()
        elif phase is Phase.OFF:
            self.off.table.setFocus()
        elif phase in (Phase.COUNTING, Phase.COUNTED):
            self.counting.begin(phase)

    def _changed(self) -> None:
        self.show_state(self._model.state)

    def _made_buttons(self) -> dict[str, QPushButton]:
        t, model = self._look.t, self._model
        return {
            "person": button(t("Add a clerk"), self._add_clerk, key="F6"),
            "back": button(t("Back"), model.leave, key="Esc"),
            "first": button(t("Add the supervisor"), self.first.add, key="F2", look="primary"),
            "open": button(t("Open the shift"), self.off.open, key="F2", look="primary"),
            "close": button(t("Close the shift"), model.begin_count, key="F9", look="primary"),
            "sign": button(
                t("Sign and close"), self.counting.signing.sign, key="F2", look="primary"
            ),
            "done": button(t("Finished"), model.done, key="Return", look="primary"),
        }

    def _add_clerk(self) -> None:
        wanted = ask_clerk(self, self._look)
        if wanted is None:
            return
        name, pin, supervisor = wanted
        what = self._look.t("{name} gets a PIN at this station.", name=name)

        def told(found: Vouchers) -> None:
            if found.alone:
                self._model.add_first(name, pin)
                return
            approver = self._model.approver.of_pin(name, found.names)
            asked = ask_second_person(self, self._look, approver, what)
            if asked is not None:
                self._model.add(name, pin, supervisor=supervisor, by=asked[0])

        self._model.ask_vouchers(name, told)


_SHOWN: dict[str, tuple[Phase, ...]] = {
    "person": (Phase.OFF, Phase.ON),
    "back": (Phase.COUNTING,),
    "first": (Phase.NO_CLERKS,),
    "open": (Phase.OFF,),
    "close": (Phase.ON,),
    "sign": (Phase.COUNTING, Phase.COUNTED),
    "done": (Phase.CLOSED,),
}


class ClerkSheet(Sheet):
    """Name, role and a PIN typed twice by that person."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        t = look.t
        super().__init__(parent, look, t("Add a clerk"), t("Add"))
        self._look = look
        self.supervisor = False
        roles = [("teller", t("Sells")), ("supervisor", t("Sells and confirms"))]
        self.roles = Segments(t("Role"), roles, "teller")
        self.roles.chosen.connect(self._choose)
        self.name = QLineEdit()
        self.name.setMaxLength(32)
        self.name.setAccessibleName(t("Name of the clerk"))
        self.pin, self.again = PinField(t("PIN")), PinField(t("PIN again"))
        self._doubt = label("", "error", wrap=True)
        self._doubt.setMinimumHeight(24)
        fields = (
            (t("Name of the clerk"), self.name),
            (t("PIN"), self.pin),
            (t("PIN again"), self.again),
        )
        self.column.addWidget(self.roles)
        for name, field in fields:
            self.column.addWidget(label(name, "small"))
            self.column.addWidget(field)
            field.textChanged.connect(lambda _text: self._judge())
        self.column.addWidget(self._doubt)
        self._judge()
        self.name.setFocus()

    def _choose(self, role: str) -> None:
        self.supervisor = role == "supervisor"

    def _judge(self) -> None:
        typed, again = self.pin.text(), self.again.text()
        differ = bool(again) and typed != again
        self._doubt.setText(self._look.t("The two PINs differ.") if differ else "")
        complete = bool(self.name.text().strip()) and bool(typed) and typed == again
        self.accept_button.setEnabled(complete)


def ask_clerk(parent: QWidget, look: Look) -> tuple[str, str, bool] | None:
    """Name, PIN and whether a supervisor; None when thought better of."""
    sheet = ClerkSheet(parent, look)
    accepted = sheet.exec() == QDialog.DialogCode.Accepted
    name, pin = sheet.name.text().strip(), sheet.pin.take()
    sheet.again.clear()
    supervisor = sheet.supervisor
    sheet.deleteLater()
    return (name, pin, supervisor) if accepted else None
