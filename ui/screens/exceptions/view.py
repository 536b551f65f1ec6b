"""The exceptions' view: a table, the chosen row in words, and the keys that answer it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.i18n import Field, Translator
from cardstation.sentences import sentence
from cardstation.services.settle_dispute import Finding
from ui.look import Look
from ui.parts.age import age, grouped
from ui.parts.buttons import button
from ui.parts.footer import Footer
from ui.parts.guide import Guide, GuideStep
from ui.parts.problem import ProblemWords
from ui.parts.second_person import ask_second_person
from ui.parts.table import Cell, Column, Rows, Table
from ui.parts.words import Pane
from ui.screens.exceptions.model import ExceptionsModel
from ui.screens.exceptions.state import Action, Item, Kind, State
from ui.theme import M

Confirmed = Callable[[Item, Approval], None]


class ExceptionsView(QWidget):
    """A table, and the chosen row in words."""

    def __init__(self, model: ExceptionsModel, look: Look) -> None:
        super().__init__()
        self._model, self._look = model, look
        t = look.t
        self._rows: Rows[Item] = Rows(_columns(t))
        self.table = Table(look, t("What waits"), self._rows)
        self._words = ProblemWords(look)
        pane = Pane(look.theme, shadow=False, margin=6)
        pane.column.setContentsMargins(6, 6, 6, 6)
        pane.column.addWidget(self.table, 1)
        full = QWidget()
        body = QVBoxLayout(full)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addWidget(pane, 1)
        body.addWidget(self._words)
        self._pages = QStackedWidget()
        calm = GuideStep("shield", t("Nothing waits"), t("Every sale and every card is finished."))
        self._pages.addWidget(Guide(look, [calm]))
        self._pages.addWidget(full)
        self._buttons = self._made_buttons()
        again = button(t("Look again"), model.look, key="F5", look="primary")
        self._leave = button(t("Give up"), model.leave, key="Esc")
        hints = (t("↑ ↓ choose a row"), t("F1 all keys"))
        doers = (one for made in self._buttons.values() for one in made)
        foot = Footer(hints, (*doers, self._leave, again))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(M)
        outer.addWidget(self._pages, 1)
        outer.addWidget(foot)
        self.table.selectionModel().currentRowChanged.connect(lambda _new, _old: self._explain())
        model.changed.connect(self._changed)
        self.show_state(model.state)

    def show_state(self, state: State) -> None:
        """Draw another state."""
        items = state.items or ()
        chosen = self._chosen
        self._rows.show_items(items)
        self._pages.setCurrentIndex(1 if items else 0)
        keys = [item.key for item in items]
        if chosen is not None and chosen.key in keys:
            self.table.select(keys.index(chosen.key))
        elif items and self.table.row < 0:
            self.table.select(0)
        self._leave.setVisible(state.wanted is not None)
        self.table.setEnabled(state.wanted is None)
        self._explain()

    def _changed(self) -> None:
        self.show_state(self._model.state)

    @property
    def _chosen(self) -> Item | None:
        place = self.table.row
        return self._rows.items[place] if 0 <= place < len(self._rows.items) else None

    def _made_buttons(self) -> dict[Action, tuple[QPushButton, ...]]:
        t, model = self._look.t, self._model
        self._paid = t("The money is in the payer's hands.")
        what = {
            Action.REFUND: t("The paid load is given up and its money is owed to the payer."),
            Action.PAY_OUT: self._paid,
            Action.DISPUTE: t("The card was read and cannot tell what happened."),
            Action.REJOIN: t("This station was restored: compare it with the ledger and go on."),
        }

        def two(action: Action, words: str, key: str, do: Confirmed) -> tuple[QPushButton, ...]:
            return (button(words, lambda: self._with_two(what[action], do), key=key),)

        return {
            Action.ANSWER: (
                button(t("No, not taken"), lambda: self._answer(taken=False), key="F10"),
                button(t("Yes, it is here"), lambda: self._answer(taken=True), key="F9"),
            ),
            Action.SETTLE: (
                button(t("It is not there"), lambda: self._settle(Finding.NOT_LOADED), key="F10"),
                button(t("The load is there"), lambda: self._settle(Finding.LOADED), key="F9"),
            ),
            Action.WITHDRAW: (button(t("Withdraw"), self._withdraw, key="F4"),),
            Action.DISPUTE: two(Action.DISPUTE, t("Dispute"), "F8", model.dispute),
            Action.REFUND: two(Action.REFUND, t("Refund"), "F7", model.refund),
            Action.PAY_OUT: two(Action.PAY_OUT, t("Pay out"), "F6", model.pay_out),
            Action.REJOIN: two(
                Action.REJOIN,
                t("Compare and go on"),
                "F11",
                lambda _item, approval: model.rejoin(approval),
            ),
        }

    def _answer(self, *, taken: bool) -> None:
        if self._chosen is not None:
            self._model.answer(self._chosen.key, taken=taken)

    def _settle(self, finding: Finding) -> None:
        item, t = self._chosen, self._look.t
        if item is None:
            return
        there = t("The load is on its card or in its meter; both have seen the proof.")
        gone = t("The load is neither on its card nor in its meter; both have seen the proof.")
        what = there if finding is Finding.LOADED else gone
        note = t("What both saw: reading, photo, report")
        asked = ask_second_person(self, self._look, self._model.approver, what, note=note)
        if asked is not None:
            self._model.settle(item, finding, asked[1], asked[0])

    def _withdraw(self) -> None:
        if self._chosen is not None:
            self._model.withdraw(self._chosen)

    def _with_two(self, what: str, do: Confirmed) -> None:
        item = self._chosen
        if item is None:
            return
        if what == self._paid and item.tender == Tender.BATCH.value:
            what = self._look.t("The money stays with the batch and goes back with its rest.")
        money = f"{item.money}  ·  " if item.money is not None else ""
        asked = ask_second_person(self, self._look, self._model.approver, f"{money}{what}")
        if asked is not None:
            do(item, asked[0])

    def _explain(self) -> None:
        item = self._chosen
        free = self._model.state.wanted is None
        actions = item.actions if item is not None and free else ()
        for action, made in self._buttons.items():
            for one in made:
                one.setVisible(action in actions)
        if item is None:
            self._words.show_sentence(None)
            return
        fields: dict[str, Field] = {
            "card_no": item.card_no,
            "row": item.row,
            "batch_id": item.batch_id,
            "fen": item.money.fen if item.money else None,
            "seq": item.seq,
        }
        said = sentence(item.code, fields, self._look.t)
        self._words.show_sentence(said, _tone(item))


def _tone(item: Item) -> str:
    return "warn" if item.kind is Kind.ENTRY else "error"


def _columns(t: Translator) -> list[Column[Item]]:
    return [
        Column(t("What"), 0, lambda i: Cell(sentence(i.code, {}, t).brief, _tone(i))),
        Column(t("Household"), 200, lambda i: Cell(i.who or "—")),
        Column(t("Card"), 176, lambda i: Cell(grouped(i.card_no), quiet=True)),
        Column(t("Batch"), 176, lambda i: Cell(_place(i, t), quiet=True)),
        Column(t("Money"), 110, lambda i: Cell(str(i.money or "—")), right=True),
        Column(t("Age"), 90, lambda i: Cell(_age(i, t)), right=True),
        Column(t("Owner"), 130, lambda i: Cell(_owner(i, t), quiet=True)),
    ]


def _age(item: Item, t: Translator) -> str:
    return "—" if item.age_min is None else age(item.age_min, t)


def _owner(item: Item, t: Translator) -> str:
    nobody = {Kind.VERDICT: t("supervisor"), Kind.ENTRY: t("the centre")}
    return item.owner or nobody.get(item.kind, "—")


def _place(item: Item, t: Translator) -> str:
    if item.kind is Kind.ENTRY:
        return t("entry {seq}", seq=item.seq)
    if item.kind is Kind.VERDICT:
        return t("whole station")
    if item.origin:
        return t("from {station}", station=item.origin)
    if not item.batch_id:
        return t("Counter")
    return f"{item.batch_id} #{item.row}" if item.row else item.batch_id
