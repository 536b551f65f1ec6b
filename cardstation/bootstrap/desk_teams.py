"""Gives the screen of the service teams its callables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cardstation.bootstrap.papers import write_triage
from cardstation.services.board_state import board_state
from cardstation.services.station import Station
from cardstation.services.triage_list import triage_list
from ui.team_services import TeamServices


def team_services(
    station: Station, folder: Path, language: Callable[[], str], printed: Callable[[Path], Path]
) -> TeamServices:
    """The board behind the window.

    Args:
        station: The desk.
        folder: Where papers are filed.
        language: Of papers now.
        printed: Prints a filed paper where a printer is set.
    """

    def file_triage(community: str) -> tuple[Path, Path]:
        paper, table = write_triage(triage_list(station, community), folder, language())
        return printed(paper), table

    return TeamServices(
        board=partial(board_state, station),
        triage=partial(triage_list, station),
        file_triage=file_triage,
    )
