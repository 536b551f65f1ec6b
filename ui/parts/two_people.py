"""Two people with their own PINs, for what no shift is needed for: a station is brought back."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget

from cardstation.domain.shift import Approval
from cardstation.errors import CardStationError, Refusal
from cardstation.sentences import of_error
from ui.approver import Approver
from ui.look import Look
from ui.parts.buttons import Choice
from ui.parts.pin_field import PinField
from ui.parts.sheet import Sheet
from ui.parts.words import label

Both = tuple[Approval, Approval | None]
"""The second person, and the first; None where a shift says who that is."""


class TwoPeople(Sheet):
    """Says what is to be done; the first person is asked for only while nobody is on duty.

    Attributes:
        both: Who confirmed; None until then.
    """

    def __init__(self, parent: QWidget, look: Look, approver: Approver, what: str) -> None:
        t = look.t
        super().__init__(parent, look, t("Two people bring the station back"), t("Confirm"))
        self._look, self._approver = look, approver
        self._first: Approval | None = None
        self._busy = False
        self.both: Both | None = None
        self.first = Choice(look, t("First person"), [], "")
        self.first_pin = PinField(t("PIN of the first person"))
        self.second = Choice(look, t("Second person"), [], "")
        self.second_pin = PinField(t("PIN of the second person"))
        self._doubt = label("", "error", wrap=True)
        self._doubt.setMinimumHeight(40)
        told = label(what, "heading", wrap=True)
        told.setMinimumHeight(48)
        self.column.addWidget(told)
        self.column.addWidget(label(t("Each types their own PIN."), "muted"))
        self._of_first = self._rows(t("First person"), self.first, self.first_pin)
        self._rows(t("Second person, a supervisor"), self.second, self.second_pin)
        self.column.addWidget(self._doubt)
        self.first.picked.connect(self._other_first)
        self.accept_button.setEnabled(False)
        approver.both(self._known, self._refused)

    def accept(self) -> None:
        """Ask for both words; the sheet closes only when they are given."""
        if self._busy or not self.second.count():
            return
        if self._asks_first and self._first is None and not self.first_pin.text():
            self.first_pin.setFocus()
        elif not self.second_pin.text():
            self.second_pin.setFocus()
        elif self._asks_first and self.first.currentData() == self.second.currentData():
            self._refused(Refusal("second_person_same", name=str(self.first.currentData())))
        else:
            self._busy = True
            self._ask_first()

    @property
    def _asks_first(self) -> bool:
        return bool(self.first.count())

    def _rows(self, name: str, who: Choice, pin: PinField) -> tuple[QWidget, ...]:
        made = (label(name, "small"), who, label(self._look.t("PIN"), "small"), pin)
        for one in made:
            self.column.addWidget(one)
        return made

    def _known(self, firsts: tuple[str, ...], seconds: tuple[str, ...]) -> None:
        for field, names in ((self.first, firsts), (self.second, seconds)):
            for name in names:
                field.addItem(name, name)
        for one in self._of_first:
            one.setVisible(bool(firsts))
        if firsts and self.second.count() > 1 and firsts[0] == seconds[0]:
            self.second.setCurrentIndex(1)
        self.accept_button.setEnabled(bool(seconds))
        if not seconds:
            self._doubt.setText(self._look.t("No other supervisor has a PIN at this station."))
        (self.first_pin if firsts else self.second_pin).setFocus()

    def _other_first(self, _name: str) -> None:
        self._first = None

    def _ask_first(self) -> None:
        if not self._asks_first or self._first is not None:
            self._ask_second()
            return
        name = str(self.first.currentData())
        self._approver.come_forward(name, self.first_pin.take(), self._first_came, self._refused)

    def _first_came(self, first: Approval) -> None:
        self._first = first
        self._ask_second()

    def _ask_second(self) -> None:
        name = str(self.second.currentData())
        self._approver.approve(name, self.second_pin.take(), self._agreed, self._refused)

    def _agreed(self, second: Approval) -> None:
        self._busy = False
        self.both = (second, self._first)
        super().accept()

    def _refused(self, error: CardStationError) -> None:
        self._busy = False
        self._doubt.setText(of_error(error, self._look.t).advice)
        waits_for_first = self._asks_first and self._first is None
        (self.first_pin if waits_for_first else self.second_pin).setFocus()


def ask_to_bring_back(parent: QWidget, look: Look, approver: Approver) -> Both | None:
    """Ask; None when thought better of."""
    what = look.t("This station was restored: compare it with the ledger and go on.")
    dialog = TwoPeople(parent, look, approver, what)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    both = dialog.both
    dialog.deleteLater()
    return both if accepted else None
