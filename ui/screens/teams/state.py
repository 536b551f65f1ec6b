"""What the screen of the teams shows: the board, or the triage list of one community."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.triage_list import TriageList
from cardstation.services.board_state import Board


@dataclass(frozen=True, slots=True)
class TeamsState:
    """The board, and the list that is open over it.

    Attributes:
        board: None = not looked up yet.
        community: Whose list is open; empty = the board is shown.
        triage: None = not looked up yet.
    """

    board: Board | None = None
    community: str = ""
    triage: TriageList | None = None
