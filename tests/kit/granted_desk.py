"""A desk that the ledger grants something, and that is cut off from it: for tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.offline_grant import Terms
from cardstation.errors import LedgerUnreachable, Refusal
from cardstation.services.grant_state import GrantState, grant_state
from cardstation.services.sync import sync
from tests.kit.shifts import RestartableClock
from tests.kit.station import Desk, card_of, neighbours, open_desk

HOMES = neighbours(5)


def granted_desk(home: Path) -> Desk:
    """A desk whose clocks can be set, and a centre with the same time."""
    desk = open_desk(home, households=HOMES, clock=RestartableClock())
    desk.ledger.centre.now = lambda: clock_of(desk).at
    return desk


def clock_of(desk: Desk) -> RestartableClock:
    assert isinstance(desk.clock, RestartableClock)
    return desk.clock


def cut_off(_name: str) -> None:
    raise LedgerUnreachable


def heard(_name: str) -> None: ...


def granted(desk: Desk, said: Terms) -> None:
    """The desk speaks with the ledger once, and then the network is gone."""
    desk.ledger.centre.grants.allow("S001", said)
    desk.ledger.boundary = heard
    sync(desk.station)
    desk.ledger.boundary = cut_off


def refused(desk: Desk, home: int, yuan: str = "100") -> str:
    before = desk.states()
    with pytest.raises(Refusal) as stop:
        desk.sell(card_of(HOMES[home]), yuan)
    assert desk.states() == before, "something was begun"
    return stop.value.code


def standing(desk: Desk) -> GrantState:
    found = grant_state(desk.station)
    assert found is not None
    return found
