"""A newer list beside its batch, line by line: what is new, changed, gone, and what stays."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cardstation.domain.batch import ManifestLine
from cardstation.domain.revision import Change, ChangeKind
from cardstation.sentences import brief, word
from ui.look import Look
from ui.parts.buttons import button
from ui.parts.footer import Footer
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.tile import Tile
from ui.parts.words import Pane
from ui.screens.batch.lists_model import ListsModel
from ui.screens.batch.lists_state import ListsState
from ui.theme import M

_TONES = {
    ChangeKind.KEPT: "warn",
    ChangeKind.CHANGED: "warn",
    ChangeKind.NEW: "ok",
    ChangeKind.GONE: "brand",
    ChangeKind.UNCHANGED: "idle",
}
_ICONS = {
    ChangeKind.KEPT: ("lock", "warn"),
    ChangeKind.CHANGED: ("edit", "ink"),
    ChangeKind.NEW: ("download", "ok"),
    ChangeKind.GONE: ("close", "brand"),
    ChangeKind.UNCHANGED: ("check", "ink"),
}


class ComparePage(QWidget):
    """Draws a comparison; what differs comes first."""

    def __init__(self, model: ListsModel, look: Look) -> None:
        super().__init__()
        self._model, self._look, t = model, look, look.t
        self._tiles = {
            kind: Tile(look, icon, word(f"change.{kind.value}", t), tone)
            for kind, (icon, tone) in _ICONS.items()
        }
        self._rows: Rows[Change] = Rows(_columns(look))
        self.table = Table(look, t("Newer list line by line"), self._rows)
        self.table.opened.connect(lambda _row: model.take_revision())
        self._build()

    @property
    def focus_here(self) -> QWidget:
        """What gets the keys when the page is shown."""
        return self.table

    def show_state(self, state: ListsState) -> None:
        """Draw another state."""
        shown = state.comparison
        if shown is None:
            self._rows.show_items(())
            return
        order = list(_TONES)
        changes = sorted(shown.changes, key=lambda change: order.index(change.kind))
        self._rows.show_items(changes)
        if changes and self.table.row < 0:
            self.table.select(0)
        for kind, tile in self._tiles.items():
            count = shown.count(kind)
            tile.show_state(str(count), _ICONS[kind][1] if count else "ink")
        self._take.setEnabled(shown.says_something and not state.busy)

    def _build(self) -> None:
        t, model = self._look.t, self._model
        tiles = QHBoxLayout()
        tiles.setSpacing(M)
        for tile in self._tiles.values():
            tiles.addWidget(tile, 1)
        pane = Pane(self._look.theme, shadow=False, margin=6)
        pane.column.setContentsMargins(6, 6, 6, 6)
        pane.column.addWidget(WholeRows(self.table), 1)
        back = button(t("Back"), model.close, key="Esc")
        self._take = button(t("Take newer list"), model.take_revision, hint="Enter", look="primary")
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addLayout(tiles)
        body.addWidget(pane, 1)
        hints = (t("Nothing is changed before Enter; paid or begun rows always stay"),)
        body.addWidget(Footer(hints, (back, self._take)))


def _columns(look: Look) -> list[Column[Change]]:
    t = look.t
    return [
        Column(
            t("What changes"),
            116,
            lambda c: Cell(word(f"change.{c.kind.value}", t), _TONES[c.kind]),
        ),
        Column("#", 46, lambda c: Cell(str(c.place or "—"), quiet=True), right=True),
        Column(t("Household"), 140, lambda c: Cell(_line(c).name or "—")),
        Column(t("Room"), 120, lambda c: Cell(_line(c).door or "—")),
        Column(t("In the batch"), 0, lambda c: _said(c.old, look)),
        Column(t("Newer list"), 0, lambda c: _newer(c, look)),
    ]


def _line(change: Change) -> ManifestLine:
    line = change.new or change.old
    if line is None:
        raise ValueError(change)
    return line


def _newer(change: Change, look: Look) -> Cell:
    """What the newer list says, and what of it is not used."""
    cell, t = _said(change.new, look), look.t
    said = cell.text
    if change.kind is ChangeKind.KEPT:
        said = t("{said}    not used: paid or begun", said=said)
    if change.new and change.number_left:
        stays = change.new.envelope or "—"
        left = t(
            "envelope {number} not used, {stays} stays", number=change.number_left, stays=stays
        )
        said = f"{said}    {left}"
    return replace(cell, text=said)


def _said(line: ManifestLine | None, look: Look) -> Cell:
    if line is None:
        return Cell("—", quiet=True)
    reasons = " · ".join(brief(code, look.t) for code in line.reasons)
    money = str(line.money) if line.money else ""
    if not (money or reasons):
        return Cell(word(f"kind.{line.kind}", look.t))
    return Cell(f"{money}    {reasons}".strip())
