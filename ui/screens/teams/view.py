"""The teams' view: the board, and over it the triage list of one community."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from cardstation.i18n import Translator
from cardstation.sentences import word
from cardstation.services.board_state import Board, BoardRow
from ui.look import Look
from ui.parts.buttons import button
from ui.parts.footer import Footer
from ui.parts.guide import Guide, GuideStep
from ui.parts.table import Cell, Column, Rows, Table, WholeRows
from ui.parts.tile import Tile
from ui.parts.words import Pane, row
from ui.screens.teams.bars import ZONE_TONES, ProgressPainter
from ui.screens.teams.model import TeamsModel
from ui.screens.teams.state import TeamsState
from ui.screens.teams.triage_page import TriagePage
from ui.theme import M

_PROGRESS = 3


class TeamsView(QWidget):
    """The board, a list over it, or a guide where there is no bag yet."""

    def __init__(self, model: TeamsModel, look: Look) -> None:
        super().__init__()
        self._model, self._look = model, look
        self.page = TriagePage(model, look)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._made_guide())
        self._pages.addWidget(self._made_board())
        self._pages.addWidget(self.page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        model.changed.connect(self._changed)
        self.show_state(model.state)

    def show_state(self, state: TeamsState) -> None:
        """Draw another state."""
        board = state.board or Board(())
        self._show_tiles(board)
        self._rows.show_items(board.rows)
        if board.rows and self.table.row < 0:
            self.table.select(0)
        self.page.show_state(state)
        if state.community:
            self._pages.setCurrentWidget(self.page)
            return
        self._pages.setCurrentIndex(1 if board.rows else 0)
        if self.isVisible() and board.rows:
            self.table.setFocus()

    def _changed(self) -> None:
        self.show_state(self._model.state)

    def _open(self, place: int) -> None:
        if 0 <= place < len(self._rows.items):
            self._model.open(self._rows.items[place].community)

    def _show_tiles(self, board: Board) -> None:
        for name, tile in self._tiles.items():
            count = getattr(board, name)
            tone = "error" if name == "exceptions" and count else _TILE_TONES[name]
            tile.show_state(str(count), tone)

    def _made_guide(self) -> QWidget:
        t = self._look.t
        steps = [
            GuideStep("list", t("Take in a list"), t("Each bag belongs to a community.")),
            GuideStep("bag", t("Collect and load"), t("Hand-overs and loads move its bar.")),
            GuideStep("chart", t("See who is first"), t("Cards tell whose gas runs out first.")),
        ]
        return Guide(self._look, steps)

    def _made_board(self) -> QWidget:
        look, t = self._look, self._look.t
        self._tiles = {
            "expected": Tile(look, "card", t("Expected")),
            "collected": Tile(look, "bag", t("Collected")),
            "loaded": Tile(look, "top-up", t("Loaded")),
            "returned": Tile(look, "home", t("Returned")),
            "exceptions": Tile(look, "exceptions", t("Exceptions")),
        }
        self._rows: Rows[BoardRow] = Rows(_columns(t))
        self.table = Table(look, t("Communities"), self._rows)
        self._painter = ProgressPainter(look, _PROGRESS)
        self.table.setItemDelegate(self._painter)
        self.table.opened.connect(self._open)
        pane = Pane(look.theme, shadow=False, margin=6)
        pane.column.setContentsMargins(6, 6, 6, 6)
        pane.column.addWidget(WholeRows(self.table), 1)
        again = button(t("Look again"), self._model.look, key="F5")
        first = button(
            t("Who runs out first"),
            lambda: self._open(self.table.row),
            key="F2",
            look="primary",
        )
        made = QWidget()
        body = QVBoxLayout(made)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(M)
        body.addLayout(row(*self._tiles.values()))
        body.addWidget(pane, 1)
        keys = (t("↑ ↓ choose a row"), t("Enter opens it"), t("F1 all keys"))
        hints = (*keys, word("board.one_desk", t))
        body.addWidget(Footer(hints, (again, first)))
        return made


_TILE_TONES = {
    "expected": "ink",
    "collected": "ink",
    "loaded": "brand",
    "returned": "ok",
    "exceptions": "ink",
}


def _columns(t: Translator) -> list[Column[BoardRow]]:
    return [
        Column(t("Service team"), 170, lambda one: Cell(one.team or "—")),
        Column(
            t("Zone"),
            164,
            lambda one: Cell(word(f"zone.{one.zone.value}", t), ZONE_TONES[one.zone]),
        ),
        Column(t("Community"), 190, lambda one: Cell(one.community or t("not assigned"))),
        Column(t("Progress"), 0, lambda _one: Cell("")),
        Column(t("Expected"), 82, lambda one: Cell(str(one.expected)), right=True),
        Column(t("Collected"), 86, lambda one: Cell(str(one.collected)), right=True),
        Column(t("Loaded"), 82, lambda one: Cell(str(one.loaded), ink="brand"), right=True),
        Column(t("Returned"), 86, lambda one: Cell(str(one.returned), ink="ok_words"), right=True),
        Column(t("Exceptions"), 104, _exceptions),
    ]


def _exceptions(one: BoardRow) -> Cell:
    return Cell(str(one.exceptions), "error") if one.exceptions else Cell("—", quiet=True)
