"""At the door: a card in the reader or a typed number adds its household, with its amount."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from cardstation.domain.batch import LineOutcome
from cardstation.domain.money import NO_MONEY
from cardstation.sentences import of_error
from ui.look import Look
from ui.parts.buttons import button
from ui.parts.facts import Fact, Facts
from ui.parts.footer import Footer
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.words import Pane, label
from ui.screens.batch.lists_model import ListsModel
from ui.screens.batch.lists_state import ListsState
from ui.screens.batch.wording import state_pill
from ui.theme import M


class DoorPage(QWidget):
    """Draws the card in hand and the list so far, the newest row first."""

    def __init__(self, model: ListsModel, look: Look) -> None:
        super().__init__()
        self._model, self._look, t = model, look, look.t
        self._title = label("", "name", wrap=True)
        self._facts = Facts(5, spacing=6)
        self.number, self.amount = QLineEdit(), QLineEdit()
        self.number.setAccessibleName(t("Account or card number"))
        self.number.setPlaceholderText(t("Insert a card, or scan or type a number"))
        self.amount.setAccessibleName(t("Amount"))
        self.amount.setProperty("look", "amount")
        self.amount.setPlaceholderText(t("later"))
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        for field in (self.number, self.amount):
            field.returnPressed.connect(self._enter)
        self._problem = label("", "error", wrap=True)
        self._sum = label("", "heading")
        self._rows: Rows[LineOutcome] = Rows(_columns(look))
        self.table = Table(look, t("Rows of the list"), self._rows)
        self._in_hand = ""
        model.door.refused.connect(self._give_back)
        self._build()

    @property
    def focus_here(self) -> QWidget:
        """What gets the keys when the page is shown."""
        return self.number

    def show_state(self, state: ListsState) -> None:
        """Draw another state."""
        t, door = self._look.t, self._model.door.state
        home = door.household
        lines = state.standing.outcomes if state.standing else ()
        counting = [one for one in lines if not one.line.withdrawn]
        self._rows.show_items(list(reversed(counting)))
        total = sum((one.line.money or NO_MONEY for one in counting), NO_MONEY)
        self._sum.setText(t("{n} households, {money}", n=len(counting), money=total))
        self._title.setText(home.name if home else (t("Reading the card") if door.reading else ""))
        facts: list[Fact] = []
        if home is not None:
            facts = [
                (t("Room"), f"{home.address.community}  {home.address.door}"),
                (t("Account"), home.account_no),
                (t("Card"), home.card_no),
            ]
            if home.arrears.fen:
                facts.append((t("Arrears, taken only with consent"), str(home.arrears), "warn"))
        self._facts.show_rows(facts)
        said = of_error(door.problem.as_error(), t) if door.problem else None
        self._problem.setText(said.advice if said else "")
        self.number.setVisible(home is None)
        in_hand = home.account_no if home else ""
        if in_hand != self._in_hand:
            self._in_hand = in_hand
            self.amount.clear()
            self.number.clear()
            if self.isVisible():
                (self.amount if in_hand else self.number).setFocus()

    def _enter(self) -> None:
        """From the number on to the amount; from the amount onto the list."""
        if self.number.hasFocus() and self.number.text().strip() and not self._in_hand:
            self.amount.setFocus()
            return
        number, amount = self.number.text(), self.amount.text()
        self.number.clear()
        self.amount.clear()
        if not self._in_hand:
            self.number.setFocus()
        self._model.door.add(number, amount)

    def _give_back(self, number: str, amount: str) -> None:
        """What was not taken stands in its fields again, where nothing else was typed since."""
        if not self.number.text() and not self.amount.text():
            for field, text in ((self.number, number), (self.amount, amount)):
                field.setText(text)
                field.selectAll()

    def _build(self) -> None:
        look, t = self._look, self._look.t
        left, right = Pane(look.theme, shadow=False), Pane(look.theme, shadow=False, margin=6)
        left.column.addWidget(label(t("At the door"), "heading"))
        for part in (self._title, self._facts, self.number):
            left.column.addWidget(part)
        left.column.addWidget(label(t("Amount in yuan, empty = left for later"), "small"))
        left.column.addWidget(self.amount)
        left.column.addWidget(self._problem)
        left.column.addStretch(1)
        right.column.setContentsMargins(6, 12, 6, 6)
        self._sum.setContentsMargins(10, 0, 10, 0)
        right.column.addWidget(self._sum)
        right.column.addWidget(WholeRows(self.table), 1)
        panes = QHBoxLayout()
        panes.setSpacing(M)
        panes.addWidget(left, 2)
        panes.addWidget(right, 3)
        back = button(t("Back"), self._model.close, key="Esc")
        add = button(t("Add"), self._enter, hint="Enter", look="primary")
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addLayout(panes, 1)
        hints = (t("A card taken out before Enter is added, its amount left for later"),)
        body.addWidget(Footer(hints, (back, add)))


def _columns(look: Look) -> list[Column[LineOutcome]]:
    t = look.t
    return [
        Column("#", 46, lambda r: Cell(str(r.line.row.row), quiet=True), right=True),
        Column(t("Household"), 130, lambda r: Cell(r.line.name)),
        Column(t("Room"), 0, lambda r: Cell(r.line.door)),
        Column(t("Amount"), 110, lambda r: Cell(str(r.line.money or t("later"))), right=True),
        Column(t("State"), 164, lambda r: state_pill(r, t, writing=False)),
    ]
