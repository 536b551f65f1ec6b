"""What the counter shows instead of a purchase: a question, a result, a debt."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from cardstation.domain.receipt import LOADING_SLIP, RECEIPT, Receipt
from cardstation.domain.volume import NO_GAS
from cardstation.i18n import Translator
from cardstation.sentences import word
from ui.look import Look
from ui.parts.buttons import button
from ui.parts.tier_bar import TierBar, TierBarState
from ui.parts.words import Chip, Pane, column, label, row
from ui.screens.counter.panels import PriceLines
from ui.screens.counter.state import State
from ui.screens.counter.wording import DUE_AGAIN
from ui.theme import M

_PAY_OUT = "Give the money by the way it came, then choose the row under Exceptions and pay it out."


class QuestionPane(Pane):
    """What only a human can answer: was the money of a begun sale taken?"""

    answered = Signal(bool)

    def __init__(self, look: Look) -> None:
        super().__init__(look.theme, shadow=False)
        self._look = look
        t = look.t
        self._money = label("", "big")
        self._since = label("", "muted")
        what = label(t("Was this money taken?"), "heading")
        told = label(t("Yes: the load goes on now with this card. No: the sale is void."), "muted")
        yes = button(t("Yes, it is here"), self._yes, key="F9", look="primary")
        no = button(t("No, not taken"), self._no, key="F10")
        self.column.addStretch(1)
        for part in (what, self._money, self._since, told):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.column.addWidget(part)
        self.column.addLayout(row(0, no, yes, 0))
        self.column.addStretch(1)

    def show_state(self, state: State) -> None:
        """Draw another state; without a question nothing."""
        t, asked = self._look.t, state.question
        self._money.setText(str(asked.money) if asked else "")
        self._since.setText(
            t(
                "{tender}, begun {minutes} min ago",
                tender=word(f"tender.{asked.tender}", t),
                minutes=asked.age_min,
            )
            if asked
            else ""
        )

    def _yes(self) -> None:
        self.answered.emit(True)

    def _no(self) -> None:
        self.answered.emit(False)


class OwedPane(Pane):
    """The load is off the card again: what is owed, and where it is paid out."""

    def __init__(self, look: Look) -> None:
        super().__init__(look.theme, shadow=False)
        self._look, t = look, look.t
        self._money = label("", "big")
        self._told = label(t("is owed to the payer"), "muted")
        self._rest = label(t(_PAY_OUT), "words", wrap=True)
        self._rest.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._rest.setMinimumHeight(80)
        self.column.addStretch(1)
        for part in (label(t("Load taken back"), "heading"), self._money, self._told):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.column.addWidget(part)
        self.column.addWidget(self._rest)
        self.column.addStretch(1)

    def show_state(self, state: State) -> None:
        """Draw another state; without a debt nothing."""
        self._money.setText(str(state.owed) if state.owed is not None else "")
        given = state.owed is not None and not state.owed
        self._told.setText(self._look.t(DUE_AGAIN if given else "is owed to the payer"))
        self._rest.setVisible(not given)


class ResultPane(Pane):
    """What was done, while the card still lies there."""

    def __init__(self, look: Look) -> None:
        super().__init__(look.theme, shadow=False)
        self._look = look
        t = look.t
        self._loaded = label("", "big")
        self._paid = label("", "total", right=True)
        self._number = label("", "muted", right=True)
        self._paper = Chip("", "ok")
        self._bar, self._lines = TierBar(look), PriceLines(look)
        what = label(t("is on the card now"), "muted")
        figures = row(spacing=M)
        figures.addLayout(column(self._loaded, what, spacing=0))
        figures.addStretch(1)
        figures.addLayout(column(self._paid, self._number, spacing=0))
        self.column.addLayout(row(label(t("Finished"), "heading"), 0, self._paper))
        self.column.addLayout(figures)
        self.column.addWidget(self._bar)
        self.column.addWidget(self._lines)
        self.column.addStretch(1)

    def show_state(self, state: State) -> None:
        """Draw another state; without a receipt nothing."""
        t, made = self._look.t, state.receipt
        volume = made.volume if made and made.volume is not None else None
        self._loaded.setText(str(volume or (made.gas if made else "")))
        slip = made is not None and bool(made.order_id)
        self._paid.setText(_paid(made, t) if made else "")
        self._number.setText(_number(made, t) if made else "")
        tiers = state.facts.tiers if state.facts else ()
        known = made is not None and volume is not None and bool(tiers)
        before = made.year_before if made and volume else NO_GAS
        buying = made.year_after - before if made and volume else NO_GAS
        self._bar.show_state(TierBarState(tiers if known else (), before, buying))
        self._bar.setVisible(known)
        self._lines.show_receipt(made)
        words = {
            True: t("loading slip printed") if slip else t("receipt printed"),
            False: t("loading slip not printed") if slip else t("receipt not printed"),
        }
        self._paper.setVisible(state.paper is not None)
        if state.paper is not None:
            self._paper.show_state(words[state.paper], "ok" if state.paper else "warn")


def _paid(made: Receipt, t: Translator) -> str:
    if made.kind == LOADING_SLIP:
        return t("Paid online {money}", money=made.paid)
    if made.kind != RECEIPT:
        return t("No money was taken.")
    return t("Paid {money}", money=made.paid)


def _number(made: Receipt, t: Translator) -> str:
    if made.order_id:
        return t("Slip {number}", number=made.receipt_no)
    return t("Receipt {number}", number=made.receipt_no)
