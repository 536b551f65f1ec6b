"""Two people say what a meter counts and where the card is: on that proof money goes back."""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from cardstation.domain.shift import Approval
from cardstation.services.intent.meter_count import MeterCount
from ui.approver import Approver
from ui.look import Look
from ui.parts.buttons import Tick
from ui.parts.second_person import SecondPerson
from ui.parts.words import label

_DIGITS = QRegularExpression("[0-9]{0,6}")


class MeterSheet(SecondPerson):
    """The second person, what both saw in words, and the number of purchases on the meter."""

    def __init__(
        self, parent: QWidget, look: Look, approver: Approver, what: str, meter_no: str
    ) -> None:
        t = look.t
        super().__init__(
            parent, look, approver, what, note=t("What both saw: reading, photo, report")
        )
        name = t("Purchases that meter {meter_no} counts", meter_no=meter_no)
        self.count = QLineEdit()
        self.count.setAccessibleName(name)
        self.count.setValidator(QRegularExpressionValidator(_DIGITS, self.count))
        self.another = Tick(look, t("It counts somebody else's load; the words say whose"))
        below = self.column.indexOf(self.typed) + 1
        self.card_here = Tick(look, t("The card is here and stays here, or is destroyed"))
        rows = (label(name, "small"), self.count, self.another, self.card_here)
        for at, one in enumerate(rows):
            self.column.insertWidget(below + at, one)

    @property
    def meter(self) -> MeterCount:
        """What they read, and where the card is."""
        digits = self.count.text()
        return MeterCount(
            purchases=int(digits) if digits else None,
            another=self.another.isChecked(),
            card_here=self.card_here.isChecked(),
        )


def ask_meter_count(
    parent: QWidget, look: Look, approver: Approver, what: str, meter_no: str
) -> tuple[Approval, str, MeterCount] | None:
    """Ask; None when thought better of. Else who confirmed, what both saw, and the count."""
    sheet = MeterSheet(parent, look, approver, what, meter_no)
    accepted = sheet.exec() == QDialog.DialogCode.Accepted
    approval, typed, meter = sheet.approval, sheet.note, sheet.meter
    sheet.deleteLater()
    return (approval, typed, meter) if accepted and approval is not None else None
