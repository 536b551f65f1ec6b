"""Asks why a row is released, and how much of a payment goes back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from cardstation.domain.batch import ManifestLine
from cardstation.domain.money import NO_MONEY, Money, capitals
from cardstation.errors import Refusal
from cardstation.i18n import Translator
from cardstation.sentences import word
from cardstation.services.batch_account import PaymentStanding
from ui.look import Look
from ui.parts.buttons import Choice
from ui.parts.facts import Facts
from ui.parts.sheet import Sheet
from ui.parts.words import label
from ui.screens.counter.state import Unit, wish_of


class ReleaseDialog(Sheet):
    """Whose row it is, and why it will not be loaded."""

    def __init__(
        self, parent: QWidget, look: Look, line: ManifestLine, reasons: Sequence[str]
    ) -> None:
        t = look.t
        super().__init__(parent, look, t("Release the money of a row"), t("Release"))
        facts = Facts(3)
        facts.show_rows(
            [
                (t("Household"), line.name),
                (t("Room"), line.door),
                (t("Amount"), str(line.money or NO_MONEY), "strong"),
            ]
        )
        choices = [(code, word(f"release.{code}", t)) for code in reasons]
        self.reason = Choice(look, t("Why it is not loaded"), choices, reasons[0])
        note = t("The card is not loaded any more; the money pays for rows that wait.")
        for part in (facts, label(t("Why it is not loaded"), "small"), self.reason):
            self.column.addWidget(part)
        self.column.addWidget(label(note, "muted", wrap=True))
        self.reason.setFocus()

    @property
    def code(self) -> str:
        """The chosen reason."""
        return str(self.reason.currentData())


class GiveBackDialog(Sheet):
    """One payment, what remains of it, and how much of that goes back."""

    def __init__(self, parent: QWidget, look: Look, paid: PaymentStanding) -> None:
        t = look.t
        super().__init__(parent, look, t("Give back what is left"), t("It is paid back"))
        self._remains = paid.remains
        facts = Facts(4)
        facts.show_rows(
            [
                (t("Acknowledgement"), paid.ack_no),
                (t("Paid by"), word(f"tender.{paid.payment.tender.value}", t)),
                (t("Received"), str(paid.payment.money)),
                (t("Remains"), str(paid.remains), "strong"),
            ]
        )
        self.amount = QLineEdit(paid.remains.yuan)
        self.amount.setProperty("look", "amount")
        self.amount.setAccessibleName(t("Amount that goes back"))
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.amount.selectAll()
        self._capitals = label("", "muted", right=True)
        note = t("By the way it was paid, to its payer only; then a second person confirms.")
        for part in (facts, self.amount, self._capitals, label(note, "muted", wrap=True)):
            self.column.addWidget(part)
        self.amount.textChanged.connect(self._judge)
        self._judge()
        self.amount.setFocus()

    @property
    def money(self) -> Money:
        """What goes back; nothing while it is not certain or more than remains."""
        try:
            money, _ = wish_of(self.amount.text(), Unit.MONEY)
        except Refusal:
            return NO_MONEY
        return money if money and money <= self._remains else NO_MONEY

    def _judge(self) -> None:
        self.accept_button.setEnabled(bool(self.money))
        self._capitals.setText(capitals(self.money) if self.money else "")


def ask_reason(parent: QWidget, look: Look, line: ManifestLine, reasons: Sequence[str]) -> str:
    """Ask; empty when thought better of."""
    dialog = ReleaseDialog(parent, look, line, reasons)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    code = dialog.code
    dialog.deleteLater()
    return code if accepted else ""


def back_words(paid: PaymentStanding, money: Money, tender: str, t: Translator) -> str:
    """What two people confirm: how much went back, to whom, and how."""
    if paid.payer:
        said = "{money} went back to {payer} by {tender}."
        return t(said, money=money, payer=paid.payer, tender=tender)
    return t("{money} went back to its payer by {tender}.", money=money, tender=tender)


def ask_back(parent: QWidget, look: Look, paid: PaymentStanding) -> Money:
    """Ask; nothing when thought better of."""
    dialog = GiveBackDialog(parent, look, paid)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    money = dialog.money
    dialog.deleteLater()
    return money if accepted else NO_MONEY
