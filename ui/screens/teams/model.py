"""The teams' verbs: look, open a community's list, file it, go back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cardstation.domain.triage_list import TriageList
from cardstation.errors import CardStationError
from cardstation.services.board_state import Board
from ui.screens.kind import Tools
from ui.screens.teams.state import TeamsState


class TeamsModel(QObject):
    """Owns what is shown; looked up when the screen comes to the front, and when asked."""

    changed = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools = tools
        self._state = TeamsState()

    @property
    def state(self) -> TeamsState:
        """What is shown."""
        return self._state

    def look(self) -> None:
        """Look up what is shown again."""
        teams, community = self._tools.services.teams, self._state.community
        self._tools.desk.ask(teams.board, self._board, self._refused)
        if community:
            self._tools.desk.ask(lambda: teams.triage(community), self._triage, self._refused)

    def open(self, community: str) -> None:
        """Show the triage list of a community."""
        self._show(replace(self._state, community=community, triage=None))
        self.look()

    def leave(self) -> None:
        """Back to the board."""
        self._show(replace(self._state, community="", triage=None))

    def file(self) -> None:
        """File the open list as a paper and as a table."""
        community = self._state.community
        if community:
            teams = self._tools.services.teams
            work = self._tools.paper
            work.ask(lambda: teams.file_triage(community), self._filed, self._refused)

    def _board(self, board: Board) -> None:
        self._show(replace(self._state, board=board))

    def _triage(self, found: TriageList) -> None:
        if found.community == self._state.community:
            self._show(replace(self._state, triage=found))

    def _filed(self, files: tuple[Path, Path]) -> None:
        paper, table = files
        said = "Triage list filed as {paper} and {table}."
        self._tools.board.say(said, "ok", paper=paper.name, table=table.name)

    def _refused(self, error: CardStationError) -> None:
        self._tools.board.tell(error)
        if self._state.triage is None:
            self.leave()

    def _show(self, state: TeamsState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()
