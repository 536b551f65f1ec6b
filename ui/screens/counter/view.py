"""The counter's view: three panes for a card, a guide without one, words for a problem."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from cardstation.domain.volume import NO_GAS
from cardstation.sentences import of_error, word
from ui.look import Look
from ui.parts.buttons import button, press_key
from ui.parts.footer import Footer
from ui.parts.guide import Guide, GuideStep
from ui.parts.problem import ProblemCards, ProblemWords
from ui.parts.second_person import ask_second_person
from ui.parts.tier_bar import TierBar, TierBarState
from ui.parts.words import Chip, Pane, column, label, row
from ui.screens.counter.model import CounterModel
from ui.screens.counter.panels import TENDERS, CardPane, PersonPane, PriceLines, PurchasePane
from ui.screens.counter.state import Phase, State
from ui.theme import M

_PLACE = "Who it is, the meter and what stands on the card appear by themselves."
_TYPE = "In yuan or cubic metres; the price of every tier is shown at once."
_PRESS = "Take the money first. The card is written, read back and the receipt is printed."
_PAY_OUT = "Give the money by the way it came, then choose the row under Exceptions and pay it out."
_TAKE = "The screen is blank at once; nothing of the household stays."


class CounterView(QWidget):
    """Draws the counter's state and passes on what the operator does."""

    def __init__(self, model: CounterModel, look: Look) -> None:
        super().__init__()
        self._model, self._look = model, look
        self._person, self._card = PersonPane(look), CardPane(look)
        self._purchase = PurchasePane(look, model.state)
        self._result, self._owed = ResultPane(look), OwedPane(look)
        self._problem = ProblemWords(look)
        self._question = QuestionPane(look)
        self._phase = Phase.EMPTY
        self._right = QStackedWidget()
        self._pages = QStackedWidget()
        self._build()
        self._connect()
        model.changed.connect(self._changed)
        self.show_state(model.state)

    def show_state(self, state: State) -> None:
        """Draw everything but the text being typed."""
        for pane in (self._person, self._card, self._purchase, self._result, self._owed):
            pane.show_state(state)
        problem = state.problem
        said = of_error(problem.as_error(), self._look.t) if problem else None
        known = state.household is not None
        self._problem.show_sentence(said, problem.tone if problem else "error")
        self._lone.show_sentence(said if not known else None)
        self._question.show_state(state)
        asked = state.phase is Phase.QUESTION
        self._pages.setCurrentIndex(3 if asked else 1 if known else 2 if problem else 0)
        right = {Phase.DONE: 3 if state.owed is not None else 1, Phase.STOPPED: 2}
        self._right.setCurrentIndex(right.get(state.phase, 0))
        self._back.setVisible(state.may_take_back)
        self._confirm.setEnabled(state.may_confirm)
        self._clear.setEnabled(state.phase is Phase.READY)
        self._aside.setVisible(state.may_lay_aside)
        if state.phase is not self._phase:
            self._phase = state.phase
            self._focus()

    def _focus(self) -> None:
        """The next thing to do has the focus."""
        if self._phase is Phase.READY:
            self._purchase.amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def _changed(self) -> None:
        self.show_state(self._model.state)

    def _connect(self) -> None:
        model, purchase = self._model, self._purchase
        purchase.typed.connect(model.type_amount)
        purchase.referred.connect(model.type_reference)
        purchase.unit_chosen.connect(model.choose_unit)
        purchase.tender_chosen.connect(model.choose_tender)
        press_key(self, "Return", model.confirm)
        press_key(self, "Enter", model.confirm)
        press_key(self, "F4", self._other_unit)
        press_key(self, "F6", self._next_tender)
        self._question.answered.connect(lambda taken: model.answer(taken=taken))

    def _take_back(self) -> None:
        t = self._look.t
        what = t("The load on this card is taken back; its money is owed to the payer.")
        note = t("Fitter's reading, only when the card cannot tell")
        asked = ask_second_person(self, self._look, self._model.approver, what, note=note)
        if asked is not None:
            self._model.take_back(*asked)

    def _other_unit(self) -> None:
        self._model.choose_unit("volume" if self._model.state.unit == "money" else "money")

    def _next_tender(self) -> None:
        place = TENDERS.index(self._model.state.tender)
        self._model.choose_tender(TENDERS[(place + 1) % len(TENDERS)])

    def _build(self) -> None:
        t = self._look.t
        card = QWidget()
        line = QHBoxLayout(card)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(M)
        for side in (self._person, self._card):
            side.setMaximumWidth(336)
        self._right.setMinimumWidth(400)
        stopped = Pane(self._look.theme, shadow=False)
        stopped.column.addWidget(self._problem)
        stopped.column.addStretch(1)
        for pane in (self._purchase, self._result, stopped, self._owed):
            self._right.addWidget(pane)
        line.addWidget(self._person, 3)
        line.addWidget(self._card, 3)
        line.addWidget(self._right, 5)
        self._lone = ProblemCards(self._look)
        for page in (self._guide(), card, self._lone, self._question):
            self._pages.addWidget(page)
        self._confirm = button(
            t("Take money and write card"), self._model.confirm, key="F2", look="primary",
            hint="Enter",
        )  # fmt: skip
        self._clear = button(t("Clear"), self._model.clear, key="Esc")
        self._aside = button(t("Lay the card aside"), self._model.lay_aside, key="F8")
        hints = (t("F4 yuan or m³"), t("F2 or Enter confirms"), t("F1 all keys"))
        self._back = button(t("Take the load back"), self._take_back, key="F7")
        foot = Footer(hints, (self._aside, self._back, self._clear, self._confirm))
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addWidget(self._pages, 1)
        body.addWidget(foot)

    def _guide(self) -> Guide:
        t = self._look.t
        texts = (
            ("insert-card", t("Place the card"), t(_PLACE)),
            ("edit", t("Type the amount"), t(_TYPE)),
            ("ok", t("Press Enter"), t(_PRESS)),
            ("remove-card", t("Take the card"), t(_TAKE)),
        )
        return Guide(self._look, [GuideStep(*text) for text in texts])


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
        told = label(t("is owed to the payer"), "muted")
        rest = label(t(_PAY_OUT), "words", wrap=True)
        rest.setAlignment(Qt.AlignmentFlag.AlignCenter)
        rest.setMinimumHeight(80)
        self.column.addStretch(1)
        for part in (label(t("Load taken back"), "heading"), self._money, told):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.column.addWidget(part)
        self.column.addWidget(rest)
        self.column.addStretch(1)

    def show_state(self, state: State) -> None:
        """Draw another state; without a debt nothing."""
        self._money.setText(str(state.owed) if state.owed is not None else "")


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
        self._paid.setText(t("Paid {money}", money=made.paid) if made else "")
        self._number.setText(t("Receipt {number}", number=made.receipt_no) if made else "")
        tiers = state.facts.tiers if state.facts else ()
        known = made is not None and volume is not None and bool(tiers)
        before, buying = (made.year_before, volume) if made and volume else (NO_GAS, NO_GAS)
        self._bar.show_state(TierBarState(tiers if known else (), before, buying))
        self._bar.setVisible(known)
        self._lines.show_receipt(made)
        words = {True: t("receipt printed"), False: t("receipt not printed")}
        self._paper.setVisible(state.paper is not None)
        if state.paper is not None:
            self._paper.show_state(words[state.paper], "ok" if state.paper else "warn")
