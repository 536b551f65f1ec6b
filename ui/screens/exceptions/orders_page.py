"""The list of paid orders beside what is open: how long each waits, and who may load it."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.i18n import Field, Translator
from cardstation.sentences import sentence, word
from cardstation.services.orders_state import Holder, WaitingOrder
from ui.look import Look
from ui.parts.buttons import Segments, button, press_key
from ui.parts.footer import Footer
from ui.parts.guide import Guide, GuideStep
from ui.parts.problem import ProblemWords
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.words import Pane, row
from ui.screens.exceptions.orders_model import OrdersModel
from ui.theme import M

_NONE = "Everything that was paid online is loaded, as far as the ledger has told."


class OrdersPage(QWidget):
    """A table of paid orders, and the keys that hold one or give it back."""

    def __init__(self, model: OrdersModel, look: Look) -> None:
        super().__init__()
        self._model, self._look = model, look
        t = look.t
        self._rows: Rows[WaitingOrder] = Rows(_columns(t))
        self.table = Table(look, t("Paid orders"), self._rows)
        self._words = ProblemWords(look)
        pane = Pane(look.theme, shadow=False, margin=6)
        pane.column.setContentsMargins(6, 6, 6, 6)
        pane.column.addWidget(WholeRows(self.table), 1)
        full = QWidget()
        body = QVBoxLayout(full)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addWidget(pane, 1)
        body.addWidget(self._words)
        self._pages = QStackedWidget()
        calm = GuideStep("shield", t("No paid order waits"), t(_NONE))
        for page in (Guide(look, [calm]), full):
            self._pages.addWidget(page)
        self._lease = button(t("Hold for this desk"), self._hold, key="F6")
        self._release = button(t("Give the order back"), self._give_back, key="F7")
        again = button(t("Look again"), model.look, key="F5")
        hints = (t("↑ ↓ choose a row"), t("F1 all keys"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(M)
        outer.addWidget(self._pages, 1)
        outer.addWidget(Footer(hints, (self._release, self._lease, again)))
        self.table.selectionModel().currentRowChanged.connect(lambda _new, _old: self._explain())
        model.changed.connect(self.show_state)
        self.show_state()

    def show_state(self) -> None:
        """Draw the list as it is now."""
        orders, chosen = self._model.state.orders, self._chosen
        self._rows.show_items(orders)
        self._pages.setCurrentIndex(1 if orders else 0)
        names = [one.order.order_id for one in orders]
        if chosen is not None and chosen.order.order_id in names:
            self.table.select(names.index(chosen.order.order_id))
        elif orders and self.table.row < 0:
            self.table.select(0)
        self._explain()

    @property
    def _chosen(self) -> WaitingOrder | None:
        place = self.table.row
        return self._rows.items[place] if 0 <= place < len(self._rows.items) else None

    def _explain(self) -> None:
        one = self._chosen
        free = one is not None and one.holder in (Holder.NOBODY, Holder.ENDED)
        self._lease.setEnabled(free and one is not None and one.on_file and not one.passed)
        self._release.setEnabled(one is not None and one.holder in (Holder.OURS, Holder.ENDED))
        code = _said_of(one) if one is not None else ""
        if one is None or not code:
            self._words.show_sentence(None)
            return
        order = one.order
        fields: dict[str, Field] = {"order_id": order.order_id, "fen": order.fen, "days": one.days}
        self._words.show_sentence(sentence(code, fields, self._look.t), "warn")

    def _hold(self) -> None:
        if self._chosen is not None:
            self._model.lease(self._chosen.order.order_id)

    def _give_back(self) -> None:
        if self._chosen is not None:
            self._model.release(self._chosen.order.order_id)


class BothLists(QWidget):
    """What is open, and the paid orders; one key turns from one to the other."""

    def __init__(self, open_cases: QWidget, model: OrdersModel, look: Look) -> None:
        super().__init__()
        self._model = model
        t = look.t
        choices = [("open", t("Begun and not finished")), ("orders", t("Paid orders, F3"))]
        self._turn = Segments(t("List"), choices, "open")
        self._turn.chosen.connect(self._chosen)
        self.orders = OrdersPage(model, look)
        self._pages = QStackedWidget()
        for page in (open_cases, self.orders):
            self._pages.addWidget(page)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addLayout(row(self._turn, 0))
        body.addWidget(self._pages, 1)
        press_key(self, "F3", model.turn)
        model.changed.connect(self._changed)
        self._changed()

    def _chosen(self, code: str) -> None:
        if (code == "orders") != self._model.state.shown:
            self._model.turn()

    def _changed(self) -> None:
        shown = self._model.state.shown
        self._turn.show_state("orders" if shown else "open")
        self._pages.setCurrentIndex(1 if shown else 0)


def _said_of(one: WaitingOrder) -> str:
    if one.passed:
        return "order_passed"
    if not one.on_file:
        return "order_not_on_file"
    return "order_old" if one.warns else ""


def _household(one: WaitingOrder, t: Translator) -> Cell:
    if not one.on_file:
        return Cell(t("not on file here: {account}", account=one.order.account_no), quiet=True)
    return Cell(f"{one.name}  {one.door}")


def _columns(t: Translator) -> list[Column[WaitingOrder]]:
    return [
        Column(t("Household"), 0, lambda one: _household(one, t)),
        Column(t("Order no."), 230, lambda one: Cell(one.order.order_id, quiet=True)),
        Column(t("Volume"), 100, lambda one: Cell(_gas(one)), right=True),
        Column(t("Paid online"), 110, lambda one: Cell(str(Money(one.order.fen))), right=True),
        Column(t("Waits"), 110, lambda one: _waits(one, t), right=True),
        Column(t("Who may load it"), 210, lambda one: Cell(_holder(one, t), quiet=True)),
    ]


def _gas(one: WaitingOrder) -> str:
    return str(Volume(one.order.litres)) if one.order.litres else "—"


def _waits(one: WaitingOrder, t: Translator) -> Cell:
    words = "—" if one.days is None else t.plural("{n} day", "{n} days", one.days)
    return Cell(words, "warn" if one.warns else "")


def _holder(one: WaitingOrder, t: Translator) -> str:
    if one.passed:
        return t("nobody: sold past")
    said = word(f"holder.{one.holder.value}", t)
    return f"{said} ({one.order.leased_to})" if one.holder is Holder.ELSEWHERE else said
