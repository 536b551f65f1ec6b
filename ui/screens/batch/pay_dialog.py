"""Asks what was handed over for a whole list, and how."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from cardstation.domain.batch import LineState
from cardstation.domain.money import NO_MONEY, Money, capitals
from cardstation.domain.offline_limit import GrantCover
from cardstation.errors import Refusal
from cardstation.sentences import of_error, word
from cardstation.sentences.grant_told import cover_words
from cardstation.services.batch_state import BatchState
from cardstation.services.intent.funding import payer_on_file, takes_envelope
from cardstation.services.to_come import beyond, to_come
from ui.look import Look
from ui.parts.buttons import Choice, Segments
from ui.parts.facts import Fact, Facts
from ui.parts.sheet import Sheet
from ui.parts.words import label
from ui.screens.counter.state import Unit, wish_of

TENDERS = ("cash", "bank_transfer", "qr_code")
MOST_SIGNS = 60
_REACH_LINES = 3


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed over.

    Attributes:
        line: Place of the row in whose envelope it lay, 0 = for the whole list.
        payer: Who pays, by name: what is left goes back to nobody else.
    """

    tender: str
    money: Money
    reference: str
    line: int = 0
    payer: str = ""


class PayDialog(Sheet):
    """Shows what is expected and takes what was counted."""

    def __init__(
        self,
        parent: QWidget,
        look: Look,
        standing: BatchState,
        money: Money | None = None,
        cover: GrantCover | None = None,
    ) -> None:
        t = look.t
        super().__init__(parent, look, t("Lump sum for the whole list"), t("Money is here"))
        self._look = look
        self._tender = TENDERS[0]
        self.facts = Facts(6)
        self.facts.show_rows(_facts(look, standing))
        choices = [(code, word(f"tender.{code}", t)) for code in TENDERS]
        self.segments = Segments(t("Paid by"), choices, self._tender)
        self._standing = standing
        self.purpose = Choice(look, t("What it is for"), _purposes(look, standing), "0")
        self.amount = QLineEdit((money or to_come(standing)).yuan)
        self.amount.setProperty("look", "amount")
        self.amount.setAccessibleName(t("Amount received"))
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.amount.selectAll()
        self.reference = QLineEdit()
        self.reference.setAccessibleName(t("Payment number"))
        self.reference.setPlaceholderText(t("Number of the payment"))
        self.reference.setMaxLength(MOST_SIGNS)
        self.payer = QLineEdit(payer_on_file(standing.batch, 0))
        self.payer.setAccessibleName(t("Who pays, by name"))
        self.payer.setPlaceholderText(t("Who pays, by name"))
        self.payer.setMaxLength(MOST_SIGNS)
        self.payer.setToolTip(t("What is left goes back to this person only."))
        self._capitals, self._doubt = label("", "muted", right=True), label("", "error", wrap=True)
        if cover is not None:
            reach = label(cover_words(cover, t), "warn", wrap=True)
            reach.setMinimumHeight(_REACH_LINES * reach.fontMetrics().lineSpacing())
            self.column.addWidget(reach)
        for part in (self.facts, label(t("What it is for"), "small"), self.purpose):
            self.column.addWidget(part)
        if unsigned := _unsigned(look, standing):
            self.column.addWidget(label(unsigned, "warn", wrap=True))
        for field in (self.segments, self.amount, self._capitals, self.reference, self.payer):
            self.column.addWidget(field)
        self._above = label("", "warn", wrap=True)
        self.column.addWidget(self._doubt)
        self.column.addWidget(self._above)
        self.purpose.picked.connect(self._for)
        self.segments.chosen.connect(self._choose)
        self.amount.textChanged.connect(self._judge)
        self.reference.textChanged.connect(self._judge)
        self._choose(self._tender)
        self.amount.setFocus()

    @property
    def handed(self) -> Handed | None:
        """What was entered, None while it is not certain."""
        try:
            money, _ = wish_of(self.amount.text(), Unit.MONEY)
        except Refusal:
            return None
        if not money or (self._tender != "cash" and not self.reference.text().strip()):
            return None
        line = int(self.purpose.currentData())
        number, payer = self.reference.text().strip(), self.payer.text().strip()
        return Handed(self._tender, money, number, line, payer)

    def _for(self, place: str) -> None:
        """An envelope of a row, or the whole list: what is expected of it stands there."""
        line = int(place)
        outcomes = self._standing.outcomes
        price = outcomes[line - 1].line.money if line else None
        self.amount.setText((price or to_come(self._standing)).yuan)
        self.amount.selectAll()
        self.payer.setText(payer_on_file(self._standing.batch, line))

    def _choose(self, tender: str) -> None:
        self._tender = tender
        self.reference.setVisible(tender != "cash")
        self._judge()

    def _judge(self) -> None:
        t, handed = self._look.t, self.handed
        self.accept_button.setEnabled(handed is not None)
        self._doubt.clear()
        self._above.clear()
        self._capitals.clear()
        try:
            money, _ = wish_of(self.amount.text(), Unit.MONEY)
        except Refusal as refused:
            if self.amount.text().strip():
                self._doubt.setText(of_error(refused, t).what)
            return
        if money:
            self._capitals.setText(capitals(money))
            self._look_beyond(money)

    def _look_beyond(self, money: Money) -> None:
        """A digit too many is seen before Enter."""
        line = int(self.purpose.currentData())
        if over := beyond(self._standing, line, money):
            said = "{above} more than is still to come: the rest goes back to the payer only."
            self._above.setText(self._look.t(said, above=over))


def ask_money(
    parent: QWidget,
    look: Look,
    standing: BatchState,
    money: Money | None = None,
    *,
    cover: GrantCover | None = None,
) -> Handed | None:
    """Ask; None when thought better of. `money` stands there in place of what is still to come."""
    dialog = PayDialog(parent, look, standing, money, cover)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    handed = dialog.handed
    dialog.deleteLater()
    return handed if accepted else None


def _purposes(look: Look, standing: BatchState) -> list[tuple[str, str]]:
    """The whole list, then every row that waits for money or has debts, by its envelope."""
    rows = [
        (str(place), "  ".join(filter(None, (one.line.envelope, one.line.door, one.line.name))))
        for place, one in enumerate(standing.outcomes, start=1)
        if one.state is LineState.UNFUNDED or (one.reason == "arrears" and takes_envelope(one.line))
    ]
    envelope = [(place, look.t("Envelope {door}", door=who)) for place, who in rows]
    whole = look.t("The whole list, in the order of the quote")
    if standing.quote is None:
        whole = look.t("The whole list, in its own order")
    return [("0", whole), *envelope]


def _unsigned(look: Look, standing: BatchState) -> str:
    """In which order money is divided that nobody signed for; empty where somebody did."""
    quote = standing.quote
    if quote is None:
        return look.t("No signed quote: money is divided in the order of the list.")
    if quote.holds and quote.signed_at is not None:
        return ""
    return look.t("No signed quote holds: money is divided in the order of the last one.")


def _facts(look: Look, standing: BatchState) -> list[Fact]:
    t, money = look.t, standing.money
    gone = ((t("Gone back"), money.given_back), (t("Arrears paid"), money.arrears))
    facts: list[Fact] = [
        (t("Price of all certain rows"), str(money.expected)),
        (t("Received so far"), str(money.received)),
        *((name, str(sum_)) for name, sum_ in gone if sum_ > NO_MONEY),
        (t("Still to come"), str(to_come(standing)), "strong"),
    ]
    stated = standing.batch.stated_total
    if stated is not None:
        role = "warn" if stated != money.expected else ""
        facts.append((t("The list itself says"), str(stated), role))
    return facts
