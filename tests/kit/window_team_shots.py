"""The screen of the teams in every state, and the offline quota, as pictures to be looked at."""

from __future__ import annotations

from cardstation.domain.money import Money
from cardstation.domain.offline_limit import OfflineLimit, quota_of
from cardstation.services.board_state import Board
from cardstation.services.grant_state import GrantState
from cardstation.services.sync_state import SyncState
from tests.kit.window_stage import Stage
from tests.kit.window_teams import BOARD
from ui.screens.teams import TeamsScreen


def teams_of(s: Stage) -> TeamsScreen:
    found = s.session.screens["teams"]
    assert isinstance(found, TeamsScreen)
    return found


def offline(unsent: int, spent: int, age_min: int) -> SyncState:
    quota = quota_of(OfflineLimit(Money(2_000_000), 24), Money(spent), age_min)
    return SyncState(unsent, age_min, 12, "", (), configured=True, quota=quota)


def granted(left_yuan: int, hours: int, *, unsent: int = 0, waits: str = "") -> SyncState:
    """What the ledger grants, seen while it has heard of everything, too."""
    money = Money(2_000_000)
    left = Money(left_yuan * 100)
    grant = GrantState(7, money, left, hours, Money(200_000), 72, waits, "")
    return SyncState(unsent, unsent, 12, "", (), configured=True, grant=grant)


def team_scenes(s: Stage) -> None:
    before = s.station.synced
    s.window.go("teams")
    s.shoot("teams-1-empty")
    s.station.teams.board = BOARD
    s.window.go("teams")
    s.shoot("teams-2-board")
    teams_of(s).model.open("阳光花园")
    s.shoot("teams-3-triage")
    teams_of(s).model.file()
    s.shoot("teams-4-filed")
    s.session.tools.board.clear()
    teams_of(s).model.leave()
    s.station.synced = offline(38, 742_300, 95)
    s.session.status.refresh()
    s.shoot("teams-5-offline")
    s.station.synced = offline(92, 1_999_900, 700)
    s.session.status.refresh()
    s.window.go("counter")
    s.shoot("counter-12-quota-used-up")
    s.station.synced = granted(20_000, 24)
    s.session.status.refresh()
    s.shoot("counter-13-granted")
    s.station.synced = before
    s.station.teams.board = Board(())
    s.session.status.refresh()
