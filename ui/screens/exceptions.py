"""Exceptions: what is begun and not finished, with its age and the next step in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from cardstation.domain.batch import LineState
from cardstation.domain.money import Money
from cardstation.errors import CardStationError
from cardstation.i18n import Field, Translator
from cardstation.sentences import sentence
from cardstation.services.batch_state import BatchState
from cardstation.services.intent.opened import OpenIntent
from ui.card_place import CardTaker
from ui.look import Look
from ui.parts.banner import BannerState
from ui.parts.buttons import button
from ui.parts.footer import Footer
from ui.parts.guide import Guide, GuideStep
from ui.parts.problem import ProblemWords
from ui.parts.table import Cell, Column, Rows, Table
from ui.parts.words import Pane
from ui.screens.kind import Screen, Tools
from ui.theme import M

QUESTION = "payment_question"
"""The code of what a human answers here."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits.

    Attributes:
        intent_id: Of what is open, empty for a stopped line.
        code: Why. who: Name and room, or the card number. owner: Who has to act.
    """

    intent_id: str
    code: str
    who: str
    card_no: str
    batch_id: str
    row: int
    money: Money | None
    since: datetime
    age_min: int
    owner: str


@dataclass(frozen=True, slots=True)
class State:
    """What waits, the oldest first; None = not looked up yet."""

    items: tuple[Item, ...] | None = None


class ExceptionsModel(QObject):
    """Owns the list."""

    changed = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self._state = State()

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    def look(self) -> None:
        """Look everything up again."""
        self._tools.desk.ask(self._found, self._seen, self._refused)

    def answer(self, intent_id: str, *, taken: bool) -> None:
        """A human's answer: was the money taken?"""

        def told() -> None:
            self._tools.services.answer_payment(intent_id, taken)

        self._tools.desk.ask(told, lambda _none: self.look(), self._refused)

    def _found(self) -> tuple[Item, ...]:
        services = self._tools.services
        now = services.now()
        items = [_of_intent(one, services.clerk) for one in services.open_intents()]
        known = {(item.batch_id, item.row) for item in items if item.batch_id}
        for batch in services.batches():
            items += [
                item
                for item in _of_batch(batch, services.clerk, now)
                if (item.batch_id, item.row) not in known
            ]
        return tuple(sorted(items, key=lambda item: -item.age_min))

    def _seen(self, items: tuple[Item, ...]) -> None:
        if items != self._state.items:
            self._state = State(items)
            self.changed.emit()

    def _refused(self, error: CardStationError) -> None:
        self._tools.board.tell(error)


def _of_intent(one: OpenIntent, owner: str) -> Item:
    return Item(
        intent_id=one.intent_id,
        code=one.code,
        who="",
        card_no=one.card_no,
        batch_id=one.batch_id,
        row=one.row,
        money=one.money,
        since=one.since,
        age_min=one.age_min,
        owner=owner,
    )


def _of_batch(found: BatchState, owner: str, now: datetime) -> list[Item]:
    """Lines whose card was stopped, or whose load is not certain."""
    batch = found.batch
    age_min = max(0, int((now - batch.imported_at).total_seconds() // 60))
    return [
        Item(
            intent_id="",
            code=one.reason,
            who=f"{one.line.name}  {one.line.door}",
            card_no=one.line.card_no,
            batch_id=batch.batch_id,
            row=one.line.row.row,
            money=one.line.money,
            since=batch.imported_at,
            age_min=age_min,
            owner=owner,
        )
        for one in found.outcomes
        if one.state in (LineState.STOPPED, LineState.UNKNOWN)
    ]


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
        again = button(t("Look again"), model.look, key="F5", look="primary")
        self._yes = button(t("Yes, it is here"), self._taken, key="F9")
        self._no = button(t("No, not taken"), self._not_taken, key="F10")
        hints = (t("↑ ↓ choose a row"), t("F1 all keys"))
        foot = Footer(hints, (self._no, self._yes, again))
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
        self._rows.show_items(items)
        self._pages.setCurrentIndex(1 if items else 0)
        if items and self.table.row < 0:
            self.table.select(0)
        self._explain()

    def _changed(self) -> None:
        self.show_state(self._model.state)

    @property
    def _chosen(self) -> Item | None:
        place = self.table.row
        return self._rows.items[place] if 0 <= place < len(self._rows.items) else None

    def _taken(self) -> None:
        if self._chosen is not None:
            self._model.answer(self._chosen.intent_id, taken=True)

    def _not_taken(self) -> None:
        if self._chosen is not None:
            self._model.answer(self._chosen.intent_id, taken=False)

    def _explain(self) -> None:
        item = self._chosen
        asked = item is not None and item.code == QUESTION and bool(item.intent_id)
        self._yes.setVisible(asked)
        self._no.setVisible(asked)
        if item is None:
            self._words.show_sentence(None)
            return
        fields: dict[str, Field] = {
            "card_no": item.card_no,
            "row": item.row,
            "batch_id": item.batch_id,
            "fen": item.money.fen if item.money else None,
        }
        said = sentence(item.code, fields, self._look.t)
        self._words.show_sentence(said, "error")


def _columns(t: Translator) -> list[Column[Item]]:
    return [
        Column(t("What"), 0, lambda i: Cell(sentence(i.code, {}, t).brief, "error")),
        Column(t("Household"), 200, lambda i: Cell(i.who or "—")),
        Column(t("Card"), 176, lambda i: Cell(_grouped(i.card_no), quiet=True)),
        Column(t("Batch"), 176, lambda i: Cell(_place(i, t), quiet=True)),
        Column(t("Money"), 110, lambda i: Cell(str(i.money or "—")), right=True),
        Column(t("Age"), 110, lambda i: Cell(age(i.age_min, t)), right=True),
        Column(t("Owner"), 120, lambda i: Cell(i.owner, quiet=True)),
    ]


def age(minutes: int, t: Translator) -> str:
    """How long something waits, in the largest unit that fits."""
    if minutes < 60:
        return t("{n} min", n=minutes)
    if minutes < 48 * 60:
        return t("{n} h", n=minutes // 60)
    return t("{n} days", n=minutes // (24 * 60))


def _place(item: Item, t: Translator) -> str:
    if not item.batch_id:
        return t("Counter")
    return f"{item.batch_id} #{item.row}" if item.row else item.batch_id


def _grouped(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4)) or "—"


class ExceptionsScreen:
    """See `OpenScreen`."""

    taker: CardTaker | None = None
    holds_cards = False

    def __init__(self, tools: Tools) -> None:
        self.model = ExceptionsModel(tools)
        self.model.look()

    @property
    def changed(self) -> SignalInstance:
        """See `OpenScreen`."""
        return self.model.changed

    @property
    def badge(self) -> int:
        """See `OpenScreen`."""
        return len(self.model.state.items or ())

    def subtitle(self, t: Translator) -> str:
        """See `OpenScreen`."""
        return t("Begun and not finished: {n}", n=self.badge)

    def banner(self, t: Translator) -> BannerState | None:
        """See `OpenScreen`."""
        return None

    def shown(self) -> None:
        """See `OpenScreen`."""
        self.model.look()

    def look_round(self) -> None:
        """See `OpenScreen`."""
        self.model.look()

    def view(self, look: Look) -> QWidget:
        """See `OpenScreen`."""
        return ExceptionsView(self.model, look)


SCREEN = Screen("exceptions", "Exceptions", "Exceptions", "exceptions", ExceptionsScreen)
