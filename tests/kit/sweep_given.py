"""Gas that is given, as jobs: granted and loaded, owed, withdrawn, and the way back of a load."""

from __future__ import annotations

from cardstation.domain.payment import Tender
from cardstation.domain.volume import Volume
from cardstation.services import load_due as loading
from cardstation.services.grant_gas import grant_emergency, grant_gas
from cardstation.services.intent.gas_dues import dues_of
from cardstation.services.load_due import load_due
from cardstation.services.withdraw_due import withdraw_due
from drivers.virtual import VirtualCard
from tests.kit.station import Desk, nobody
from tests.kit.sweep import each
from tests.kit.sweep_booked import loaded, stopped
from tests.kit.sweep_jobs import refund, take_back
from tests.kit.sweep_waits import CODE_CUT, OVER
from tests.kit.sweep_world import SECOND, Job, Where, World

DOCUMENT, WHY = "WO-7", "the meter never took its last load"
MAKE_UP = Volume.of_m3("20")


def _granted(desk: Desk, account_no: str) -> bool:
    with desk.station.store.reading() as reading:
        return bool(dues_of(reading, account_no))


def _due(desk: Desk, account_no: str) -> None:
    cause = Tender.MAKE_UP
    grant_gas(desk.station, account_no, MAKE_UP, cause, DOCUMENT, SECOND, WHY)


def load(desk: Desk, card: VirtualCard) -> None:
    inserted = desk.insert(card)
    try:
        load_due(desk.station, inserted, None, nobody)
    finally:
        inserted.close()


def _given(world: World, desk: Desk) -> None:
    """Gas due for one household and emergency gas for another: two loads without money."""
    first, second = (one.account_no for one in world.households)
    if not _granted(desk, first):
        _due(desk, first)
    if not _granted(desk, second):
        grant_emergency(desk.station, second, DOCUMENT, SECOND, WHY)
    waiting = [
        card for card, no in zip(world.cards, (first, second), strict=True) if _open(desk, no)
    ]
    each(waiting, lambda card: load(desk, card))


def _open(desk: Desk, account_no: str) -> bool:
    with desk.station.store.reading() as reading:
        return any(one.is_open for one in dues_of(reading, account_no))


def _withdrawn(world: World, desk: Desk) -> None:
    """Granted, and withdrawn before anything of it was loaded."""
    account_no = world.households[0].account_no
    if not _granted(desk, account_no):
        _due(desk, account_no)
    with desk.station.store.reading() as reading:
        waiting = [one.due.due_id for one in dues_of(reading, account_no) if one.is_open]
    for due_id in waiting:
        withdraw_due(desk.station, due_id, SECOND, "the meter took it after all")


def _loaded(world: World, desk: Desk) -> None:
    """One household's gas due on its card."""
    _due(desk, world.households[0].account_no)
    load(desk, world.cards[0])


GIVE = Job("gas due and emergency gas", *(_given, (20_000, 10_000), 0), waits=CODE_CUT)
WITHDRAW = Job("gas due withdrawn", _withdrawn, (0, 0), 0, resolves=False)
REFUND_GIVEN = Job("gas due given up", refund, (0, 0), 0, stopped(_loaded, loading), resolves=False)
RETURN_GIVEN = Job(
    "return of gas due",
    *(take_back, (0, 0), 0, loaded(_loaded)),
    open_end=(Where.HOME,),
    waits=CODE_CUT | OVER,
)
GIVEN = (GIVE, WITHDRAW, REFUND_GIVEN, RETURN_GIVEN)
