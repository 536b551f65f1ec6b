"""Teams: how far the bags of every team and zone are, and whose gas runs out first."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from cardstation.i18n import Translator
from ui.look import Look
from ui.screens.kind import Screen, Tools, WithoutCards
from ui.screens.teams.model import TeamsModel
from ui.screens.teams.view import TeamsView


class TeamsScreen(WithoutCards):
    """See `OpenScreen`."""

    def __init__(self, tools: Tools) -> None:
        self.model = TeamsModel(tools)

    @property
    def changed(self) -> SignalInstance:
        """See `OpenScreen`."""
        return self.model.changed

    def subtitle(self, t: Translator) -> str:
        """See `OpenScreen`."""
        board = self.model.state.board
        if board is None:
            return ""
        teams = len({row.team for row in board.rows})
        return t("{teams} teams, {n} communities", teams=teams, n=len(board.rows))

    def shown(self) -> None:
        """See `OpenScreen`."""
        self.model.look()

    def view(self, look: Look) -> QWidget:
        """See `OpenScreen`."""
        return TeamsView(self.model, look)


SCREEN = Screen("teams", "Service teams", "Teams", "chart", TeamsScreen)
