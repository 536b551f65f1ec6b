"""The page's view: who it is on the left; services, form and outcome on the right."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from cardstation.domain.shift import Approval
from ui.look import Look
from ui.parts.buttons import button, press_key
from ui.parts.footer import Footer
from ui.parts.second_person import SecondPerson, ask_second_person
from ui.screens.household.choosing import ActButton, ActsPage, FoundPage
from ui.screens.household.form import FormPage
from ui.screens.household.history import HistoryPage
from ui.screens.household.model import HouseholdModel
from ui.screens.household.outcome import OutcomePage
from ui.screens.household.person import PersonSide
from ui.screens.household.state import Phase, State
from ui.screens.household.wording import whose
from ui.theme import M


class HouseholdView(QWidget):
    """Draws the page's state and passes on what the operator does."""

    def __init__(self, model: HouseholdModel, look: Look) -> None:
        super().__init__()
        self._model, self._look = model, look
        self.person, self.acts = PersonSide(look), ActsPage(look, model.acts)
        self.found, self.form = FoundPage(look), FormPage(look, model.tools.services)
        self.outcome, self.history = OutcomePage(look), HistoryPage(look)
        self._right = QStackedWidget()
        for page in (self.acts, self.found, self.form, self.outcome, self.history):
            self._right.addWidget(page)
        self._shown: tuple[object, ...] = ()
        self._build()
        self._connect()
        self.show_state(model.state)

    def show_state(self, state: State) -> None:
        """Draw another state."""
        self._right.setCurrentWidget(self._page(state))
        self.person.show_state(state)
        self.acts.show_facts(state.facts)
        self.found.show_found(state.found)
        self.form.show_state(state)
        self.outcome.show_state(state)
        self.history.show_state(state)
        form, done = state.phase is Phase.FORM, state.phase is Phase.DONE
        blank = state == State() or state.phase is Phase.PULLED
        self._do.setVisible(form)
        self._do.setEnabled(not state.preview or state.may_confirm)
        self._next.setVisible(done)
        self._back.setVisible(not done and not blank and state.phase is not Phase.WORKING)
        self._aside.setVisible(self._model.may_lay_aside)
        known = state.facts.of is not None
        self._past.setVisible(known and state.phase is Phase.CHOOSE)
        self._print.setVisible(state.phase is Phase.HISTORY)
        self._print.setEnabled(self.history.may_print)
        here = (state.phase, state.act, state.account_no, bool(state.found))
        if here != self._shown:
            self._shown = here
            self._close_second_person()
            self._focus(state)

    def showEvent(self, event: QShowEvent) -> None:
        """Whoever comes here may type at once."""
        super().showEvent(event)
        self._focus(self._model.state)

    def focus_search(self) -> None:
        """F3: look for somebody."""
        self.person.field.setFocus()
        self.person.field.selectAll()

    def _page(self, state: State) -> QWidget:
        if state.phase is Phase.FORM:
            return self.form
        if state.phase is Phase.HISTORY:
            return self.history
        if state.phase in (Phase.CHOOSE, Phase.PULLED):
            return self.found if state.found else self.acts
        return self.outcome

    def _focus(self, state: State) -> None:
        """The next thing to do has the focus."""
        if state.phase is Phase.FORM:
            self.form.focus(state)
        elif state.phase is Phase.HISTORY:
            self.history.table.setFocus()
        elif state.found:
            self.found.table.setFocus()
        elif state.phase is Phase.CHOOSE and state.facts.of is not None:
            self.acts.focus()
        elif state.phase is Phase.DONE:
            self._next.setFocus()
        elif state.phase is Phase.CHOOSE:
            self.person.field.setFocus()

    def _enter(self) -> None:
        """Enter does what has the focus, or goes on with the form."""
        state, here = self._model.state, self.focusWidget()
        if here is self.person.field:
            self._model.find(self.person.field.text())
        elif state.phase is Phase.FORM:
            self._confirm()
        elif state.phase is Phase.DONE:
            self._model.back()
        elif state.phase is Phase.HISTORY:
            self._print_again()
        elif state.found:
            self.found.take()
        elif isinstance(here, ActButton):
            here.click()

    def _print_again(self) -> None:
        self._model.open_line(self.history.table.row)

    def _confirm(self) -> None:
        model = self._model
        if not model.confirm():
            self.form.focus(model.state)
            return
        act, approval = model.state.act, None
        if act is not None and act.two:
            approval = self._second_person()
            if approval is None:
                return
        model.go(approval)

    def _second_person(self) -> Approval | None:
        """They read for whom and what will happen; the sheet goes when the household does."""
        state, t, way = self._model.state, self._look.t, self._model.tools.approver
        title = t(state.act.title) if state.act is not None else ""
        what = "\n".join((title, *(one.in_words(t) for one in state.preview)))
        asked = ask_second_person(self, self._look, way, what, whom=whose(state))
        return asked[0] if asked is not None else None

    def _close_second_person(self) -> None:
        for sheet in self.findChildren(SecondPerson):
            sheet.reject()

    def _may_print(self) -> None:
        self._print.setEnabled(self.history.may_print)

    def _changed(self) -> None:
        self.show_state(self._model.state)

    def _connect(self) -> None:
        model = self._model
        model.changed.connect(self._changed)
        self.acts.chosen.connect(model.choose)
        self.found.chosen.connect(model.take)
        self.history.chosen.connect(model.open_line)
        rows = self.history.table.selectionModel()
        rows.currentRowChanged.connect(lambda _now, _old: self._may_print())
        self.form.typed.connect(model.type)
        press_key(self, "Return", self._enter)
        press_key(self, "Enter", self._enter)
        press_key(self, "F3", self.focus_search)

    def _build(self) -> None:
        t, model = self._look.t, self._model
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(M)
        line.addWidget(self.person)
        line.addWidget(self._right, 1)
        self._back = button(t("Back"), model.back, key="Esc")
        self._next = button(t("Go on"), model.back, key="Esc", hint="Enter", look="primary")
        self._aside = button(t("Lay the card aside"), model.lay_aside, key="F8")
        self._do = button(t("Do it"), self._confirm, key="F2", hint="Enter", look="primary")
        self._past = button(t("What was done"), model.look_back, key="F7")
        self._print = button(
            t("Print the receipt again"), self._print_again, key="F2", hint="Enter", look="primary"
        )
        hints = (t("F3 find a household"), t("F1 all keys"))
        doers = (self._aside, self._past, self._back)
        foot = Footer(hints, (*doers, self._print, self._next, self._do))
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addLayout(line, 1)
        body.addWidget(foot)
