"""Accounts that are stopped, restarted, put in another name and closed, as a job of the sweep."""

from __future__ import annotations

from cardstation.domain.account_change import AccountEvent
from cardstation.domain.closing import FinalReading
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.volume import Volume
from cardstation.services.account_state import account_state
from cardstation.services.begin_closing import begin_closing
from cardstation.services.close_account import Leaving, close_account
from cardstation.services.leave_out import leave_out
from cardstation.services.quote_closing import quote_closing
from cardstation.services.restart_account import restart_account
from cardstation.services.stop_account import stop_account
from cardstation.services.sync import sync
from cardstation.services.transfer_account import NewOwner, transfer_account
from tests.kit.power import Power
from tests.kit.station import Desk
from tests.kit.sweep_jobs import BATCH, closed
from tests.kit.sweep_world import LOOKED, SECOND, Job, World

WHY = "asked at the desk, form 118"
READ = FinalReading(Volume.of_m3("20"), "fitter", "CB-118")
OWNER = NewOwner("新户主", "13100000000", 2, takes_balance=True)
PAID_OUT = 6_720 + 256
"""For 20 of the 29 m³ that the meter took, and the balance."""


def _in_the_meter(world: World) -> None:
    """The meter of the first household took what was sold to it; no row of a list is its."""
    desk = world.start(Power())
    leave_out(desk.station, BATCH, 1, "elsewhere")
    desk.sell(world.cards[0], "100", tender=world.till.tender)
    sync(desk.station)
    closed(desk)
    world.meet_meters()


def _done(desk: Desk, account_no: str) -> set[AccountEvent]:
    return {one.what for one in account_state(desk.station, account_no).changes}


def _accounts(world: World, desk: Desk) -> None:
    """One account is stopped and restarted; the other gets a new owner, who closes it."""
    first, second = (one.account_no for one in world.households)
    if AccountEvent.STOPPED not in _done(desk, second):
        stop_account(desk.station, second, WHY)
    if AccountEvent.RESTARTED not in _done(desk, second):
        restart_account(desk.station, second, SECOND, WHY)
    if AccountEvent.TRANSFERRED not in _done(desk, first):
        transfer_account(desk.station, first, SECOND, OWNER, WHY)
    if desk.household(first).status is not HouseholdStatus.CLOSED:
        _close(world, desk, first)


def _close(world: World, desk: Desk, account_no: str) -> None:
    """The clerk hands the money over where the desk says so, then confirms with the second."""
    total = quote_closing(desk.station, account_no, READ).total
    inserted = desk.insert(world.cards[0])
    try:
        doubtful = begin_closing(desk.station, account_no, READ, inserted)
        world.hand_over(account_no, total.fen, doubtful=doubtful)
        found = LOOKED if doubtful else ""
        said = Leaving(READ, WHY, total, tender=world.till.tender, found=found)
        close_account(desk.station, account_no, SECOND, said, inserted)
    finally:
        inserted.close()


CLOSE = Job(
    "accounts",
    *(_accounts, (29_000, 0), 10_000 - PAID_OUT, _in_the_meter),
    resolves=False,
)
ACCOUNTS = (CLOSE,)
