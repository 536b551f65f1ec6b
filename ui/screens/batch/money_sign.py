"""Lets who pays sign the quote: on the pad, by a photo of the signed paper, or on paper."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from cardstation.domain.money import Money
from cardstation.domain.quotation import QuoteFact
from ui.look import Look
from ui.parts.buttons import Tick, button
from ui.parts.facts import Facts
from ui.parts.sheet import Sheet
from ui.parts.signature_pad import SignaturePad
from ui.parts.words import label, row


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as it was given.

    Attributes:
        by: Who signed, as said.
        picture: PNG or JPEG, empty where it was signed on paper.
    """

    by: str
    picture: bytes
    on_paper: bool


class SignDialog(Sheet):
    """Which quote, who signs, and the pad."""

    def __init__(self, parent: QWidget, look: Look, quote: QuoteFact) -> None:
        t = look.t
        super().__init__(parent, look, t("The payer signs the quote"), t("It is signed"))
        facts = Facts(3)
        facts.show_rows(
            [
                (t("Quote"), quote.quote_no),
                (t("Cards to be paid"), str(len(quote.order))),
                (t("Amount"), str(Money(quote.fen)), "strong"),
            ]
        )
        self.by = QLineEdit()
        self.by.setAccessibleName(t("Who signs"))
        self.pad = SignaturePad(look, t("Signature of who pays"))
        self.on_paper = Tick(look, t("Signed on paper"), key="F2")
        photo = button(t("Photo"), self.pad.pick, look="link")
        clear = button(t("Clear"), self.pad.clear, look="link")
        note = t("The signature stands for the prices, and for the order in which money is used.")
        self.column.addWidget(facts)
        self.column.addLayout(row(label(t("Who signs"), "muted"), 0, photo, clear))
        for part in (self.by, self.pad, self.on_paper, label(note, "muted", wrap=True)):
            self.column.addWidget(part)
        self.pad.changed.connect(self._judge)
        self.on_paper.toggled.connect(lambda _on: self._judge())
        self._judge()
        self.by.setFocus()

    @property
    def signed(self) -> Signed:
        """What was given."""
        picture = self.pad.picture()
        return Signed(self.by.text().strip(), picture, self.on_paper.isChecked())

    def _judge(self) -> None:
        given = self.signed
        self.accept_button.setEnabled(bool(given.picture) or given.on_paper)


def ask_signature(parent: QWidget, look: Look, quote: QuoteFact) -> Signed | None:
    """Ask; None when thought better of."""
    dialog = SignDialog(parent, look, quote)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    signed = dialog.signed
    dialog.deleteLater()
    return signed if accepted else None
