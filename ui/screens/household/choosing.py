"""The right side while a service is chosen: all of them by group, or whom a search may mean."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from cardstation.domain.household import Household
from cardstation.i18n import Translator
from cardstation.sentences import word
from ui.look import Look
from ui.parts.buttons import press_key
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.words import Pane, label, restyle
from ui.screens.counter.wording import grouped
from ui.screens.household.acts.kind import Act, Facts, Group

_COLUMNS = (
    (Group.CARD,),
    (Group.GAS, Group.METER),
    (Group.MONEY,),
    (Group.ACCOUNT, Group.TOOL),
)


class ActButton(QPushButton):
    """A service: its letter and its name; pressed while it is not offered, it says why.

    Attributes:
        is_offered: Now.
    """

    def __init__(self, look: Look, act: Act) -> None:
        super().__init__()
        self.act, self._look, t = act, look, look.t
        self.is_offered = False
        self.setProperty("look", "act")
        self.setAutoDefault(False)
        self.setMinimumWidth(150)
        cap, self._title = QLabel(act.key), label(t(act.title), "strong")
        cap.setProperty("keycap", "true")
        cap.setFixedSize(24, 22)
        cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        line = QHBoxLayout(self)
        line.setContentsMargins(6, 1, 4, 1)
        line.setSpacing(8)
        line.addWidget(cap)
        line.addWidget(self._title, 1)
        self.setAccessibleName(f"{t(act.title)} {act.key}")
        press_key(self, act.key, self.click)

    def show_facts(self, facts: Facts) -> None:
        """Offered or not, and why."""
        reason = self.act.reason(facts)
        said = reason.in_words(self._look.t) if reason is not None else ""
        self.is_offered = reason is None
        offered = "yes" if self.is_offered else "no"
        for part in (self, self._title):
            restyle(part, "offered", offered)
        self.setToolTip(said)
        self.setAccessibleDescription(said)


class ActsPage(QWidget):
    """Every service in columns of groups."""

    chosen = Signal(str)

    def __init__(self, look: Look, acts: Sequence[Act]) -> None:
        super().__init__()
        self.buttons: list[ActButton] = []
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        for groups in _COLUMNS:
            pane = Pane(look.theme, margin=10)
            pane.column.setSpacing(2)
            for group in groups:
                self._add_group(look, pane, group, [one for one in acts if one.group is group])
            pane.column.addStretch(1)
            line.addWidget(pane, 1)

    def show_facts(self, facts: Facts) -> None:
        """Draw what is offered now."""
        for made in self.buttons:
            made.show_facts(facts)

    def focus(self) -> None:
        """The first that is offered has the focus."""
        for made in self.buttons:
            if made.is_offered:
                made.setFocus()
                return

    def _add_group(self, look: Look, pane: Pane, group: Group, acts: Sequence[Act]) -> None:
        if not acts:
            return
        pane.column.addWidget(label(word(f"group.{group}", look.t), "heading"))
        for act in acts:
            made = ActButton(look, act)
            made.clicked.connect(lambda _checked=False, code=act.code: self.chosen.emit(code))
            pane.column.addWidget(made)
            self.buttons.append(made)
        pane.column.addSpacing(4)


class FoundPage(Pane):
    """Whom a search may mean."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look.theme, shadow=False, margin=6)
        self.column.setContentsMargins(6, 6, 6, 6)
        self._rows: Rows[Household] = Rows(_columns(look.t))
        self.table = Table(look, look.t("Households found"), self._rows)
        self.column.addWidget(WholeRows(self.table), 1)
        self.table.doubleClicked.connect(lambda _index: self.take())

    def show_found(self, found: Sequence[Household]) -> None:
        """Draw others."""
        self._rows.show_items(found)
        if found and self.table.row < 0:
            self.table.select(0)

    def take(self) -> None:
        """The selected one."""
        if 0 <= self.table.row < len(self._rows.items):
            self.chosen.emit(self._rows.items[self.table.row].account_no)


def _columns(t: Translator) -> list[Column[Household]]:
    return [
        Column(t("Name"), 130, lambda one: Cell(one.name)),
        Column(t("Community"), 0, lambda one: Cell(one.address.community)),
        Column(t("Door"), 110, lambda one: Cell(one.address.door)),
        Column(t("Account no."), 170, lambda one: Cell(grouped(one.account_no), quiet=True)),
        Column(t("Phone"), 96, lambda one: Cell(_tail(one.phone), quiet=True), right=True),
        Column(t("Status"), 110, lambda one: _status(one, t)),
    ]


def _tail(phone: str) -> str:
    """Only its end: enough to ask the person at the desk."""
    return f"…{phone[-4:]}" if phone else "—"


def _status(one: Household, t: Translator) -> Cell:
    return Cell(word(f"status.{one.status}", t), "ok" if one.status == "active" else "error")
