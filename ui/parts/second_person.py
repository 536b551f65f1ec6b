"""The second person: another supervisor picks their name and types their own PIN."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from cardstation.domain.shift import Approval
from cardstation.errors import CardStationError
from cardstation.sentences import of_error
from ui.approver import Approver
from ui.look import Look
from ui.parts.buttons import Choice
from ui.parts.pin_field import PinField
from ui.parts.sheet import Sheet
from ui.parts.words import label
from ui.theme import L

_WIDTH = 560


class SecondPerson(Sheet):
    """Says what is to be confirmed; Enter moves on, Esc leaves everything as it is.

    Attributes:
        approval: Who confirmed; None until then.
        note: What was typed beside it, where that was asked for.
    """

    def __init__(
        self,
        parent: QWidget,
        look: Look,
        approver: Approver,
        what: str,
        *,
        note: str = "",
        whom: str = "",
    ) -> None:
        """Make it.

        Args:
            parent: Over which window.
            look: Theme and language.
            approver: The way to the second person.
            what: What they confirm, whole sentences.
            note: Name of one more field that may stay empty.
            whom: The household it is done for, in large letters; empty where it is of none.
        """
        t = look.t
        super().__init__(parent, look, t("A second person confirms"), t("Confirm"))
        self._look, self._approver = look, approver
        self.approval: Approval | None = None
        self._busy = False
        self.who = Choice(look, t("Second person"), [], "")
        self.pin = PinField(t("PIN of the second person"))
        self.typed = QLineEdit()
        self.typed.setAccessibleName(note)
        self.typed.setMaxLength(40)
        self._doubt = label("", "error", wrap=True)
        self.setFixedWidth(_WIDTH)
        if whom:
            self._tell(whom, "name")
        self._tell(what, "heading")
        self.column.addWidget(label(t("The other person types their own PIN."), "muted"))
        rows: list[tuple[str, QWidget]] = [(t("Name of the clerk"), self.who), (t("PIN"), self.pin)]
        if note:
            rows.append((note, self.typed))
        for name, field in rows:
            self.column.addWidget(label(name, "small"))
            self.column.addWidget(field)
        self._doubt.setMinimumHeight(40)
        self.column.addWidget(self._doubt)
        self.pin.textChanged.connect(lambda _text: self._judge())
        self._judge()
        approver.people(self._known, self._refused)

    def _tell(self, what: str, role: str) -> None:
        """Words that have all their lines at once."""
        words = label(what, role, wrap=True)
        self.column.addWidget(words)
        words.ensurePolished()
        words.setMinimumHeight(words.heightForWidth(_WIDTH - 2 * L))

    @property
    def note(self) -> str:
        """What was typed beside the PIN."""
        return self.typed.text().strip()

    def accept(self) -> None:
        """Ask for the confirmation; the sheet closes only when it is given."""
        if self._busy or not self.who.count():
            return
        if not self.pin.text():
            self.pin.setFocus()
            return
        self._busy = True
        name = str(self.who.currentData())
        self._approver.approve(name, self.pin.take(), self._approved, self._refused)

    def _known(self, names: tuple[str, ...]) -> None:
        for name in names:
            self.who.addItem(name, name)
        if names:
            self.pin.setFocus()
        else:
            self._doubt.setText(self._look.t("No other supervisor has a PIN at this station."))
        self._judge()

    def _approved(self, approval: Approval) -> None:
        self._busy = False
        self.approval = approval
        super().accept()

    def _refused(self, error: CardStationError) -> None:
        self._busy = False
        self._doubt.setText(of_error(error, self._look.t).advice)
        self.pin.setFocus()

    def _judge(self) -> None:
        self.accept_button.setEnabled(bool(self.who.count()) and bool(self.pin.text()))


def ask_second_person(
    parent: QWidget,
    look: Look,
    approver: Approver,
    what: str,
    *,
    note: str = "",
    whom: str = "",
) -> tuple[Approval, str] | None:
    """Ask; None when thought better of. Else who confirmed, and the note."""
    dialog = SecondPerson(parent, look, approver, what, note=note, whom=whom)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    approval, typed = dialog.approval, dialog.note
    dialog.deleteLater()
    return (approval, typed) if accepted and approval is not None else None
