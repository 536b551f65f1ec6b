"""The tiles of several readers, up to four in a row; drawn while a batch is open."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from ui.look import Look
from ui.parts.lane_tile import LaneTile
from ui.screens.batch.state import State
from ui.screens.batch.wording import lane_banner
from ui.theme import M

IN_A_ROW = 4


class LaneGrid(QWidget):
    """One tile for each reader; hidden while there is only one, whose state is the banner's."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(M)
        self._numbers: tuple[int, ...] = ()
        self.tiles: tuple[LaneTile, ...] = ()
        self.hide()

    def show_state(self, state: State) -> None:
        """Draw another state."""
        self.setVisible(len(state.lanes) > 1)
        numbers = tuple(lane.number for lane in state.lanes)
        if numbers != self._numbers:
            self._lay_out(numbers)
        asking = state.asking
        for tile, lane in zip(self.tiles, state.lanes, strict=True):
            tile.show_state(lane_banner(lane, state, self._look.t))
            tile.mark(lane is asking)

    def _lay_out(self, numbers: tuple[int, ...]) -> None:
        for tile in self.tiles:
            self._grid.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        self._numbers = numbers
        self.tiles = tuple(LaneTile(self._look, number) for number in numbers)
        columns = len(numbers) if len(numbers) <= IN_A_ROW else (len(numbers) + 1) // 2
        for at, tile in enumerate(self.tiles):
            self._grid.addWidget(tile, at // columns, at % columns)
