"""A board of teams for the window, and the triage list behind each of its communities."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cardstation.domain.batch import Zone
from cardstation.domain.triage_list import TriageList
from cardstation.services.board_state import Board, BoardRow
from tests.kit.triage_papers import SOME
from ui.team_services import TeamServices

if TYPE_CHECKING:
    from tests.kit.window_fakes import FakeStation

BOARD = Board(
    (
        BoardRow("净月服务部", Zone.SEALED, "净月新城", ("b1", "b2"), 200, 168, 120, 64, 5),
        BoardRow("净月服务部", Zone.WATCHED, "伊通河畔", ("b3",), 86, 86, 86, 86, 0),
        BoardRow("绿园服务部", Zone.SEALED, "铁北二路家属楼", ("b4",), 64, 41, 12, 0, 3),
        BoardRow("绿园服务部", Zone.CONTROLLED, "阳光花园", ("b5",), 132, 132, 97, 0, 1),
        BoardRow("绿园服务部", Zone.OPEN, "吉林路小区", ("b6",), 48, 0, 0, 0, 0),
        BoardRow("", Zone.OPEN, "11月24日补充名单.xlsx", ("b7",), 9, 9, 9, 0, 0),
    )
)


@dataclass
class FakeTeams:
    """Holds the board; empty until a test puts one there."""

    board: Board = field(default_factory=lambda: Board(()))
    filed: list[str] = field(default_factory=list)

    def services(self, station: FakeStation) -> TeamServices:
        def triage(community: str) -> TriageList:
            station._say("triage", None)
            zones = {row.community: (row.team, row.zone) for row in self.board.rows}
            team, zone = zones[community]
            return replace(SOME, community=community, team=team, zone=zone)

        def file(community: str) -> tuple[Path, Path]:
            station._say("file_triage", None)
            self.filed.append(community)
            stem = f"triage-{community}-2026-11-24"
            return Path(f"{stem}.pdf"), Path(f"{stem}.csv")

        return TeamServices(
            board=lambda: station._say("board", self.board), triage=triage, file_triage=file
        )
