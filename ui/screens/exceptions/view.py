"""The exceptions' view: what waits, the chosen row as a guide, and the keys that end it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cardstation.domain.exception_case import Act
from cardstation.domain.payment import GIVEN, WITHOUT_ASKING, Tender
from cardstation.domain.transitions import Direction
from cardstation.i18n import Translator
from cardstation.sentences import Sentence, of_error, sentence
from cardstation.services.intent.cases import Case
from cardstation.services.intent.meter_count import NOT_READ
from cardstation.services.settle_dispute import Finding
from ui.look import Look
from ui.parts.buttons import button
from ui.parts.footer import Footer
from ui.parts.guide import Guide, GuideStep
from ui.parts.meter_count import ask_meter_count
from ui.parts.paid_back import ask_paid_back
from ui.parts.problem import ProblemCards
from ui.parts.second_person import ask_second_person
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.two_people import ask_to_bring_back
from ui.parts.words import Pane
from ui.screens.batch.lists_state import Page
from ui.screens.batch.row_page import RowPage
from ui.screens.counter.wording import DUE_AGAIN
from ui.screens.exceptions.bag_keys import BagKeys, joined
from ui.screens.exceptions.model import ExceptionsModel
from ui.screens.exceptions.state import State
from ui.screens.exceptions.wizard import Wizard
from ui.screens.exceptions.wording import owner, short_due, subject, tone_of
from ui.theme import M

_BY_CENTRE = "No money leaves this desk: the centre pays it back the way it was paid online."
_WAS_READ = ("card_not_as_left", "paid_in_doubt")
"""Its card was read and could not tell; of everything else it has not been looked at."""


class ExceptionsView(QWidget):
    """What waits on the left, the way to its end on the right."""

    def __init__(self, model: ExceptionsModel, look: Look) -> None:
        super().__init__()
        self._model, self._look = model, look
        self._shown_key = ""
        t = look.t
        self._rows: Rows[Case] = Rows(_columns(t))
        self.table = Table(look, t("What waits"), self._rows)
        keys = BagKeys(self, look, model, lambda: self._chosen)
        self._buttons = joined(self._made_buttons(), keys.buttons())
        self.row_page = RowPage(model.here.row, look)
        self.wizard = Wizard(look, self._buttons)
        self._problem = ProblemCards(look)
        self._pages = QStackedWidget()
        calm = GuideStep("shield", t("Nothing waits"), t("Every sale and every card is finished."))
        for page in (Guide(look, [calm]), self._full(), self._problem, self.row_page):
            self._pages.addWidget(page)
        again = button(t("Look again"), model.look, key="F5")
        self._leave = button(t("Give up"), model.leave, key="Esc")
        hints = (t("↑ ↓ choose a row"), t("F1 all keys"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(M)
        outer.addWidget(self._pages, 1)
        self._footer = Footer(hints, (self._leave, again))
        outer.addWidget(self._footer)
        self.table.selectionModel().currentRowChanged.connect(lambda _new, _old: self._explain())
        model.changed.connect(self._changed)
        model.here.changed.connect(self._changed)
        self.show_state(model.state)

    def _full(self) -> QWidget:
        pane = Pane(self._look.theme, shadow=False, margin=6)
        pane.column.setContentsMargins(6, 6, 6, 6)
        pane.column.addWidget(WholeRows(self.table), 1)
        full = QWidget()
        body = QHBoxLayout(full)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addWidget(pane, 57)
        body.addWidget(_scrolled(self.wizard), 43)
        return full

    def show_state(self, state: State) -> None:
        """Draw another state."""
        items = state.items or ()
        chosen = self._chosen
        self._rows.show_items(items)
        here = self._model.here.state
        self.row_page.show_state(here)
        one_row = here.page is Page.ROW
        self._pages.setCurrentIndex(3 if one_row else 2 if state.problem else 1 if items else 0)
        self._footer.setVisible(not one_row)
        self._problem.show_sentence(_problem_words(state, self._look.t))
        keys = [item.key for item in items]
        lying = state.lying.key if state.lying else ""
        if lying in keys and lying != self._shown_key:
            self.table.select(keys.index(lying))
        elif chosen is not None and chosen.key in keys:
            self.table.select(keys.index(chosen.key))
        elif items:
            self.table.select(0)
        self._shown_key = lying
        self._leave.setVisible(state.wanted is not None and state.wanted.may_leave)
        self.table.setEnabled(state.wanted is None)
        self._explain()

    def _changed(self) -> None:
        self.show_state(self._model.state)

    @property
    def _chosen(self) -> Case | None:
        place = self.table.row
        return self._rows.items[place] if 0 <= place < len(self._rows.items) else None

    def _made_buttons(self) -> dict[Act, tuple[QPushButton, ...]]:
        t = self._look.t
        return {
            Act.ANSWER: (
                button(t("Yes, it is here"), lambda: self._answer(taken=True), key="F9"),
                button(t("No, not taken"), lambda: self._answer(taken=False), key="F10"),
            ),
            Act.SETTLE: (
                button(t("The load is there"), lambda: self._settle(Finding.LOADED), key="F9"),
                button(t("It is not there"), lambda: self._settle(Finding.NOT_LOADED), key="F10"),
            ),
            Act.WITHDRAW: (button(t("Withdraw"), self._withdraw, key="F4"),),
            Act.DISPUTE: (button(t("Dispute"), self._dispute, key="F8"),),
            Act.REFUND: (button(t("Refund (card needed)"), self._refund, key="F7"),),
            Act.PAY_OUT: (button(t("Pay out"), self._pay_out, key="F6"),),
            Act.TAKE_OFF: (button(t("Take the load off"), self._take_off, key="F4"),),
            Act.REJOIN: (button(t("Compare and go on"), self._rejoin, key="F11"),),
        }

    def _answer(self, *, taken: bool) -> None:
        if self._chosen is not None:
            self._model.answer(self._chosen.key, taken=taken)

    def _dispute(self) -> None:
        """A card that was read cannot tell; one that nobody can read any more is told about."""
        item, t = self._chosen, self._look.t
        if item is None:
            return
        what, note = t("The card was read and cannot tell what happened."), ""
        if item.code not in _WAS_READ:
            what = t("The card cannot end it: it is lost, broken or locked.")
            note = t("What became of the card")
        about = f"{item.money}  ·  {what}" if item.money is not None else what
        asked = ask_second_person(self, self._look, self._model.approver, about, note=note)
        if asked is not None:
            self._model.dispute(item, *asked)

    def _settle(self, finding: Finding) -> None:
        item, t = self._chosen, self._look.t
        if item is None:
            return
        way = self._model.approver
        if finding is Finding.LOADED:
            there = t("The load is on its card or in its meter; both have seen the proof.")
            note = t("What both saw: reading, photo, report")
            said = ask_second_person(self, self._look, way, there, note=note)
            if said is not None:
                self._model.settle(item, finding, said[1], said[0], NOT_READ)
            return
        gone = t("The load is neither on its card nor in its meter; both have seen the proof.")
        asked = ask_meter_count(self, self._look, way, gone, item.meter_no)
        if asked is not None:
            approval, proof, meter = asked
            self._model.settle(item, finding, proof, approval, meter)

    def _pay_out(self) -> None:
        item = self._chosen
        if item is not None:
            self._model.begin_pay_out(
                item, lambda doubtful: self._confirm_paid(item, doubtful=doubtful)
            )

    def _confirm_paid(self, item: Case, *, doubtful: bool) -> None:
        t = self._look.t
        what = t("The money is in the payer's hands.")
        if item.tender == Tender.BATCH.value:
            what = t("The money stays with the batch and goes back with its rest.")
        elif item.tender == Tender.ORDER.value:
            what = t(_BY_CENTRE)
        elif item.tender in GIVEN:
            what = t(DUE_AGAIN)
        note = t("What slip and till say") if doubtful else ""
        about = f"{item.money}  ·  {what}"
        way = self._model.approver
        receipt = item.direction == Direction.RETURN and item.tender not in WITHOUT_ASKING
        ask = ask_paid_back if receipt else ask_second_person
        asked = ask(self, self._look, way, about, note=note)
        if asked is not None:
            self._model.pay_out(item, *asked)

    def _rejoin(self) -> None:
        asked = ask_to_bring_back(self, self._look, self._model.approver)
        if asked is not None:
            self._model.rejoin(*asked)

    def _withdraw(self) -> None:
        if self._chosen is not None:
            self._model.withdraw(self._chosen)

    def _refund(self) -> None:
        item, t = self._chosen, self._look.t
        if item is None:
            return
        given = item.tender in GIVEN
        paid = t("The paid load is given up and its money is owed to the payer.")
        what = t(DUE_AGAIN) if given else paid
        money = f"{item.money}  ·  " if item.money is not None else ""
        asked = ask_second_person(self, self._look, self._model.approver, f"{money}{what}")
        if asked is not None:
            self._model.refund(item, asked[0])

    def _take_off(self) -> None:
        item, t = self._chosen, self._look.t
        if item is None:
            return
        what = t("The load comes off this card, and its money is owed to the payer.")
        note = t("Fitter's reading of the meter")
        asked = ask_second_person(self, self._look, self._model.approver, what, note=note)
        if asked is not None:
            self._model.take_off(item, *asked)

    def _explain(self) -> None:
        state = self._model.state
        listed = {item.key for item in state.items or ()}
        other = state.lying is not None and state.lying.key not in listed
        chosen = None if other or self._chosen is None else state.guided(self._chosen)
        self.wizard.show_case(chosen, free=state.wanted is None)


def _scrolled(wizard: Wizard) -> QScrollArea:
    """On a low screen with large letters the last step is reached by the wheel."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(wizard)
    return area


def _problem_words(state: State, t: Translator) -> Sentence | None:
    return of_error(state.problem.as_error(), t) if state.problem else None


def _columns(t: Translator) -> list[Column[Case]]:
    return [
        Column(t("What"), 0, lambda i: Cell(sentence(i.code, {}, t).brief, tone_of(i))),
        Column(t("Whose"), 150, lambda i: Cell(subject(i, t))),
        Column(t("Money"), 92, lambda i: Cell(str(i.money or "—")), right=True),
        Column(t("Due"), 106, lambda i: _due(i, t)),
        Column(t("Owner"), 92, lambda i: Cell(owner(i, t), quiet=True)),
    ]


def _due(item: Case, t: Translator) -> Cell:
    words = short_due(item, t)
    return Cell(words, "error") if item.overdue else Cell(words, quiet=True)
