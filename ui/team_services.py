"""What the screen of the service teams asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cardstation.domain.triage_list import TriageList
from cardstation.services.board_state import Board


@dataclass(frozen=True, slots=True)
class TeamServices:
    """The board, and who runs out of gas first.

    Attributes:
        triage: Of a community.
        file_triage: Files it as a paper (printed where a printer is set) and as a table.
    """

    board: Callable[[], Board]
    triage: Callable[[str], TriageList]
    file_triage: Callable[[str], tuple[Path, Path]]
