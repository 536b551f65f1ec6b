"""What seldom happens at a desk, as jobs: two desks over one load, a lost store."""

from __future__ import annotations

import shutil

import pytest

from cardstation.domain.transitions import TopUpState
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.rejoin import rejoin
from cardstation.services.sync import sync
from drivers.virtual import Tear
from tests.kit.power import CutLine, Power
from tests.kit.station import Desk
from tests.kit.sweep import resolve_all
from tests.kit.sweep_accounts import ACCOUNTS
from tests.kit.sweep_booked import BOOKED
from tests.kit.sweep_charges import COUNTER
from tests.kit.sweep_disputes import DISPUTES
from tests.kit.sweep_given import GIVEN
from tests.kit.sweep_jobs import IN_PAYLOAD, JOBS, closed, every, torn
from tests.kit.sweep_meter import METERS
from tests.kit.sweep_waits import CODE_CUT, OVER
from tests.kit.sweep_world import HERE, SECOND, THERE, Job, World


def _told(world: World, desk: Desk) -> None:
    """The ledger tells what became of our loads; what turned out not to be ours is paid back."""
    sync(desk.station)
    for one in every(desk):
        if one.state is TopUpState.REFUND_REQUESTED:
            world.pay_out(desk, one.topup_id)


def _offline(desk: Desk) -> None:
    line = desk.station.ledger
    assert isinstance(line, CutLine)
    line.down = True


def _at(world: World, name: str, *, online: bool) -> None:
    """The card is looked at there; what the desk knows stays there while it is offline."""
    desk = world.start(Power(), name)
    if not online:
        _offline(desk)
    resolve_all(world, desk)
    if online:
        sync(desk.station)
    closed(desk)


def _finished_at_the_neighbour(world: World) -> None:
    torn(world, THERE)
    _at(world, HERE, online=True)


def _finished_at_both(world: World) -> None:
    """The neighbour finished it and was heard; the first desk saw it on the card, offline."""
    _finished_at_the_neighbour(world)
    _at(world, THERE, online=False)


def _paid_at_both(world: World) -> None:
    """Both desks were paid, one loaded, and the card cannot say which: sealed provisionally."""
    desk = world.start(Power(), THERE)
    _offline(desk)
    world.cards[0].chip.arm(Tear(0))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        desk.sell(world.cards[0], "100", tender=world.till.tender)
    world.cards[0].chip.arm(None)
    closed(desk)
    desk = world.start(Power(), HERE)
    desk.sell(world.cards[0], "100", tender=world.till.tender)
    sync(desk.station)
    closed(desk)
    _at(world, THERE, online=False)


def _put_back(world: World) -> None:
    """The store comes back from a copy, its anchor stays."""
    world.put_back = True
    home = world.home / HERE
    for name in ("station.db-wal", "station.db-shm"):
        (home / name).unlink(missing_ok=True)
    shutil.copy2(world.home / "copy.db", home / "station.db")


def _copied(world: World) -> None:
    shutil.copy2(world.home / HERE / "station.db", world.home / "copy.db")


def _lost_a_day(world: World) -> None:
    """A sale and a torn load after the copy, all of it sent."""
    desk = world.start(Power())
    sync(desk.station)
    closed(desk)
    _copied(world)
    desk = world.start(Power())
    desk.sell(world.cards[0], "100", tender=world.till.tender)
    world.cards[1].chip.arm(Tear(IN_PAYLOAD))
    with pytest.raises(OutcomeUnknown):
        desk.sell(world.cards[1], "100", tender=world.till.tender)
    world.cards[1].chip.arm(None)
    sync(desk.station)
    closed(desk)
    _put_back(world)


def _lost_unsent(world: World) -> None:
    """A sale after the copy was never sent; its money and its card were made good by hand."""
    desk = world.start(Power())
    desk.sell(world.cards[0], "100", tender=world.till.tender)
    sync(desk.station)
    closed(desk)
    _copied(world)
    taken, image = dict(world.till.taken), bytes(world.cards[1].chip.main)
    desk = world.start(Power())
    desk.sell(world.cards[1], "100", tender=world.till.tender)
    closed(desk)
    world.till.taken = taken
    world.cards[1].chip.main[:] = image
    _put_back(world)


def _rejoined(world: World, desk: Desk) -> None:
    """Two people bring the station back; then the cards tell the rest."""
    try:
        rejoin(desk.station, SECOND)
    except Refusal as stop:
        if stop.code != "rejoin_not_needed":
            raise
    resolve_all(world, desk)


_LOAD = ((29_000, 0), 10_000)
FINISHED_THERE = Job(
    "finished at the neighbour",
    _told,
    *_LOAD,
    _finished_at_the_neighbour,
    THERE,
    resolves=False,
)
SEALED_TWICE = Job("sealed at two desks", _told, *_LOAD, _finished_at_both, THERE, resolves=False)
DISOWNED = Job(
    "paid at two desks",
    _told,
    *_LOAD,
    _paid_at_both,
    THERE,
    resolves=False,
    names_nobody=True,
)
REJOIN = Job(
    "rejoin",
    *(_rejoined, (29_000, 29_000), 20_000, _lost_a_day),
    resolves=False,
    waits=CODE_CUT | OVER,
)
REJOIN_UNSENT = Job("rejoin over a lost tail", _rejoined, *_LOAD, _lost_unsent, resolves=False)

RARE = (FINISHED_THERE, SEALED_TWICE, DISOWNED, *DISPUTES, REJOIN, REJOIN_UNSENT)
EVERY_JOB = (*JOBS, *BOOKED, *GIVEN, *COUNTER, *METERS, *ACCOUNTS, *RARE)
