"""The counter's view: three panes for a card, a guide without one, words for a problem."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from cardstation.sentences import of_error
from ui.look import Look
from ui.parts.buttons import button, press_key
from ui.parts.footer import Footer
from ui.parts.guide import Guide, GuideStep
from ui.parts.problem import ProblemCards, ProblemWords
from ui.parts.second_person import ask_second_person
from ui.parts.words import Pane
from ui.screens.counter.examined import ExaminedPage
from ui.screens.counter.issue_dialog import ask_whose_card
from ui.screens.counter.model import CounterModel
from ui.screens.counter.order_pane import OrderPane
from ui.screens.counter.outcome import OwedPane, QuestionPane, ResultPane
from ui.screens.counter.panels import CardPane, PersonPane, PurchasePane
from ui.screens.counter.state import Phase, State
from ui.theme import M

_PLACE = "Who it is, the meter and what stands on the card appear by themselves."
_TYPE = "In yuan or cubic metres; the price of every tier is shown at once."
_PRESS = "Take the money first. The card is written, read back and the receipt is printed."
_TAKE = "The screen is blank at once; nothing of the household stays."


class CounterView(QWidget):
    """Draws the counter's state and passes on what the operator does."""

    def __init__(self, model: CounterModel, look: Look) -> None:
        super().__init__()
        self._model, self._look = model, look
        self._person, self._card = PersonPane(look), CardPane(look)
        self._purchase = PurchasePane(look, model.state)
        self._result, self._owed = ResultPane(look), OwedPane(look)
        self._order = OrderPane(look)
        self._problem = ProblemWords(look)
        self._question = QuestionPane(look)
        self._examined = ExaminedPage(look)
        self._phase, self._offered = Phase.EMPTY, False
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
        self._order.show_state(state)
        offered = state.offer is not None
        problem = state.problem
        said = of_error(problem.as_error(), self._look.t) if problem else None
        known = state.household is not None
        self._problem.show_sentence(said, problem.tone if problem else "error")
        tone = "brand" if state.is_new_card else "error"
        self._lone.show_sentence(said if not known else None, tone)
        self._question.show_state(state)
        self._examined.show_state(state)
        told = {Phase.QUESTION: 3, Phase.EXAMINED: 4}.get(state.phase)
        self._pages.setCurrentIndex(told or (1 if known else 2 if problem else 0))
        right = {Phase.DONE: 3 if state.owed is not None else 1, Phase.STOPPED: 2}
        self._right.setCurrentIndex(right.get(state.phase, 4 if offered else 0))
        self._back.setVisible(state.may_take_back)
        examined = state.phase is Phase.EXAMINED
        selling = not offered and not examined and not state.may_issue
        for shown, here in ((self._confirm, selling), (self._load, offered)):
            shown.setEnabled(state.may_confirm)
            shown.setVisible(here)
        for made in (self._print, self._again):
            made.setVisible(examined)
        self._examine.setVisible(state.may_examine)
        self._issue.setVisible(state.may_issue)
        self._wipe.setVisible(state.may_wipe)
        self._else.setVisible(offered)
        self._clear.setVisible(selling)
        self._else.setEnabled(state.phase is Phase.READY)
        self._clear.setEnabled(state.phase is Phase.READY)
        self._aside.setVisible(state.may_lay_aside)
        self._foot.show_hints(self._hints(sale=not examined and not state.may_issue))
        if (state.phase, offered) != (self._phase, self._offered):
            self._phase, self._offered = state.phase, offered
            self._focus()

    def _hints(self, *, sale: bool) -> tuple[str, ...]:
        """What the keys do that no button shows; no sale to a blank or an examined card."""
        t = self._look.t
        of_sale = (t("F4 yuan or m³"), t("F2 or Enter confirms"))
        return (*(of_sale if sale else ()), t("F1 all keys"))

    def _focus(self) -> None:
        """The next thing to do has the focus."""
        if self._phase is Phase.READY and self._offered:
            self._order.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._phase is Phase.READY:
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

    def _issue_card(self) -> None:
        """Whose card it becomes is on an opening card, and is asked of a blank."""
        content = self._model.state.content
        if content is not None:
            self._model.issue(content.identity.account_no, content.identity.maker)
            return
        asked = ask_whose_card(self, self._look, self._model.makers)
        if asked is not None:
            self._model.issue(*asked)

    def _wipe_card(self) -> None:
        t = self._look.t
        what = t("This dead card becomes a blank again; nothing on it can be read afterwards.")
        note = t("Whose card it was, and why nobody needs it")
        asked = ask_second_person(self, self._look, self._model.approver, what, note=note)
        if asked is not None:
            self._model.wipe(*asked)

    def _other_unit(self) -> None:
        self._model.choose_unit("volume" if self._model.state.unit == "money" else "money")

    def _next_tender(self) -> None:
        tenders = self._model.state.tenders
        place = tenders.index(self._model.state.tender)
        self._model.choose_tender(tenders[(place + 1) % len(tenders)])

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
        for pane in (self._purchase, self._result, stopped, self._owed, self._order):
            self._right.addWidget(pane)
        line.addWidget(self._person, 3)
        line.addWidget(self._card, 3)
        line.addWidget(self._right, 5)
        self._lone = ProblemCards(self._look)
        for page in (self._guide(), card, self._lone, self._question, self._examined):
            self._pages.addWidget(page)
        self._confirm = button(
            t("Take money and write card"), self._model.confirm, key="F2", look="primary",
            hint="Enter",
        )  # fmt: skip
        self._load = button(
            t("Load the paid order"), self._model.confirm, key="F2", look="primary", hint="Enter"
        )
        self._clear = button(t("Clear"), self._model.clear, key="Esc")
        self._else = button(t("Sell something else"), self._model.clear, key="Esc")
        self._aside = button(t("Lay the card aside"), self._model.lay_aside, key="F8")
        self._back = button(t("Take the load back"), self._take_back, key="F7")
        self._examine = button(t("Examine the card"), self._model.examine, key="F5")
        self._again = button(t("Read the card again"), self._model.clear, key="Esc")
        self._print = button(
            t("Print the examination"), self._model.confirm, key="F2", look="primary", hint="Enter"
        )
        self._issue = button(t("Issue this card"), self._issue_card, key="F9", look="primary")
        self._wipe = button(t("Clear this card"), self._wipe_card, key="F10")
        doers = (
            self._aside,
            self._back,
            self._wipe,
            self._examine,
            self._clear,
            self._else,
            self._again,
        )
        chief = (self._issue, self._confirm, self._load, self._print)
        self._foot = Footer((), (*doers, *chief))
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addWidget(self._pages, 1)
        body.addWidget(self._foot)

    def _guide(self) -> Guide:
        t = self._look.t
        texts = (
            ("insert-card", t("Place the card"), t(_PLACE)),
            ("edit", t("Type the amount"), t(_TYPE)),
            ("ok", t("Press Enter"), t(_PRESS)),
            ("remove-card", t("Take the card"), t(_TAKE)),
        )
        return Guide(self._look, [GuideStep(*text) for text in texts])
