"""Two people say that the money of a load is with its payer, and where its receipt is."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget

from cardstation.domain.charge import Original
from cardstation.domain.shift import Approval
from cardstation.sentences import word
from ui.approver import Approver
from ui.look import Look
from ui.parts.buttons import Choice
from ui.parts.second_person import SecondPerson
from ui.parts.words import label


class PaidBack(SecondPerson):
    """The second person, and whether the original receipt was taken in or is lost."""

    def __init__(
        self, parent: QWidget, look: Look, approver: Approver, what: str, *, note: str
    ) -> None:
        super().__init__(parent, look, approver, what, note=note)
        t = look.t
        name, ways = (
            t("Original receipt"),
            [(one.value, word(f"original.{one}", t)) for one in Original],
        )
        self.where = Choice(look, name, ways, Original.BACK)
        below = self.column.indexOf(self.typed if note else self.pin) + 1
        for at, one in enumerate((label(name, "small"), self.where)):
            self.column.insertWidget(below + at, one)

    @property
    def original(self) -> Original:
        """Where the receipt is."""
        return Original(str(self.where.currentData()))


def ask_paid_back(
    parent: QWidget, look: Look, approver: Approver, what: str, *, note: str
) -> tuple[Approval, str, Original] | None:
    """Ask; None when thought better of. Else who confirmed, the note, and where the receipt is."""
    sheet = PaidBack(parent, look, approver, what, note=note)
    accepted = sheet.exec() == QDialog.DialogCode.Accepted
    approval, typed, original = sheet.approval, sheet.note, sheet.original
    sheet.deleteLater()
    return (approval, typed, original) if accepted and approval is not None else None
