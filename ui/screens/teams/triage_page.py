"""The page of one community: whose gas runs out first."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from cardstation.domain.forecast import Urgency
from cardstation.domain.triage_list import TriageRow
from cardstation.i18n import Translator
from cardstation.sentences import word
from ui.look import Look
from ui.parts.buttons import button
from ui.parts.footer import Footer
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.words import Chip, Pane, label, row
from ui.screens.teams.bars import TONES, ZONE_TONES, UrgencyBar
from ui.screens.teams.model import TeamsModel
from ui.screens.teams.state import TeamsState
from ui.theme import M


class TriagePage(QWidget):
    """A bar of classes over a table of doors, the most urgent first."""

    def __init__(self, model: TeamsModel, look: Look) -> None:
        super().__init__()
        self._look = look
        t = look.t
        self._name, self._said = label("", "heading"), label("", "muted")
        self._zone = Chip("")
        self._bar = UrgencyBar(look)
        head = Pane(look.theme)
        head.column.addLayout(row(self._name, self._zone, 0, self._said))
        head.column.addWidget(self._bar)
        self._rows: Rows[TriageRow] = Rows(_columns(t))
        self.table = Table(look, t("Doors by days left"), self._rows)
        pane = Pane(look.theme, shadow=False, margin=6)
        pane.column.setContentsMargins(6, 6, 6, 6)
        pane.column.addWidget(WholeRows(self.table), 1)
        back = button(t("Back"), model.leave, key="Esc")
        again = button(t("Look again"), model.look, key="F5")
        self._file = button(t("Print and file the list"), model.file, key="F7", look="primary")
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addWidget(head)
        body.addWidget(pane, 1)
        hints = (t("↑ ↓ choose a row"), t("F1 all keys"))
        body.addWidget(Footer(hints, (back, again, self._file)))

    def show_state(self, state: TeamsState) -> None:
        """Draw another state."""
        t, found = self._look.t, state.triage
        self._name.setText(state.community)
        self._file.setEnabled(found is not None)
        self._zone.setVisible(found is not None)
        if found is None:
            self._said.setText("")
            self._rows.show_items(())
            self._bar.show_counts(dict.fromkeys(Urgency, 0))
            return
        self._zone.show_state(word(f"zone.{found.zone.value}", t), ZONE_TONES[found.zone])
        unread = t("Households whose card was not read yet: {n}.", n=found.unread)
        self._said.setText(f"{found.team}    {unread}" if found.team else unread)
        self._bar.show_counts(found.counts)
        self._rows.show_items(found.rows)
        if found.rows and self.table.row < 0:
            self.table.select(0)
        if self.isVisible():
            self.table.setFocus()


def _columns(t: Translator) -> list[Column[TriageRow]]:
    return [
        Column(t("Door"), 0, lambda one: Cell(one.address.door)),
        Column(t("Gas lasts"), 250, lambda one: _urgency(one, t)),
        Column(t("Days"), 100, lambda one: Cell(_days(one)), right=True),
        Column(t("How we know"), 260, lambda one: Cell(_ground(one, t), quiet=True)),
        Column(t("Read on"), 180, lambda one: Cell(_read_on(one), quiet=True), right=True),
    ]


def _urgency(one: TriageRow, t: Translator) -> Cell:
    urgency = one.forecast.urgency
    return Cell(word(f"urgency.{urgency.value}", t), TONES[urgency])


def _days(one: TriageRow) -> str:
    return "—" if one.forecast.days is None else str(one.forecast.days)


def _ground(one: TriageRow, t: Translator) -> str:
    return word(f"forecast.{one.forecast.ground.value}", t)


def _read_on(one: TriageRow) -> str:
    read_at = one.forecast.read_at
    return "—" if read_at is None else read_at.date().isoformat()
