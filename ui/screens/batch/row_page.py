"""One row in full: what was written, whom it means, what it buys; decided with the keyboard."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from cardstation.domain.matching import Candidate
from cardstation.sentences import brief, of_error, word
from ui.look import Look
from ui.messages import Problem
from ui.parts.buttons import button
from ui.parts.facts import Facts
from ui.parts.footer import Footer
from ui.parts.second_person import ask_second_person
from ui.parts.table import Cell, Column, Rows, Table
from ui.parts.tier_bar import TierBar, TierBarState
from ui.parts.words import Pane, label
from ui.screens.batch.arrears_dialog import Owing, ask_consent
from ui.screens.batch.lists_state import Ask, ListsState, RowState, may_reopen
from ui.screens.batch.row_model import RowModel
from ui.screens.batch.row_wording import ask_words, buys, household_facts, written_facts
from ui.theme import M

LETTERS = "SRUOAD"
"""Keys beside digits: skip, leave out, take back, order paid online, other account, debt."""


class KeyField(QLineEdit):
    """A field for figures; a letter is a key of the page, not a sign."""

    letter = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt asks."""
        text = event.text().upper()
        if text and text in LETTERS:
            self.letter.emit(text)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.returnPressed.emit()  # and no further: the page has an Enter of its own
        else:
            super().keyPressEvent(event)


class RowPage(QFrame):
    """Draws the row; the keys go to the candidates, the amount, or a reason."""

    def __init__(self, model: RowModel, look: Look) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._model, self._look, t = model, look, look.t
        model.second_needed.connect(self._ask_second)
        self._asked: Ask | None = None
        self._shown: tuple[int, Ask] | None = None
        self.setAccessibleName(t("One row"))
        self._written, self._home, self._price = Facts(8, spacing=5), Facts(10), Facts(5)
        self._why, self._warnings = label("", "error", wrap=True), label("", "warn", wrap=True)
        self._rows: Rows[tuple[int, Candidate]] = Rows(_columns(look))
        self.table = Table(look, t("Whom it may mean"), self._rows)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._grounds = label("", "muted", wrap=True)
        self._who = label("", "heading")
        self._ask_words = label("", "heading", wrap=True)
        self.field = KeyField()
        self.field.setAccessibleName(t("Amount"))
        self.field.setProperty("look", "amount")
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.letter.connect(self._letter)
        self.field.textEdited.connect(self._typed)
        self.field.returnPressed.connect(self._enter)
        self._problem = label("", "error", wrap=True)
        self._bar = TierBar(look)
        self._build()

    @property
    def focus_here(self) -> QWidget:
        """What gets the keys when the page is shown."""
        return self.field if self._asked in (Ask.AMOUNT, Ask.ACCOUNT) else self

    def show_state(self, _state: ListsState) -> None:
        """Draw another state."""
        state = self._model.state
        if state is None:
            self._forget()
            return
        t, detail = self._look.t, state.detail
        self._written.show_rows(written_facts(detail, t))
        self._why.setText("\n".join(f"·  {brief(code, t)}" for code in detail.line.reasons))
        self._warnings.setText("\n".join(f"·  {brief(code, t)}" for code in detail.warnings))
        self._rows.show_items(list(enumerate(detail.candidates, start=1)))
        self._who.setText(t("Whom it may mean") if detail.candidates else t("The household"))
        self.table.setVisible(bool(detail.candidates))
        self._home.setVisible(not detail.candidates)
        self._home.show_rows(household_facts(state, t))
        self._select(state)
        asked = ask_words(state, t)
        self._ask_words.setText(asked)
        self.field.setAccessibleName(asked or t("Amount"))
        self._price.show_rows(buys(state, t))
        self._show_bar(state)
        self._show_problem(state)
        self._show_field(state)
        for letter, made in self._keys.items():
            made.setVisible(self._may(letter, state))
        self._enter_button.setEnabled(state.ask is Ask.AMOUNT and state.quote is not None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt asks: digits pick, letters are keys."""
        text = event.text().upper()
        if text.isascii() and text.isdigit() and int(text):
            self._model.pick(int(text))
        elif text and text in LETTERS:
            self._letter(text)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        else:
            super().keyPressEvent(event)

    def _forget(self) -> None:
        for facts in (self._written, self._home, self._price):
            facts.show_rows(())
        for words in (self._why, self._warnings, self._problem, self._ask_words):
            words.clear()
        self._rows.show_items(())
        self.field.clear()
        self._bar.show_state(TierBarState())
        self._asked = self._shown = None

    def _select(self, state: RowState) -> None:
        """The picked household, and in full what speaks for it: a row of a table may be cut."""
        picked = state.picked
        self._grounds.clear()
        self._grounds.setVisible(bool(state.detail.candidates))
        for at, one in enumerate(state.detail.candidates):
            if picked is not None and one.household.account_no == picked.account_no:
                self.table.select(at)
                self._grounds.setText(f"{one.household.name}:  {_grounds(one, self._look).text}")
                return
        self.table.clearSelection()

    def _show_bar(self, state: RowState) -> None:
        quote, home = state.quote, state.picked
        tiers = state.tiers
        if quote is None or home is None or not tiers or quote.volume is None:
            self._bar.show_state(TierBarState())
        else:
            self._bar.show_state(TierBarState(tiers, quote.year_before, quote.volume))

    def _show_problem(self, state: RowState) -> None:
        said = ""
        if state.problem is not None:
            said = of_error(state.problem.as_error(), self._look.t).advice
        self._problem.setText(said)

    def _show_field(self, state: RowState) -> None:
        """The field holds what is asked for; the keys go there, or to the page."""
        self._asked = state.ask
        typed = state.ask in (Ask.AMOUNT, Ask.ACCOUNT)
        self.field.setVisible(typed)
        now = (state.detail.place, state.ask)
        if now != self._shown:
            self._shown = now
            t = self._look.t
            self.field.setAccessibleName(t("Amount") if state.ask is Ask.AMOUNT else t("Account"))
            self.field.setText(state.amount if state.ask is Ask.AMOUNT else "")
            self.field.selectAll()
            if self.isVisible():
                self.focus_here.setFocus()

    def _may(self, letter: str, state: RowState) -> bool:
        open_still = state.ask is not Ask.NOTHING
        return {
            "S": open_still,
            "R": open_still and state.ask is not Ask.REASON,
            "A": open_still and state.ask is not Ask.ACCOUNT,
            "O": state.ask is Ask.AMOUNT,
            "U": may_reopen(state.detail.line),
            "D": state.debtor is not None,
        }[letter]

    def _letter(self, letter: str) -> None:
        state = self._model.state
        if state is None or not self._may(letter, state):
            return
        acts = {
            "S": self._model.skip,
            "R": self._model.ask_reason,
            "A": self._model.ask_account,
            "O": self._model.take_order,
            "U": self._model.reopen,
            "D": self._pay_debt,
        }
        acts[letter]()

    def _pay_debt(self) -> None:
        def asked(owing: Owing) -> None:
            answer = ask_consent(self, self._look, owing)
            if answer is not None:
                self._model.pay_debt(*answer)

        self._model.ask_debt(asked)

    def _ask_second(self, problem: Problem) -> None:
        """Another household's money lies in the envelope: nobody gives it away alone."""
        what = of_error(problem.as_error(), self._look.t).what
        asked = ask_second_person(self, self._look, self._model.approver, what)
        if asked is not None:
            self._model.decide_with(asked[0])

    def _typed(self, text: str) -> None:
        if self._asked is Ask.AMOUNT:
            self._model.type_amount(text)

    def _enter(self) -> None:
        if self._asked is Ask.ACCOUNT:
            self._model.type_account(self.field.text())
        elif self._asked is Ask.AMOUNT:
            self._model.decide()

    def _build(self) -> None:
        look, t = self._look, self._look.t
        left, right = Pane(look.theme, shadow=False), Pane(look.theme, shadow=False)
        who = Pane(look.theme, shadow=False)
        who.column.addWidget(self._who)
        who.column.addWidget(self.table, 1)
        who.column.addWidget(self._grounds)
        who.column.addWidget(self._home)
        who.column.addStretch(0)
        for part in (label(t("As written"), "heading"), self._written, self._why, self._warnings):
            left.column.addWidget(part)
        left.column.addStretch(1)
        right.column.addWidget(self._ask_words)
        right.column.addWidget(self.field)
        right.column.addWidget(self._problem)
        right.column.addWidget(self._price)
        right.column.addStretch(1)
        right.column.addWidget(self._bar)
        panes = QHBoxLayout()
        panes.setSpacing(M)
        panes.addWidget(left, 20)
        panes.addWidget(who, 49)
        panes.addWidget(right, 28)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addLayout(panes, 1)
        body.addWidget(self._footer())

    def _footer(self) -> Footer:
        t, model = self._look.t, self._model
        words = {
            "U": t("Take decision back"),
            "D": t("Pay the debt"),
            "O": t("Paid online"),
            "A": t("Other account"),
            "R": t("Leave out"),
            "S": t("Skip"),
        }
        self._keys = {
            letter: button(said, partial(self._letter, letter), hint=letter)
            for letter, said in words.items()
        }
        back = button(t("Back"), model.step_back, key="Esc")
        self._enter_button = button(t("Decide"), model.decide, hint="Enter", look="primary")
        return Footer((), (*self._keys.values(), back, self._enter_button))


def _columns(look: Look) -> list[Column[tuple[int, Candidate]]]:
    t = look.t
    return [
        Column("", 34, lambda r: Cell(str(r[0]), ink="brand"), right=True),
        Column(t("Household"), 84, lambda r: Cell(r[1].household.name)),
        Column(t("Room"), 82, lambda r: Cell(r[1].household.address.door)),
        Column(t("Account"), 116, lambda r: Cell(r[1].household.account_no, quiet=True)),
        Column(t("What speaks for it"), 0, lambda r: _grounds(r[1], look)),
    ]


def _grounds(one: Candidate, look: Look) -> Cell:
    t = look.t
    parts = [word(f"ground.{name}", t) for name in one.agrees]
    parts += [t("{what} nearly", what=word(f"ground.{name}", t)) for name in one.partly]
    parts += [t("not {what}", what=word(f"ground.{name}", t)) for name in one.differs]
    return Cell(" · ".join(parts), ink="warn" if one.differs else "ok_words")
