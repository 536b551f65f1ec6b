"""Asks how a household agreed that its debt is paid, and out of whose money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QDialog, QWidget

from cardstation.domain.money import Money
from cardstation.sentences import word
from cardstation.services.batch_account import PaymentStanding
from ui.look import Look
from ui.parts.buttons import Choice
from ui.parts.facts import Facts
from ui.parts.sheet import Sheet
from ui.parts.words import label


@dataclass(frozen=True, slots=True)
class Owing:
    """A debt that is about to be paid.

    Attributes:
        payments: Of its batch; only one that has enough left can pay it.
        consents: How consent may be given, codes.
    """

    who: str
    debt: Money
    payments: Sequence[PaymentStanding]
    consents: Sequence[str]

    @property
    def covering(self) -> tuple[PaymentStanding, ...]:
        """Payments with enough left."""
        return tuple(one for one in self.payments if one.remains >= self.debt)


class ArrearsDialog(Sheet):
    """The debt, the money, the consent; Enter pays it on a line of its own."""

    def __init__(self, parent: QWidget, look: Look, owing: Owing) -> None:
        t = look.t
        super().__init__(parent, look, t("Pay what the household owes"), t("Pay the debt"))
        facts = Facts(2)
        facts.show_rows(
            [(t("Household"), owing.who), (t("Owes"), str(owing.debt), "strong")],
        )
        found = owing.covering
        words = [
            (
                one.payment.payment_id,
                t(
                    "{number} · {tender} · {money} left",
                    number=one.ack_no or "—",
                    tender=word(f"tender.{one.payment.tender.value}", t),
                    money=one.remains,
                ),
            )
            for one in found
        ]
        self.payment = Choice(look, t("Out of which money"), words, words[0][0] if words else "")
        consents = [(code, word(f"consent.{code}", t)) for code in owing.consents]
        self.consent = Choice(look, t("How it agreed"), consents, owing.consents[0])
        few = t("No payment of this batch has so much left: take the money first (F6).")
        note = t("Its own line on every paper; the row buys what is left of its amount.")
        for part in (
            facts,
            label(t("Out of which money"), "small"),
            self.payment,
            label(t("How it agreed"), "small"),
            self.consent,
            label(note if found else few, "muted" if found else "error", wrap=True),
        ):
            self.column.addWidget(part)
        self.accept_button.setEnabled(bool(found))
        self.payment.setEnabled(len(found) > 1)
        self.consent.setFocus()

    @property
    def answer(self) -> tuple[str, str]:
        """Payment and consent."""
        return str(self.payment.currentData()), str(self.consent.currentData())


def ask_consent(parent: QWidget, look: Look, owing: Owing) -> tuple[str, str] | None:
    """Ask; None when thought better of. Else the payment and how consent was given."""
    dialog = ArrearsDialog(parent, look, owing)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    answer = dialog.answer
    dialog.deleteLater()
    return answer if accepted else None
