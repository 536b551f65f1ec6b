"""The lists taken in so far, and the key to take in another."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from cardstation.domain.batch import LineOutcome
from cardstation.domain.batch_life import Stage
from cardstation.i18n import Translator
from cardstation.sentences import word
from cardstation.services.batch_list import ListedBatch
from cardstation.services.batch_state import BatchState, money_open
from ui.look import Look
from ui.parts.buttons import button
from ui.parts.footer import Footer
from ui.parts.guide import Guide, GuideStep
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.words import Pane, restyle
from ui.screens.batch.custody_trace import TraceDialog
from ui.screens.batch.lists_model import ListsModel
from ui.screens.batch.lists_state import needs_person
from ui.screens.batch.model import BatchModel
from ui.screens.batch.state import State, counted
from ui.screens.batch.wording import exceptions_of
from ui.theme import M

_IMPORT = "Excel or CSV as it was sent; every row is matched and priced before a card is touched."
_PAY = "Who pays signs the quote; the money pays for whole rows, in the signed order."
_RUN = "Seal and cards are checked as the bag comes; then card after card, in any order."
_BACK = "A hand-over sheet by building, unit and room; a new seal, a signature."


class ListPage(QWidget):
    """Draws the lists, or how it goes when there are none."""

    def __init__(self, model: BatchModel, lists: ListsModel, look: Look) -> None:
        super().__init__()
        self._model, self._look, t = model, look, look.t
        self._rows: Rows[ListedBatch] = Rows(_columns(t))
        self.table = Table(look, t("Lists"), self._rows)
        self.table.opened.connect(self._open)
        self.table.selectionModel().currentRowChanged.connect(lambda new, _old: self._choose(new))
        pane = Pane(look.theme, shadow=False, margin=6)
        pane.column.setContentsMargins(6, 6, 6, 6)
        pane.column.addWidget(WholeRows(self.table))
        texts = (
            ("sheet", t("Take in the list"), t(_IMPORT)),
            ("money", t("Quote and money"), t(_PAY)),
            ("batch", t("Bag and cards"), t(_RUN)),
            ("receipt", t("Give the bag back"), t(_BACK)),
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(Guide(look, [GuideStep(*text) for text in texts]))
        self._pages.addWidget(pane)
        self._take = button(t("Take in a list"), model.import_list, key="F3")
        self._show = button(t("Open"), lambda: self._open(self.table.row), hint="Enter")
        paste = button(t("Paste chat text"), lists.paste, key="F2")
        door = button(t("At the door"), lambda: lists.open_door(t("Door list")), key="F12")
        trace = button(t("Whose bag is it?"), self._trace, key="F10")
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addWidget(self._pages, 1)
        hints = (t("F3 take in a list"), t("Enter opens"), t("F1 all keys"))
        body.addWidget(Footer(hints, (trace, door, paste, self._show, self._take)))

    def _choose(self, chosen: QModelIndex | QPersistentModelIndex) -> None:
        if chosen.isValid():
            self._model.choose(self._rows.items[chosen.row()].found.batch.batch_id)

    def _trace(self) -> None:
        dialog = TraceDialog(self, self._look, self._model.bag)
        dialog.exec()
        dialog.deleteLater()

    def show_state(self, state: State) -> None:
        """Draw another state."""
        known = state.batches or ()
        self._rows.show_items(known)
        self._pages.setCurrentIndex(1 if known else 0)
        self._show.setEnabled(bool(known))
        self._take.setEnabled(not state.busy)
        goes_on = state.listed is not None and state.listed.found.stage is not Stage.CLOSED
        restyle(self._show, "look", "primary" if goes_on else "")
        restyle(self._take, "look", "" if goes_on else "primary")
        if known and self.table.row < 0:
            self.table.select(0)

    def _open(self, place: int) -> None:
        if 0 <= place < len(self._rows.items):
            self._model.open(self._rows.items[place].found.batch.batch_id)


def _columns(t: Translator) -> list[Column[ListedBatch]]:
    return [
        Column(t("Batch"), 178, lambda b: Cell(b.found.batch.batch_id, quiet=True)),
        Column(t("List"), 0, lambda b: Cell(b.found.batch.name)),
        Column(t("Taken in"), 104, lambda b: Cell(_moment(b.found), quiet=True)),
        Column(t("Rows"), 64, lambda b: Cell(str(len(_live(b.found)))), right=True),
        Column(t("To check"), 86, lambda b: Cell(_some(_to_check(b.found))), right=True),
        Column(t("Not possible"), 104, lambda b: Cell(_some(_not_possible(b.found))), right=True),
        Column(t("Received"), 116, lambda b: Cell(str(b.found.money.received)), right=True),
        Column(t("Finished"), 90, lambda b: Cell(_done(b.found)), right=True),
        Column(t("Stage"), 112, lambda b: Cell(word(f"stage.{b.found.stage}", t))),
        Column(t("State"), 150, lambda b: _pill(b, t)),
    ]  # fmt: skip


def _moment(found: BatchState) -> str:
    return f"{found.batch.imported_at:%m-%d %H:%M}"


def _some(count: int) -> str:
    return str(count or "—")


def _to_check(found: BatchState) -> int:
    return sum(needs_person(one.line) and not one.is_twin for one in _live(found))


def _not_possible(found: BatchState) -> int:
    """Rows that are no question and cannot be loaded: with those to check and to load, all."""
    ready = counted(found.outcomes).todo
    return len(_live(found)) - ready - _to_check(found)


def _live(found: BatchState) -> list[LineOutcome]:
    """Rows that count: what a newer list or a decision took away is none."""
    return [one for one in found.outcomes if not one.line.withdrawn]


def _done(found: BatchState) -> str:
    counts = counted(found.outcomes)
    return f"{counts.done} / {counts.todo}"


def _pill(listed: ListedBatch, t: Translator) -> Cell:
    """What it waits for; green only where nothing more is to be done."""
    found = listed.found
    counts = counted(found.outcomes)
    if found.stage is Stage.CLOSED:
        return Cell(t("Finished"), "ok")
    if counts.unknown:
        return Cell(t("Need you"), "error")
    if found.stage is Stage.RETURNED and listed.keeps is not None:
        if money_open(found):
            return Cell(t("Rest to give back"), "warn")
        return Cell(exceptions_of(listed.keeps, t), "error")
    if found.stage is Stage.RETURNED:
        return Cell(t("Not closed yet"), "warn")
    if counts.unfunded:
        return Cell(t("Not paid yet"), "warn")
    if counts.left:
        return Cell(t("Running") if counts.done else t("Ready"), "brand")
    if counts.needs:
        return Cell(t("Need you"), "error")
    return Cell(t("To hand back"), "warn") if counts.done else Cell(t("Nothing to load"), "idle")
